// The supervision tree of a program of the oracle, as child specs of the runtime: workers that end when told to, start functions that do
// what their scripts say. Everything that happens is told to a Recorder.
#pragma once
#include <string>
#include <vector>

#include "properties/otp_oracle/run_options.hpp"
#include "runtime/otp/child_spec.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai::otp_oracle {

struct ExitWith {  // to a worker: exit(Reason)
  Term reason;
};

// Where a process stands: its path and how often its start function had been called when it was started.
struct Name {
  enum class Kind : std::uint8_t { worker, supervisor, simple_supervisor };
  std::vector<Value> path;
  int incarnation = 0;
  Kind kind = Kind::worker;
};

class Recorder {
 public:
  virtual ~Recorder() = default;
  // The number of this attempt to start somebody at `path`, from 1.
  virtual int attempt(const std::vector<Value>& path) = 0;
  // The next process that `starter` spawns.
  virtual void expect(Pid starter, Name name) = 0;
  virtual void record(Value event) = 0;
  virtual Value named(const Term& term) const = 0;  // pids by name
};

// A supervisor that is asked to start this child waits for Release, and then has nothing to start: it is held, and no trace remains.
struct Release {};
ChildSpec gate();
Term simple_gate();  // as the argument of a dynamic child

class ScriptedTree {
 public:
  ScriptedTree(Recorder& recorder, const RunOptions& options) : recorder_(recorder), options_(options) {}

  // {worker,...} or {sup,...} as a child of the supervisor at `above`.
  ChildSpec child(const std::vector<Value>& above, const Value& spec) const;
  ChildSpec root(const Value& sup) const;

 private:
  ChildSpec worker_child(const std::vector<Value>& above, const Value& spec) const;
  ChildSpec supervisor_child(const std::vector<Value>& above, const Value& name, const Value& flags, const Value& children,
                             const Value& child_options) const;
  ChildSpec template_child(const std::vector<Value>& above, const Value& spec) const;
  StartResult start_worker(Self& supervisor, const std::vector<Value>& path, const Value& options) const;
  StartResult start_supervisor(Self& supervisor, const std::vector<Value>& path, const std::shared_ptr<const SupervisorSpec>& spec,
                               const Value& options) const;
  StartResult play(Self& supervisor, const Name& name, const Value& step) const;
  Program worker_program(const Value& options) const;

  Recorder& recorder_;
  const RunOptions& options_;
};

// What is malformed in a {worker,...} or {sup,...}, or cannot be said in C++.
std::optional<std::string> find_child_error(const Value& spec);
std::optional<std::string> find_root_error(const Value& sup);

}  // namespace moirai::otp_oracle
