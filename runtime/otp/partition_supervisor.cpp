#include "runtime/otp/partition_supervisor.hpp"

#include "runtime/otp/gen.hpp"
#include "runtime/otp/supervisor_process.hpp"

namespace moirai {
namespace {

// Starts a partition and enters it into the table. Runs in the supervisor, which owns the table.
class PartitionStart final : public ChildStart {
 public:
  PartitionStart(std::shared_ptr<const ChildStart> start, Shared<Partitions> table, std::size_t number)
      : start_(std::move(start)), table_(std::move(table)), number_(number) {}
  StartResult start(Self& supervisor, const std::string& id, const Term* argument) const override {
    StartResult result = start_->start(supervisor, id, argument);
    if (result) table_.access(supervisor, [&](Partitions& p) { p.pids[number_] = result.pid; });
    return result;
  }

 private:
  std::shared_ptr<const ChildStart> start_;
  Shared<Partitions> table_;
  std::size_t number_;
};

// Makes the table before there is any partition.
struct Prepared {
  Prepared(Self& self, const std::string& name, int partitions) {
    if (partitions < 1)
      self.exit(Term::tuple({reason::badarg(), Term::tuple({Term::atom("invalid_partitions"), Term::integer(partitions)})}));
    Shared<Partitions>(name).create(self, {std::vector<Pid>(static_cast<std::size_t>(partitions))});
  }
};

struct PartitionSupervisorProcess : Prepared, SupervisorProcess {
  PartitionSupervisorProcess(Self& self, const std::shared_ptr<const SupervisorSpec>& spec, int partitions)
      : Prepared(self, spec->options.name, partitions), SupervisorProcess(self, spec) {}
};

}  // namespace

ChildSpec PartitionSupervisor::child(const std::function<ChildSpec(int)>& make, const PartitionOptions& options) const {
  std::vector<ChildSpec> children;
  for (int i = 0; i < options.partitions; ++i) {
    ChildSpec child = make(i);
    child.id = std::to_string(i);
    if (child.start) child.start = std::make_shared<PartitionStart>(std::move(child.start), table_, static_cast<std::size_t>(i));
    children.push_back(std::move(child));
  }
  SupervisorOptions its{.name = name(), .strategy = options.strategy, .intensity = options.intensity};
  its.restart = options.restart;
  its.shutdown = options.shutdown;
  ChildSpec spec = supervisor(std::move(its), std::move(children));
  spec.start = std::make_shared<ProgramStart>(handler<gen::Process<PartitionSupervisorProcess>>(name(), spec.subtree, options.partitions),
                                              ProgramStart::Answer::acknowledged);
  return spec;
}

ChildSpec PartitionSupervisor::child(const ChildSpec& each, const PartitionOptions& options) const {
  return child([&](int) { return each; }, options);
}

std::optional<std::vector<Pid>> PartitionSupervisor::find_pids(Self& self) const {
  return table_.access(self, [](const Partitions& p) { return p.pids; });
}

std::optional<Pid> PartitionSupervisor::routed(Self& self, std::uint64_t route) const {
  const std::vector<Pid> all = pids(self);
  const Pid pid = all[static_cast<std::size_t>(route % all.size())];
  return pid ? std::optional(pid) : std::nullopt;
}

Term PartitionName::to_term() const {
  return Term::tuple({Term::atom("via"), Term::atom("partition_supervisor"), Term::tuple({Term::atom(supervisor_.name()), key_})});
}

std::vector<Pid> PartitionSupervisor::pids(Self& self) const {
  auto found = find_pids(self);
  if (!found)
    self.exit(Term::tuple(
        {reason::noproc(), Term::tuple({Term::atom("partition_supervisor"), Term::atom("partitions"), Term::list({Term::atom(name())})})}));
  return std::move(*found);
}

}  // namespace moirai
