#include "properties/otp_oracle/value.hpp"

#include <gtest/gtest.h>

namespace moirai::otp_oracle {
namespace {

std::string reprinted(std::string_view text) {
  std::string why;
  const auto value = read_value(text, &why);
  return value ? value->to_string() : why;
}

TEST(OracleValue, PrintsAsErlangDoes) {
  EXPECT_EQ(reprinted("{run, p1, #{tree=>{sup,root,#{},[]}, ops => [ {tick,-3} ]}}."),
            "{run,p1,#{ops => [{tick,-3}],tree => {sup,root,#{},[]}}}");
  EXPECT_EQ(reprinted("['A b',a@B_1,'plain','end',end_,'','\\n\\001\\'']"), "['A b',a@B_1,plain,'end',end_,'','\\n\\001\\'']");
  EXPECT_EQ(reprinted("\"ab\""), "[97,98]");
  EXPECT_EQ(reprinted("#{b=>1,a=>2,b=>3,1=>x}"), "#{1 => x,a => 2,b => 3}");
}

TEST(OracleValue, SaysWhatCannotBeRead) {
  EXPECT_EQ(reprinted("{a,"), "a term is missing at offset 3");
  EXPECT_EQ(reprinted("{a b}"), "expected , or } at offset 3");
  EXPECT_EQ(reprinted("#{a,b}"), "expected => at offset 3");
  EXPECT_EQ(reprinted("a b"), "unexpected text after the term at offset 2");
  EXPECT_EQ(reprinted("99999999999999999999"), "expected digits of a 64-bit integer at offset 0");
  EXPECT_EQ(reprinted("'abc"), "the closing ' is missing at offset 4");
  EXPECT_EQ(reprinted("Variable"), "expected an atom, an integer, a string, a {tuple}, a [list] or a #{map} at offset 0");
  EXPECT_EQ(reprinted(std::string(1000, '{')), "nested too deeply at offset 201");
}

TEST(OracleValue, IsOrderedAsTermsAre) {
  const std::vector<std::string> ascending = {"-1", "2", "a", "b", "{z}", "{a,a}", "{a,b}", "#{}", "[]", "[a]", "[a,b]", "[b]"};
  for (std::size_t i = 0; i < ascending.size(); ++i)
    for (std::size_t k = 0; k < ascending.size(); ++k)
      EXPECT_EQ(*read_value(ascending[i]) <=> *read_value(ascending[k]), i <=> k) << ascending[i] << " and " << ascending[k];
}

TEST(OracleValue, GoesThroughTheRuntimeAndComesBack) {
  const Value value = *read_value("{shutdown,[a,1,{}],#{k => {v,[]}}}");
  const auto name = [](const Term& term) { return term.is_pid() ? tuple("pid", term.pid_value().slot()) : Value("other"); };
  EXPECT_EQ(to_value(to_term(value), name), value);
  EXPECT_EQ(to_value(Term::list({Term::pid(Pid(3, 0, 0)), Term::string("text")}), name).to_string(), "[{pid,3},other]");
}

TEST(OracleValue, MapsAreChangedByCopy) {
  const Value map = *read_value("#{a => 1,c => 3}");
  EXPECT_EQ(map.with("b", 2).to_string(), "#{a => 1,b => 2,c => 3}");
  EXPECT_EQ(map.with("a", 2).to_string(), "#{a => 2,c => 3}");
  EXPECT_EQ(map.without("a").without("x").to_string(), "#{c => 3}");
  EXPECT_EQ(map.find("c")->number(), 3);
  EXPECT_EQ(map.find("x"), nullptr);
  EXPECT_EQ(tuple("a", true, 1).with_element(1, "b").to_string(), "{a,b,1}");
}

}  // namespace
}  // namespace moirai::otp_oracle
