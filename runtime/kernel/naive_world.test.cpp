// Random programs, played by real processes and by the naive kernel: same journal, line for line, under fifo and random; and the fast
// paths against the same strategies behind the slow interface: same digest.
#include "runtime/kernel/naive_world.test.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "runtime/kernel/stage.test.hpp"
#include "runtime/schedulers/fifo.hpp"
#include "runtime/schedulers/random.hpp"

namespace moirai::oracle {
namespace {

std::uint64_t programs() { return std::getenv("MOIRAI_FULL") ? 10'000 : 1'500; }

std::string difference(const std::vector<std::string>& naive, const std::vector<std::string>& real) {
  std::size_t at = 0;
  while (at < naive.size() && at < real.size() && naive[at] == real[at]) ++at;
  std::string text;
  for (std::size_t i = at < 12 ? 0 : at - 12; i < at; ++i) text += "    " + naive[i] + "\n";
  for (std::size_t i = at; i < at + 6; ++i)
    text += "    " + (i < naive.size() ? naive[i] : "(end)") + "  |  " + (i < real.size() ? real[i] : "(end)") + "\n";
  return text;
}

void compare(Scheduler scheduler, NaiveWorld::Order order, const Repertoire& repertoire, std::string_view what) {
  World world(Settings{});
  std::size_t lines = 0;
  std::uint64_t disagreeing = 0;
  for (std::uint64_t seed = 1; seed <= programs(); ++seed) {
    const Play play = draw_play(seed, repertoire);
    world.reset(Settings{.seed = seed, .scheduler = scheduler});
    Stage stage(world, play);
    stage.run();
    const std::vector<std::string> naive = NaiveWorld(play, seed, order).run();
    lines += naive.size();
    if (naive == stage.journal()) continue;
    if (++disagreeing <= 3) ADD_FAILURE() << "program " << seed << ": naive | real\n" << difference(naive, stage.journal());
  }
  EXPECT_EQ(disagreeing, 0u);
  std::printf("[ compared ] %llu programs, %zu journal lines: %.*s\n", static_cast<unsigned long long>(programs()), lines,
              static_cast<int>(what.size()), what.data());
}

constexpr Repertoire messages_only{false, false, false, false, false, false, false, false, false};

TEST(NaiveWorld, AgreesOnMessagesUnderFifo) { compare(Scheduler::fifo, NaiveWorld::Order::fifo, messages_only, "messages, fifo"); }
TEST(NaiveWorld, AgreesOnMessagesUnderRandom) { compare(Scheduler::random, NaiveWorld::Order::random, messages_only, "messages, random"); }
TEST(NaiveWorld, AgreesOnEverythingUnderFifo) { compare(Scheduler::fifo, NaiveWorld::Order::fifo, {}, "everything, fifo"); }
TEST(NaiveWorld, AgreesOnEverythingUnderRandom) { compare(Scheduler::random, NaiveWorld::Order::random, {}, "everything, random"); }

// The engine's fast paths against the same strategy behind SchedulingStrategy::pick.
template <class Slow>
void compare_paths(Scheduler fast) {
  World world;
  Slow strategy;
  for (std::uint64_t seed = 1; seed <= programs(); ++seed) {
    const Play play = draw_play(seed);
    std::vector<std::string> journals[2];
    RunEnd ends[4];
    for (const bool slow : {false, true})
      for (const bool seen : {true, false}) {  // unseen, the engine takes its shortest paths
        world.reset(slow ? Settings{.seed = seed, .scheduler = Scheduler::custom, .strategy = &strategy}
                         : Settings{.seed = seed, .scheduler = fast});
        Stage stage(world, play, seen ? Stage::Journal::kept : Stage::Journal::none);
        ends[slow * 2 + seen] = stage.run();
        if (seen) journals[slow] = stage.journal();
      }
    ASSERT_EQ(journals[0], journals[1]) << "program " << seed << ": fast | slow\n" << difference(journals[0], journals[1]);
    for (const RunEnd& end : ends) {
      ASSERT_EQ(end.digest, ends[0].digest) << "program " << seed << ", run " << &end - ends;
      ASSERT_EQ(end.steps, ends[0].steps) << "program " << seed << ", run " << &end - ends;
    }
  }
}
TEST(FastPath, FifoEqualsPick) { compare_paths<FifoStrategy>(Scheduler::fifo); }
TEST(FastPath, RandomEqualsPick) { compare_paths<RandomStrategy>(Scheduler::random); }

}  // namespace
}  // namespace moirai::oracle
