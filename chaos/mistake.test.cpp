#include "chaos/mistake.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

TEST(Printable, KeepsTextAndEscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("plain, Gr\xc3\xbc\xc3\x9f"
                      "e"),
            "plain, Gr\xc3\xbc\xc3\x9f"
            "e");
  EXPECT_EQ(printable("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(printable("a\nb\tc\x7f"), "a\\x0ab\\x09c\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m")
      << "the one-character form of ESC [";
  EXPECT_EQ(printable("\xff\xc0\x80\xed\xa0\x80"), "\\xff\\xc0\\x80\\xed\\xa0\\x80") << "not UTF-8";
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "txt"),
            "\\xe2\\x80\\xaetxt")
      << "right-to-left override";
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "cut off";
}

TEST(RenderMistake, UnderlinesTheTokenAndPutsTheHintBeside) {
  const Mistake mistake{{"a.toml", 2, 8}, "unknown fault kind \"puase\"", "did you mean \"pause\"?"};
  EXPECT_EQ(render(mistake, "[[fault]]\nkind = \"puase\"  # x\n"),
            "a.toml:2:8: error: unknown fault kind \"puase\"\n"
            "   2 | kind = \"puase\"  # x\n"
            "     |        ^^^^^^^ did you mean \"pause\"?\n");
}

TEST(RenderMistake, CountsCharactersNotBytesAndTabsAsOne) {
  EXPECT_EQ(render({{"a", 1, 9}, "m", ""}, "\t\"\xc3\xa4\xc3\xb6\" = 4\n"),
            "a:1:9: error: m\n"
            "   1 |  \"\xc3\xa4\xc3\xb6\" = 4\n"
            "     |         ^\n");
}

TEST(RenderMistake, WithoutLineOrSourceStillSaysEverything) {
  EXPECT_EQ(render({{"a.toml", 0, 0}, "no \"format\"", "write format = 1"}, "x = 1\n"),
            "a.toml: error: no \"format\"\n    write format = 1\n");
  EXPECT_EQ(render({{"a.toml", 9, 3}, "m", ""}, "x = 1\n"), "a.toml:9:3: error: m\n");
  EXPECT_EQ(render({{"", 0, 0}, "m", "h"}), "error: m\n    h\n");
}

TEST(RenderMistake, AColumnBeyondTheLineIsHarmless) {
  EXPECT_EQ(render({{"a", 1, 99}, "m", "h"}, "x\n"), "a:1:99: error: m\n   1 | x\n     |  ^ h\n");
}

TEST(RenderMistake, HostileTextNeverReachesTheTerminal) {
  const std::string block = render({{"\x1b]0;x", 1, 1}, "unknown key \"\x1b[2J\"", "\x07"}, "\x1b[2J = 1\r\n");
  EXPECT_EQ(block.find_first_of("\x1b\x07\r"), std::string::npos);
}

TEST(SortMistakes, ByPlaceAndOnce) {
  Mistakes mistakes{{{"a", 3, 1}, "c", ""}, {{"a", 1, 5}, "b", ""}, {{"a", 1, 2}, "a", ""}, {{"a", 1, 5}, "b", ""}};
  sort_mistakes(mistakes);
  ASSERT_EQ(mistakes.size(), 3u);
  EXPECT_EQ(mistakes[0].message, "a");
  EXPECT_EQ(mistakes[2].message, "c");
}

}  // namespace
}  // namespace moirai
