// A message, call or cast that a behaviour does not know is dropped or refused, and harms nobody: one test for all that OTP calls
// behaviours. For processes written by hand see OtpCalls.JunkIsRefused.
#include <functional>
#include <string>
#include <vector>

#include "runtime/otp/agent.hpp"
#include "runtime/otp/dynamic_supervisor.hpp"
#include "runtime/otp/gen_event.hpp"
#include "runtime/otp/gen_statem.hpp"
#include "runtime/otp/partition_supervisor.hpp"
#include "runtime/otp/registry.hpp"
#include "runtime/otp/release_run.test.hpp"
#include "runtime/otp/task.hpp"

namespace moirai::rules {
namespace {

struct Junk {
  int number;
};
struct JunkCall {
  using Reply = int;
};

struct Server {
  using Accepts = Messages<Ask>;
  int on(Self&, const Ask& m) { return m.number + 1; }
};

struct Machine {
  struct On {};
  using States = gen_statem::States<On>;
  using Events = gen_statem::Events<Ask>;
  int on(Self&, On&, const Ask& m) { return m.number + 1; }
};

struct Subject {
  std::string name;
  std::function<Pid(Self&)> start;                   // and who is asked
  std::string answer = "{unknown_call,'JunkCall'}";  // what the exit of a junk call says
  bool release = false;                              // beside an application
};
void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.name; }

Pid start_child_of(Self& self, const ChildSpec& child) { return child.start->start(self, child.id).pid; }

Subject supervised(std::string name, Strategy strategy) {
  return {std::move(name), [strategy](Self& self) {
            return start_child_of(self, supervisor({.name = "top", .strategy = strategy}, {worker("w", idle_worker)}));
          }};
}

const std::vector<Subject> subjects{
    {"gen_server", [](Self& self) { return gen_server::start_link<Server>(self, {}).pid; }},
    {"gen_statem", [](Self& self) { return gen_statem::start_link<Machine>(self, {}).pid; }},
    {"gen_event", [](Self& self) { return gen_event::start_link(self, {}).pid; }},
    supervised("one_for_one", Strategy::one_for_one),
    supervised("one_for_all", Strategy::one_for_all),
    supervised("rest_for_one", Strategy::rest_for_one),
    supervised("simple_one_for_one", Strategy::simple_one_for_one),
    {"dynamic_supervisor", [](Self& self) { return start_child_of(self, dynamic_supervisor({.name = "top"})); }},
    {"agent", [](Self& self) { return agent::start_link(self, {}, [] { return 1; }).pid; }},
    // Like Elixir's, it runs the user's function and looks at no mailbox: the caller waits in vain.
    {"task", [](Self& self) { return task::start_link(self, [](Self& s) { s.sleep(1h); }); }, "timeout"},
    {"registry", [](Self& self) { return start_child_of(self, Registry<std::string, int>("rooms").child()); }},
    {"registry_partition",
     [](Self& self) {
       const Pid top = start_child_of(self, Registry<std::string, int>("rooms").child());
       return which_children(self, top).front().pid;
     }},
    {"partition_supervisor",
     [](Self& self) { return start_child_of(self, PartitionSupervisor("pool").child([](int) { return worker("w", idle_worker); })); }},
    {"application_controller", [](Self& self) { return *self.whereis("application_controller"); }, "{unknown_call,'JunkCall'}", true},
    {"application_master", [](Self& self) { return find_process(self, "node/shop"); }, "{unknown_call,'JunkCall'}", true},
};

class JunkTest : public testing::TestWithParam<Subject> {};

TEST_P(JunkTest, HarmsNobody) {  // R-GS-12, R-SUP-47, R-SM-1, R-GE-4
  const Subject& subject = GetParam();
  in_every_order(
      [&](Trial& trial) {
        if (subject.release) start_release(trial.world, {.name = "node", .applications = {{simple_application("shop")}}});
        trial.run([&](Self& self) {
          if (subject.release) self.sleep(1s);
          const Pid pid = subject.start(self);
          ASSERT_TRUE(pid);
          self.sleep(1s);
          const std::size_t before = trial.deaths.order().size();
          for (int i = 0; i < 3; ++i) {
            self.send(pid, Junk{i});
            self.cast(pid, JunkCall{});
            self.send(pid, Down{Ref{}, self.pid(), "", reason::normal()});
            self.send(pid, proc_lib::StartAnswer{self.pid(), StartResult::Kind::ignore, {}, {}});
            self.send(pid, Reply<int>{Ref{}, i});
            const Pid caller = self.spawn([&](Self& s) { s.call(pid, JunkCall{}, 1s); });
            self.sleep(2s);
            EXPECT_EQ(trial.deaths.of(caller), "{" + subject.answer + ",{gen_server,call,[" + pid.to_string() + ",'JunkCall',1000]}}");
          }
          EXPECT_EQ(trial.deaths.order().size(), before + 3) << "the callers";
          EXPECT_EQ(self.world().mailbox_size(pid), subject.answer == "timeout" ? 15u : 0u);
          EXPECT_EQ(drain(self), Got{});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

INSTANTIATE_TEST_SUITE_P(Behaviours, JunkTest, testing::ValuesIn(subjects), [](const auto& subject) { return subject.param.name; });

}  // namespace
}  // namespace moirai::rules
