// What is in flight to one process from many senders: few channels in a list, many in lanes, and on the way from one to the other.
#include <memory>

#include "runtime/kernel/random.hpp"
#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

struct Numbered {
  int sender, number;
};

// Bursts of few and of many, one after the other and in turns, while the receiver sleeps, so that all of it is in flight together.
TEST(InFlight, EveryChannelKeepsItsOrder) {
  for (const int senders : {2, 15, 16, 17, 40})
    in_every_order(
        [senders](Trial& trial) {
          std::vector<int> next(static_cast<std::size_t>(senders), 0);
          constexpr int each = 30;
          trial.run([&](Self& self) {
            const Pid to = self.pid();
            Random draws(trial.seed);
            for (int s = 0; s < senders; ++s)
              self.spawn([to, s, burst = 1 + draws.below(9)](Self& me) {
                for (int n = 0; n < each; ++n) {
                  me.send(to, Numbered{s, n});
                  if (static_cast<std::uint64_t>(n) % burst == 0) me.sleep(1ms);
                }
              });
            for (int i = 0; i < senders * each; ++i)
              self.receive([&](const Numbered& m) { EXPECT_EQ(m.number, next[static_cast<std::size_t>(m.sender)]++); });
          });
          EXPECT_EQ(trial.finished, 1);
          for (const int count : next) EXPECT_EQ(count, each);
        },
        20);
}

// A flood of one sender, then many first messages behind it: neither is looked through again and again.
TEST(InFlight, FirstMessagesBehindAFlood) {
  in_every_order(
      [](Trial& trial) {
        int flooded = 0, first = 0;
        trial.run([&](Self& self) {
          const Pid to = self.pid();
          self.spawn([to](Self& me) {
            for (int n = 0; n < 20'000; ++n) me.send(to, Numbered{0, n});
          });
          for (int s = 1; s <= 300; ++s) self.spawn([to, s](Self& me) { me.send(to, Numbered{s, 0}); });
          for (int i = 0; i < 20'300; ++i)
            self.receive([&](const Numbered& m) {
              if (m.sender != 0)
                ++first;
              else
                EXPECT_EQ(m.number, flooded++);
            });
        });
        EXPECT_EQ(flooded, 20'000);
        EXPECT_EQ(first, 300);
      },
      3);
}

// What a dead process has sent stays in flight as one channel, also beside what the next process in its slot sends.
TEST(InFlight, ADeadSendersMessagesStayBehindEachOther) {
  in_every_order(
      [](Trial& trial) {
        std::map<int, int> next;
        trial.run([&](Self& self) {
          const Pid to = self.pid();
          for (int generation = 0; generation < 6; ++generation) {
            self.spawn([to, generation](Self& me) {
              for (int n = 0; n < 5; ++n) me.send(to, Numbered{generation, n});
            });
            if (generation % 2 == 1) self.sleep(1ms);
          }
          for (int i = 0; i < 30; ++i) self.receive([&](const Numbered& m) { EXPECT_EQ(m.number, next[m.sender]++); });
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

}  // namespace
}  // namespace moirai::rules
