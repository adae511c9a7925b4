#include "reports/text.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

using namespace std::string_literals;

TEST(Text, ValidUtf8IsLeftAlone) {
  const std::string text = "a\n\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xa5 \xf4\x8f\xbf\xbf"s;
  EXPECT_EQ(valid_utf8(text), text);
}

TEST(Text, EachMaximalIllFormedPartBecomesOneReplacement) {
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(valid_utf8("a\x80z"), "a" + r + "z");            // lone continuation
  EXPECT_EQ(valid_utf8("\xc0\xaf"), r + r);                  // overlong slash
  EXPECT_EQ(valid_utf8("\xe0\x80\xaf"), r + r + r);          // overlong, three bytes
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), r + r + r);          // surrogate
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"), r + r + r + r);  // above U+10FFFF
  EXPECT_EQ(valid_utf8("\xf0\x9f\x92"), r);                  // cut off: one part
  EXPECT_EQ(valid_utf8("\xf0\x9f\x92z"), r + "z");
  EXPECT_EQ(valid_utf8("\xff\xfe"), r + r);
  EXPECT_EQ(valid_utf8("a\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64"),  // the example of table 3-8
            "a" + r + r + r + "b" + r + "c" + r + r + "d");
}

TEST(Text, OneLineSpellsOutWhatATerminalWouldObey) {
  EXPECT_EQ(one_line("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(one_line("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(one_line("nul\0here"s), "nul\\x00here");
  EXPECT_EQ(one_line("\xc2\x9b"
                     "31m"),
            "\\x9b31m");                                         // C1 control sequence introducer
  EXPECT_EQ(one_line("\xe2\x80\xaehidden"), "\\u{202e}hidden");  // right-to-left override
  EXPECT_EQ(one_line("a\xe2\x80\xa8"
                     "b"),
            "a\\u{2028}b");  // line separator
  EXPECT_EQ(one_line("\xf0\x9f\x92\xa5 caf\xc3\xa9"), "\xf0\x9f\x92\xa5 caf\xc3\xa9");
}

TEST(Text, XmlEscapesMarkupAndLeavesOutWhatIsForbidden) {
  EXPECT_EQ(xml("<script>]]>&\"'"), "&lt;script&gt;]]&gt;&amp;&quot;&apos;");
  EXPECT_EQ(xml("a\x01\x1b"
                "b\0c"s),
            "abc");
  EXPECT_EQ(xml("a\xef\xbf\xbe\xef\xbf\xbf"
                "b"),
            "ab");
  EXPECT_EQ(xml("a\nb\tc\rd"), "a\nb\tc&#13;d");
  EXPECT_EQ(xml("a\nb\tc\rd", true), "a&#10;b&#9;c&#13;d");
  EXPECT_EQ(xml("\xff"), "\xef\xbf\xbd");
}

TEST(Text, ShellWordsAreQuotedOnlyWhenTheyMustBe) {
  EXPECT_EQ(shell_word("scenarios/bank.toml"), "scenarios/bank.toml");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("my bank.toml"), "'my bank.toml'");
  EXPECT_EQ(shell_word("it's $HOME"), "'it'\\''s $HOME'");
  EXPECT_EQ(shell_word("a\n'b\\"), "$'a\\012\\'b\\\\'");
  EXPECT_EQ(shell_word("a\xff"
                       "1"),
            "$'a\\3771'");
}

TEST(Text, SecondsLoseNothing) {
  EXPECT_EQ(seconds_text(Duration{31'204'000'000}), "31.204s");
  EXPECT_EQ(seconds_text(Duration{0}), "0.000s");
  EXPECT_EQ(seconds_text(Duration{1}), "0.000000001s");
  EXPECT_EQ(seconds_text(Duration{1'500'000'000}), "1.500s");
  EXPECT_EQ(seconds_text(Duration{-1'500}), "-0.0000015s");
  EXPECT_EQ(seconds_text(Duration::min()), "-9223372036.854775808s");
  EXPECT_EQ(seconds_text(Time{Duration{2'000'001'000}}), "2.000001s");
  EXPECT_EQ(seconds_text(time_never), "never");
}

TEST(Text, CountsAgreeWithTheirNouns) {
  EXPECT_EQ(counted(0, "seed"), "0 seeds");
  EXPECT_EQ(counted(1, "seed"), "1 seed");
  EXPECT_EQ(counted(200, "seed"), "200 seeds");
}

}  // namespace
}  // namespace moirai
