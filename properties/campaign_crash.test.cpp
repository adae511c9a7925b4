#include "properties/campaign_crash.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <functional>

#include "properties/campaign_systems.test.hpp"
#include "properties/campaign_workers.hpp"
#include "runtime/kernel/fiber.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

WorkerDeath death_of(const std::function<void()>& work) {
  WorkerDeath death;
  WorkerPool pool;
  pool.pieces = 1;
  pool.work = [&](std::uint64_t) {
    work();
    return std::string();
  };
  pool.done = [&](std::uint64_t, const WorkerReply& reply) {
    EXPECT_TRUE(std::holds_alternative<WorkerDeath>(reply));
    if (const auto* died = std::get_if<WorkerDeath>(&reply)) death = *died;
    return true;
  };
  run_pool(pool);
  return death;
}

template <class Body>
WorkerDeath death_of_run(Body body) {
  return death_of([&] {
    const Scenario scenario = small_campaign::scenario();
    const SystemDeclaration system = small_campaign::system(body);
    const LawCatalogue laws = small_campaign::laws(1000);
    World world;
    const Watchdog watchdog(500ms);
    run_trial(world, {&scenario, &system, &laws, false}, 1);
  });
}

[[gnu::noinline]] std::uint64_t deep(std::uint64_t n) {
  volatile char frame[512];
  frame[n % sizeof frame] = static_cast<char>(n);
  return n == 0 ? 0 : deep(n - 1) + static_cast<std::uint64_t>(frame[n % sizeof frame]);
}

TEST(CampaignCrash, AnAbortOutsideARunNamesItsSignalOnly) {
  const LastWords words = death_of([] { std::abort(); }).words;
#if MOIRAI_ASAN
  EXPECT_EQ(words.cause, LastWords::Cause::none);
#else
  EXPECT_EQ(words.cause, LastWords::Cause::signal);
  EXPECT_EQ(words.signal, SIGABRT);
#endif
  EXPECT_FALSE(words.in_run);
}

TEST(CampaignCrash, ASegmentationFaultNamesProcessStepAndTime) {
  const WorkerDeath death = death_of_run([](Self& self) {
    self.sleep(1500ms);
    small_campaign::write_to_nowhere();
  });
  EXPECT_EQ(death.words.cause, MOIRAI_ASAN ? LastWords::Cause::sanitizer : LastWords::Cause::signal);
  EXPECT_FALSE(death.words.stack_overflow);
  EXPECT_TRUE(death.words.in_run);
  EXPECT_EQ(death.words.process, "root/worker");
  EXPECT_EQ(death.words.at, Time(1500ms));
  EXPECT_GT(death.words.step, 0u);
#if !MOIRAI_ASAN
  EXPECT_EQ(death.signal, SIGSEGV);
#endif
}

TEST(CampaignCrash, AStackOverflowIsCalledByItsName) {
  const LastWords words = death_of_run([](Self& self) {
                            self.sleep(1s);
                            self.note(small_campaign::Drawn{deep(1'000'000)});
                          }).words;
  EXPECT_EQ(words.process, "root/worker");
#if !MOIRAI_ASAN
  EXPECT_EQ(words.signal, SIGSEGV);
  EXPECT_TRUE(words.stack_overflow);
#endif
}

TEST(CampaignCrash, TheWatchdogNamesWhoSpins) {
  const WorkerDeath death = death_of_run([](Self& self) {
    self.sleep(1s);
    for (std::atomic<std::uint64_t> i = 0;; ++i) {}
  });
  EXPECT_EQ(death.words.cause, LastWords::Cause::watchdog);
  EXPECT_EQ(death.words.process, "root/worker");
  EXPECT_EQ(death.words.at, Time(1s));
}

TEST(CampaignCrash, WhoCallsExitIsNamed) {
  const WorkerDeath death = death_of_run([](Self& self) {
    self.sleep(1s);
    std::exit(7);
  });
  EXPECT_EQ(death.words.cause, LastWords::Cause::exit);
  EXPECT_EQ(death.words.process, "root/worker");
  EXPECT_EQ(death.exit_status, 7);
}

TEST(CampaignCrash, AWatchdogThatIsGoneStaysSilent) {
  EXPECT_EQ(death_of([] {
              { const Watchdog watchdog(1ms); }
              std::_Exit(3);
            }).exit_status,
            3);
}

TEST(CampaignCrash, SignalsHaveNames) {
  EXPECT_EQ(name_of_signal(SIGSEGV), "a segmentation fault");
  EXPECT_EQ(name_of_signal(SIGUSR1), "signal " + std::to_string(SIGUSR1));
}

}  // namespace
}  // namespace moirai
