#include "runtime/kernel/reflect.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <vector>

#include "runtime/kernel/message.hpp"

namespace moirai {
namespace {

enum class Colour { red, green };
std::string_view to_string(Colour c) { return c == Colour::red ? "red" : "green"; }

struct Empty {};
struct Padded {
  char tag;
  std::int64_t value;
};
struct Named {
  static constexpr std::string_view fields[] = {"who", "cents"};
  std::string who;
  std::int64_t cents;
};
struct Renamed {
  static constexpr std::string_view name = "AnotherName";
  int x;
};
struct HasANameField {
  std::string name;
};
template <class T>
struct Box {
  T content;
};
struct Everything {
  bool flag;
  Colour colour;
  double number;
  std::optional<Named> maybe;
  std::variant<int, std::string> either;
  std::vector<std::pair<int, Empty>> list;
  std::map<std::string, int> table;
  Duration wait;
  Term term;
  Pid pid;
};
struct Sixteen {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
};

template <class T>
std::uint64_t digest_of(const T& value) {
  Digest digest;
  reflect::fold_value(digest, value);
  return digest.value();
}

TEST(Reflect, PrintsNamesFieldsAndValues) {
  EXPECT_EQ(reflect::to_text(Empty{}), "Empty");
  EXPECT_EQ(reflect::to_text(Named{"ann", 30}), "Named{who=\"ann\", cents=30}");
  EXPECT_EQ(reflect::to_text(Renamed{1}), "AnotherName{1}");
  EXPECT_EQ(reflect::to_text(HasANameField{"x"}), "HasANameField{\"x\"}");
  EXPECT_EQ(reflect::to_text(Box<std::string>{"\x1b[31m"}), "Box{\"\\x1b[31m\"}");
  EXPECT_EQ(reflect::to_text(Everything{true,
                                        Colour::green,
                                        0.5,
                                        Named{"b", 1},
                                        "text",
                                        {{1, {}}},
                                        {{"k", 2}},
                                        std::chrono::milliseconds(1500),
                                        *parse_term("{a,1}"),
                                        Pid(1, 1, 0)}),
            "Everything{true, green, 0.5, Named{who=\"b\", cents=1}, \"text\", [{1, Empty}], [{\"k\", 2}], 1.5s, {a,1}, <0.1.1>}");
  EXPECT_EQ(reflect::to_text(Sixteen{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}),
            "Sixteen{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}");
}

TEST(Reflect, DurationsReadAsPeopleWriteThem) {
  std::string text;
  for (const std::int64_t ns : {0ll, 7ll, 1'500ll, 20'000'000ll, 1'250'000'000ll, -3'000'000'000ll}) {
    reflect::print_duration(text, ns);
    text += ' ';
  }
  EXPECT_EQ(text, "0ns 7ns 1.5us 20ms 1.25s -3s ");
}

TEST(Reflect, FoldsValuesNotBytes) {
  Padded a, b;
  std::memset(&a, 0x00, sizeof a);
  std::memset(&b, 0xff, sizeof b);
  a.tag = b.tag = 'x';
  a.value = b.value = 7;
  EXPECT_EQ(digest_of(a), digest_of(b));  // padding differs
  EXPECT_EQ(digest_of(0.0), digest_of(-0.0));
  EXPECT_NE(digest_of(Named{"ab", 1}), digest_of(Named{"a", 1}));
  EXPECT_NE(digest_of(std::optional<int>{}), digest_of(std::optional<int>{0}));
  EXPECT_NE(digest_of(std::variant<int, std::string>{1}), digest_of(std::variant<int, std::string>{"\1"}));
  EXPECT_NE(digest_of(std::vector<int>{1, 2}), digest_of(std::vector<int>{2, 1}));
}

// The same on every compiler and library: a change here is a change of every digest there is.
TEST(Reflect, DigestIsPinned) {
  EXPECT_EQ(digest_of(Everything{true,
                                 Colour::green,
                                 0.5,
                                 Named{"b", 1},
                                 "text",
                                 {{1, {}}},
                                 {{"k", 2}},
                                 std::chrono::milliseconds(1500),
                                 *parse_term("{a,1}"),
                                 Pid(1, 1, 0)}),
            14990174718709926505ull);
}

struct ViewOfText {
  std::string_view text;
};
struct Deep {
  int first;
  std::vector<std::pair<int, ViewOfText>> others;
};
struct TreeOfNumbers {
  int number;
  std::vector<TreeOfNumbers> children;
};
struct Address {
  const int* at;
};
class Opaque {
 public:
  [[maybe_unused]] friend void fold(Digest&, const Opaque&) {}
  [[maybe_unused]] friend void print(std::string&, const Opaque&) {}

 private:
  [[maybe_unused]] int secret_ = 0;
};

TEST(Reflect, KnowsWhatOwnsAllThatItIsMadeOf) {
  static_assert(reflect::is_lasting<Everything>());
  static_assert(reflect::is_lasting<Box<std::vector<std::string>>>());
  static_assert(reflect::is_lasting<std::variant<std::monostate, std::map<std::string, std::optional<Term>>>>());
  static_assert(!reflect::is_lasting<std::string_view>() && !reflect::is_lasting<ViewOfText>() && !reflect::is_lasting<Deep>());
  static_assert(!reflect::is_lasting<std::optional<ViewOfText>>() && !reflect::is_lasting<Address>() && !reflect::is_lasting<Opaque>());
  static_assert(!reflect::is_lasting<TreeOfNumbers>());  // deeper than one looks
}

TEST(Reflect, NamesAreUnqualifiedAndWithoutArguments) {
  struct Local {};
  EXPECT_EQ(reflect::name_of<Local>(), "Local");
  EXPECT_EQ(reflect::name_of<Box<std::vector<std::string>>>(), "Box");
}

}  // namespace
}  // namespace moirai
