// Being told of events: what an observer may rely on, and what it may not do.
#include <functional>
#include <stdexcept>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

struct Telling : Observer {
  EventMask kinds;
  std::function<void(const Event&)> tell;
  Telling(World& world, EventMask wanted, std::function<void(const Event&)> what) : kinds(wanted), tell(std::move(what)) {
    world.observe(*this);
  }
  EventMask wants() const override { return kinds; }
  void saw(const Event& event) override { tell(event); }
};

void talks_to_itself(Self& self) {
  for (int i = 0; i < 9; ++i) self.send(self.pid(), Note1{i});
  for (int i = 0; i < 9; ++i) self.receive([](const Note1&) {});
}

// Receptions are steps of nobody, on whatever stack they are told; but a process that sends itself an exit receives it in its turn.
TEST(Observing, NobodyRunsBetweenSteps) {
  for (const Scheduler scheduler : {Scheduler::fifo, Scheduler::random}) {
    World world(Settings{.seed = 5, .scheduler = scheduler});
    int messages = 0, own_exits = 0;
    Telling telling(world, {EventKind::receive, EventKind::signal_receive}, [&](const Event& event) {
      const bool own_exit = event.signal == SignalKind::exit && event.subject == event.other;
      EXPECT_EQ(world.running(), own_exit ? event.subject : Pid{});
      (own_exit ? own_exits : messages) += event.kind == EventKind::receive;
    });
    const Pid a = world.start("a", [](Self& self) {
      self.trap_exit(true);
      talks_to_itself(self);
      self.exit(self.pid(), Term::atom("mine"));
      self.receive([](const Exit&) {});
      self.take<Other>();
    });
    world.start("b", [a](Self& self) { self.send(a, Other{0}); });
    world.run();
    EXPECT_EQ(messages, 10);
    EXPECT_EQ(own_exits, 1);
  }
}

TEST(ObservingDeathTest, AnObserverThatThrowsEndsTheProgram) {
  EXPECT_DEATH(
      {
        World world;
        Telling telling(world, {EventKind::receive}, [](const Event&) { throw std::runtime_error("the observer's"); });
        world.start("a", talks_to_itself);
        world.run();
      },
      "");
}

TEST(ObservingDeathTest, WhoIsToldSendsNothing) {
  EXPECT_DEATH(
      {
        World world;
        Telling telling(world, {EventKind::receive}, [&](const Event& event) { world.control().crash(event.subject, Term::atom("x")); });
        world.start("a", talks_to_itself);
        world.run();
      },
      "crashes nobody while it is told");
}

// EXIT and DOWN are no messages: neither sent, nor received, nor dropped by a handler that does not accept them.
struct Deaf {
  using Accepts = Messages<Note1>;
  Deaf(Self& self, Pid watched) {
    self.trap_exit(true);
    self.monitor(watched);
  }
  void on(Self&, const Note1&) {}
};
TEST(Observing, ExitsAndDownsAreNoMessages) {
  World world;
  world.start("root", [](Self& self) {
    const Pid brief = self.spawn([](Self& me) { me.sleep(1ms); });
    const Pid deaf = self.spawn(handler<Deaf>(brief));
    self.sleep(2ms);
    self.exit(deaf, Term::atom("boom"));
    self.send(deaf, Other{});
    self.sleep(1ms);
  });
  world.run();
  EXPECT_EQ(world.messages(), (MessageCounts{1, 1, 1}));
}

}  // namespace
}  // namespace moirai::rules
