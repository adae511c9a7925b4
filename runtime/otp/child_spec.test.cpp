#include "runtime/otp/child_spec.hpp"

#include <gtest/gtest.h>

#include "runtime/otp/supervisor.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

void body(Self&) {}
struct Handler {
  using Accepts = Messages<>;
};

TEST(ChildSpec, Defaults) {  // R-SUP-3
  const ChildSpec spec = worker("a", body);
  EXPECT_EQ(spec.id, "a");
  EXPECT_EQ(spec.restart, Restart::permanent);
  EXPECT_EQ(spec.shutdown, Shutdown::after(5s));
  EXPECT_EQ(spec.type, ChildType::worker);
  EXPECT_EQ(spec.subtree, nullptr);
  const ChildSpec tree = supervisor({.name = "s"}, {spec});
  EXPECT_EQ(tree.id, "s");
  EXPECT_EQ(tree.restart, Restart::permanent);
  EXPECT_EQ(tree.shutdown, Shutdown::infinity());
  EXPECT_EQ(tree.type, ChildType::supervisor);
  ASSERT_NE(tree.subtree, nullptr);
  EXPECT_EQ(tree.subtree->children.size(), 1u);
}

TEST(ChildSpec, TakesWhatTheUserSays) {  // R-SUP-3
  const ChildSpec spec = worker<Handler>("a", {.restart = Restart::transient, .shutdown = Shutdown::brutal_kill()});
  EXPECT_EQ(spec.restart, Restart::transient);
  EXPECT_EQ(spec.shutdown, Shutdown::brutal_kill());
}

TEST(ChildSpec, SaysWhatIsWrong) {  // R-SUP-4
  EXPECT_EQ(find_error(worker("a", body)), std::nullopt);
  EXPECT_EQ(find_error(worker("", body)), Term::atom("missing_id"));
  EXPECT_EQ(find_error(ChildSpec{.id = "a"}), Term::atom("missing_start"));
  EXPECT_EQ(find_error(worker("a", body, {.shutdown = Shutdown::after(-1ms)}))->to_string(), "{invalid_shutdown,{-1000000,nanosecond}}");
}

TEST(ChildSpec, Words) {
  EXPECT_EQ(to_string(Restart::temporary), "temporary");
  EXPECT_EQ(to_string(ChildType::supervisor), "supervisor");
  EXPECT_EQ(to_string(Shutdown::after(1500ms)), "1.5s");
  EXPECT_EQ(to_string(Shutdown::infinity()), "infinity");
  EXPECT_EQ(reflect::to_text(ChildConfig{"a", Restart::transient, Shutdown::after(5s), ChildType::worker}),
            "ChildConfig{id=\"a\", restart=transient, shutdown=5s, type=worker}");
}

}  // namespace
}  // namespace moirai
