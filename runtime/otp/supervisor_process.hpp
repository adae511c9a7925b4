// The supervisor while it runs: a handler process that owns the table of its children. Restart decisions are R-SUP-13, the limit is
// intensity.hpp, the strategies are R-SUP-24 to R-SUP-30, stopping is shutdown.hpp. Made by supervisor_program().
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/intensity.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai {

// "Try to start this child again": sent by a supervisor to itself after a restart has failed, so that whatever is already in its
// mailbox is served first (R-SUP-25).
struct RetryRestart {
  static constexpr std::string_view fields[] = {"child"};
  std::uint32_t child = 0;  // its place in the table
};

class SupervisorProcess {
 public:
  static constexpr std::string_view name = "supervisor";
  using Accepts = Messages<Exit, RetryRestart, WhichChildren>;

  // Starts the children; exits when the spec has an error or a child cannot be started.
  SupervisorProcess(Self& self, const std::shared_ptr<const SupervisorSpec>& spec);

  void on(Self& self, const Exit& exit);
  void on(Self& self, const RetryRestart& retry);
  std::vector<ChildStatus> on(Self& self, const WhichChildren&);

 private:
  // A child's place in the table is its place in start order, and never changes.
  struct Child {
    enum class State : std::uint8_t {
      stopped,     // no process: not started yet, ended for good, declined, or stopped with its group; pid is nobody
      running,     // pid is its process
      restarting,  // its last restart failed and a retry is due; pid is the last process it had, or nobody
      forgotten,   // temporary, and it has ended: it is as if there was no such spec
    };
    const ChildSpec* spec;
    Pid pid{};
    State state = State::stopped;
  };
  struct Failure {
    std::size_t place;
    Term reason;
  };

  void announce(Self& self) const;
  void restart(Self& self, std::size_t place);
  std::optional<Failure> restart_one(Self& self, std::size_t place);
  std::optional<Failure> restart_group(Self& self, std::size_t crashed, std::size_t first);
  std::optional<Failure> start_from(Self& self, std::size_t first);
  void stop_from(Self& self, std::size_t first);
  void stop(Self& self, Child& child);
  [[noreturn]] void give_up(Self& self, std::size_t place);
  StartResult start(Self& self, Child& child);
  void set_stopped(Child& child);
  Restart restart_type(const Child& child) const;
  void report(Self& self, ReportContext context, const Child& child, Term reason) const;

  std::shared_ptr<const SupervisorSpec> spec_;
  Pid parent_;
  std::vector<Child> children_;  // in start order
  RestartWindow window_;
};

}  // namespace moirai
