#include "runtime/otp/dynamic_children.hpp"

#include <gtest/gtest.h>

#include <map>

#include "runtime/kernel/term.hpp"

namespace moirai {
namespace {

Pid pid(std::uint64_t slot) { return Pid(static_cast<std::uint32_t>(slot), 1, 0); }

TEST(DynamicChildren, AgreeWithAPlainMapInRandomUse) {  // R-SUP-12, R-SUP-14
  Random random(3);
  for (int round = 0; round < 20; ++round) {
    DynamicChildren<Term> children;
    std::map<Pid, std::pair<std::int64_t, bool>> known;  // argument, restarting
    for (int step = 0; step < 3000; ++step) {
      const Pid who = pid(1 + random.below(400));
      const std::uint32_t place = children.find(who);
      ASSERT_EQ(place != DynamicChildren<Term>::none, known.count(who) == 1);
      switch (random.below(3)) {
        case 0:
          children.add(who, Term::integer(step));
          known[who].first = step;
          break;
        case 1:
          if (place == DynamicChildren<Term>::none) break;
          children.erase(place);
          known.erase(who);
          break;
        default:
          if (place == DynamicChildren<Term>::none) break;
          children.set_restarting(place);
          known[who].second = true;
          break;
      }
    }
    ASSERT_EQ(children.size(), known.size());
    std::size_t restarting = 0;
    for (const auto& [who, what] : known) {
      const std::uint32_t place = children.find(who);
      ASSERT_NE(place, DynamicChildren<Term>::none);
      ASSERT_EQ(children[place].kept, Term::integer(what.first));
      ASSERT_EQ(children.is_restarting(place), what.second);
      restarting += what.second ? 1 : 0;
    }
    ASSERT_EQ(children.restarting(), restarting);
  }
}

}  // namespace
}  // namespace moirai
