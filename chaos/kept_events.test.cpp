#include "chaos/kept_events.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "runtime/kernel/self.hpp"

namespace moirai {
namespace {

struct Small {
  static constexpr std::string_view fields[] = {"value"};
  std::int64_t value;
};
struct Words {
  static constexpr std::string_view fields[] = {"text"};
  std::string text;
};
using Eighth = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
struct Large {  // too large for a signal's block
  static constexpr std::string_view fields[] = {"text", "numbers"};
  std::string text;
  std::tuple<Eighth, Eighth, Eighth, Eighth, Eighth, Eighth, Eighth, Eighth> numbers{};
};
struct View {
  static constexpr std::string_view fields[] = {"text"};
  std::string_view text;
};

// Keeps what it sees, and says what was kept.
struct Keeper final : Observer {
  EventMask wants() const override { return {EventKind::note, EventKind::exit, EventKind::start, EventKind::outside}; }
  void saw(const Event& event) override {
    if (KeptEvents::lasts(event))
      kept.keep(event);
    else
      kept.keep(event, event.message ? "then: " + event.message->to_string() : std::string(event.text));
  }
  std::vector<std::string> told() const {
    std::vector<std::string> all;
    kept.each([&](const KeptEvent& event) {
      std::string text(to_string(event.kind));
      if (event.message) event.message_type->print(event.message, text += ' ');
      if (event.reason) text += ' ' + event.reason->to_string();
      if (event.told) text += ' ' + std::string(*event.told);
      all.push_back(std::move(text));
    });
    return all;
  }
  KeptEvents kept;
};

void play(Keeper& keeper, const Program& program) {
  World world;
  world.observe(keeper);
  world.start("p", program);
  world.run();
}

TEST(KeptEvents, TellWhatHappenedWhenTheWorldIsGone) {
  Keeper keeper;
  play(keeper, [](Self& self) {
    self.note(Small{7});
    self.note(Words{"a text that does not fit into the string itself"});
    Large large{"large", {}};
    std::get<7>(std::get<7>(large.numbers)) = 5;
    self.note(large);
    self.exit(*parse_term("{why,\"it ends\"}"));
  });
  const std::vector<std::string> told = keeper.told();
  ASSERT_EQ(told.size(), 5u);
  EXPECT_EQ(told[0], "start");
  EXPECT_EQ(told[1], "note Small{value=7}");
  EXPECT_EQ(told[2], R"(note Words{text="a text that does not fit into the string itself"})");
  EXPECT_EQ(told[3].substr(0, 41), R"(note Large{text="large", numbers={{0, 0, )");
  EXPECT_EQ(told[3].substr(told[3].size() - 9), ", 0, 5}}}");
  EXPECT_EQ(told[4], R"(exit {why,"it ends"})");
}

TEST(KeptEvents, SayAtOnceWhatIsSeenThroughAView) {
  Keeper keeper;
  play(keeper, [](Self& self) {
    std::string own = "mine";
    self.note(View{own});
    own = "gone";
  });
  EXPECT_EQ(keeper.told()[1], R"(note then: View{text="mine"})");
}

TEST(KeptEvents, AreForgottenFromTheOldestOn) {
  constexpr int notes = 20'000;  // many chunks
  Keeper keeper;
  play(keeper, [](Self& self) {
    for (int i = 0; i < notes; ++i)
      if (i % 3 == 0)
        self.note(Words{"a text that does not fit into the string itself, nr. " + std::to_string(i)});
      else
        self.note(Small{i});
  });
  EXPECT_EQ(keeper.told().size(), notes + 2u);
  for (int i = 0; i < notes - 2; ++i) keeper.kept.forget_oldest();
  const std::string last_words = R"(note Words{text="a text that does not fit into the string itself, nr. 19998"})";
  EXPECT_EQ(keeper.told(), (std::vector<std::string>{"note Small{value=19997}", last_words, "note Small{value=19999}", "exit normal"}));
  KeptEvents other = std::move(keeper.kept);
  other.clear();
  other.each([](const KeptEvent&) { FAIL(); });
}

// Records say how long after a base they were; bases move, and are forgotten with what they stand before.
TEST(KeptEvents, KeepEveryTimeAndStep) {
  struct Timekeeper final : Observer {
    using Instant = std::tuple<EventKind, Time, std::uint64_t>;
    EventMask wants() const override { return EventMask::all(); }
    void saw(const Event& event) override {
      if (!KeptEvents::lasts(event)) return;
      kept.keep(event);
      expected.emplace_back(event.kind, event.at, event.step);
    }
    std::vector<Instant> told() const {
      std::vector<Instant> all;
      kept.each([&](const KeptEvent& event) { all.emplace_back(event.kind, event.at, event.step); });
      return all;
    }
    KeptEvents kept;
    std::vector<Instant> expected;
  } keeper;
  for (int run = 0; run < 2; ++run) {  // the second begins before the first has ended
    World world;
    world.observe(keeper);
    world.start("p", [](Self& self) {
      for (int i = 0; i < 3'000; ++i) {
        self.note(Small{i});
        self.sleep(i % 10 == 0 ? Duration(std::chrono::hours(i + 1)) : Duration(i));
      }
    });
    world.run();
  }
  ASSERT_GT(keeper.expected.size(), 12'000u);
  EXPECT_EQ(keeper.told(), keeper.expected);
  while (keeper.expected.size() > 2'000) {
    for (int i = 0; i < 977; ++i) keeper.kept.forget_oldest();
    keeper.expected.erase(keeper.expected.begin(), keeper.expected.begin() + 977);
    ASSERT_EQ(keeper.told(), keeper.expected);
  }
}

}  // namespace
}  // namespace moirai
