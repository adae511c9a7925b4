#include "chaos/faults/exit_signal.hpp"

#include <gtest/gtest.h>

#include "chaos/small_systems.test.hpp"

namespace moirai {
namespace {

using namespace small;

struct Heard {
  static constexpr std::string_view fields[] = {"from", "reason"};
  std::string from, reason;
};
void listener(Self& self) {
  self.trap_exit(true);
  for (;;) self.receive([&](const Exit& m) { self.note(Heard{m.from ? self.world().path(m.from) : "nobody", m.reason.to_string()}); });
}
void plain(Self& self) {
  self.receive([](const Number&) {});
}
ChildSpec house(const Args&) {
  return supervisor({.name = "house", .intensity = {.restarts = 100, .within = 1s}},
                    {worker("listener", listener), worker("plain", plain)});
}
std::vector<std::string> heard(const Tried& tried) {
  std::vector<std::string> texts;
  for (const Watch::Seen& note : tried.watch.notes)
    if (note.text.starts_with("Heard")) texts.push_back(note.text);
  return texts;
}

TEST(ExitSignal, ATrappingTargetGetsAMessageFromWhoItIsSaidToBeFrom) {
  const Tried tried = attempt(house, plan({item("told", 300ms, ExitSignalFault{all("house/listener"), all("house/plain"), "boom"})}));
  EXPECT_TRUE(tried.watch.exits.empty());
  EXPECT_EQ(heard(tried), std::vector<std::string>{R"(Heard{from="house/plain", reason="boom"})"});
  EXPECT_EQ(tried.run.faults.fired("told"), 1u);
}

TEST(ExitSignal, WithoutFromItIsFromNobody) {
  const Tried tried = attempt(house, plan({item("told", 300ms, ExitSignalFault{all("house/listener"), {}, "boom"})}));
  EXPECT_EQ(heard(tried), std::vector<std::string>{R"(Heard{from="nobody", reason="boom"})"});
}

TEST(ExitSignal, OthersEndUnlessTheReasonIsNormal) {
  const Tried ended = attempt(house, plan({item("told", 300ms, ExitSignalFault{all("house/plain"), {}, "boom"})}));
  ASSERT_EQ(ended.watch.exits.size(), 1u);
  EXPECT_EQ(ended.watch.exits[0].text, "boom");
  const Tried ignored = attempt(house, plan({item("told", 300ms, ExitSignalFault{all("house/plain"), {}, "normal"})}));
  EXPECT_TRUE(ignored.watch.exits.empty());
}

TEST(ExitSignal, KillIsNotTrapped) {
  const Tried tried = attempt(house, plan({item("told", 300ms, ExitSignalFault{all("house/listener"), {}, "kill"})}));
  ASSERT_EQ(tried.watch.exits.size(), 1u);
  EXPECT_EQ(tried.watch.exits[0].text, "killed");
}

TEST(ExitSignal, WithoutATargetOrASenderItIsSkipped) {
  const Tried tried = attempt(house, plan({item("a", 300ms, ExitSignalFault{all("house/nobody"), {}, "boom"}),
                                           item("b", 300ms, ExitSignalFault{all("house/plain"), all("house/nobody"), "boom"})}));
  EXPECT_TRUE(tried.watch.exits.empty());
  EXPECT_EQ(tried.run.faults.skipped("a", SkipReason::no_target), 1u);
  EXPECT_EQ(tried.run.faults.skipped("b", SkipReason::no_target), 1u);
}

}  // namespace
}  // namespace moirai
