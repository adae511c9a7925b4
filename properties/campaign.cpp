#include "properties/campaign.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "chaos/fault_notes.hpp"
#include "properties/campaign_crash.hpp"
#include "properties/campaign_workers.hpp"

namespace moirai {
namespace {

struct Piece {
  std::size_t part;
  std::uint64_t index;  // among the part's seeds
};

// Which failures get a tail: a function of the findings before, in seed order, and so the same whoever asks.
class TailRation {
 public:
  // Does the failure at `index` of this part get one, as far as is known here? Remembers it if so.
  bool grant(std::size_t part, const std::string& signature, std::uint64_t index) {
    std::vector<Granted>& granted = granted_[part];
    std::size_t before = 0, of_signature = 0;
    for (const Granted& one : granted) {
      if (one.index >= index) continue;
      ++before;
      if (one.signature == signature) ++of_signature;
    }
    if (before >= tails_per_part || of_signature >= tails_per_signature) return false;
    granted.push_back({index, signature});
    return true;
  }

 private:
  struct Granted {
    std::uint64_t index;
    std::string signature;
  };
  std::map<std::size_t, std::vector<Granted>> granted_;
};

bool wants_tail(const Finding& finding) { return finding.state == Finding::State::fail || finding.state == Finding::State::crashed; }

// What was seen last before a crash, where the death of the process cannot reach it.
struct CrashTail {
  static constexpr std::size_t faults_max = 16;
  struct Line {
    std::int64_t at;
    char process[256], text[512];
  };
  struct Fault {
    std::int64_t opened, closed;  // closed: -1 while it is open
    char key[128], targets[512];  // "cut#2"; targets joined by blanks
  };
  std::uint64_t seen;
  Line lines[tail_length];  // a ring
  std::uint64_t faults_seen;
  Fault faults[faults_max];  // a ring
};

void copy_text(char* to, std::size_t size, const std::string& text) {
  const std::size_t n = std::min(size - 1, text.size());
  std::memcpy(to, text.data(), n);
  to[n] = 0;
}

void keep_fault(CrashTail& tail, const Event& event) {
  if (const auto* opened = event.as<FaultOpened>()) {
    CrashTail::Fault& fault = tail.faults[tail.faults_seen++ % CrashTail::faults_max];
    fault.opened = nanoseconds(event.at);
    fault.closed = -1;
    std::string targets;
    for (const std::string& target : opened->targets) targets += (targets.empty() ? "" : " ") + target;
    copy_text(fault.key, sizeof fault.key, opened->fault);
    copy_text(fault.targets, sizeof fault.targets, targets);
  } else if (const auto* closed = event.as<FaultClosed>()) {
    for (CrashTail::Fault& fault : tail.faults)
      if (closed->fault == fault.key) fault.closed = nanoseconds(event.at);
  }
}

// As FaultLog::around says it of a run that came to its end: what was open, and what had struck or ended shortly before.
std::vector<FaultRecord> faults_around(const CrashTail& tail, const Scenario& scenario, Time crashed) {
  std::vector<FaultRecord> records;
  const std::uint64_t kept = std::min<std::uint64_t>(tail.faults_seen, CrashTail::faults_max);
  for (std::uint64_t i = tail.faults_seen - kept; i < tail.faults_seen; ++i) {
    const CrashTail::Fault& seen = tail.faults[i % CrashTail::faults_max];
    FaultRecord record;
    const std::string key = seen.key;
    record.name = key.substr(0, key.rfind('#'));
    record.fate = FaultFate::fired;
    record.detail = seen.targets;
    record.opened = Time(Duration(seen.opened));
    for (const FaultSpec& fault : scenario.faults)
      if (fault.name == record.name) record.kind = fault.kind;
    if (crash_like(record.kind))
      record.closed = record.opened;
    else if (seen.closed >= 0)
      record.closed = Time(Duration(seen.closed));
    if (!record.closed || crashed - *record.closed <= tail_faults_before) records.push_back(std::move(record));
  }
  return records;
}

// Runs a seed that kills its process once more, in a worker of its own. The wall clock decides here how long a run that spins is watched:
// by then all its events have happened.
Tail tell_crash(const Trial& trial, std::uint64_t seed, const LastWords& words, const std::function<bool()>& go_on) {
  void* memory = ::mmap(nullptr, sizeof(CrashTail), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot share memory with a worker");
  CrashTail* shared = new (memory) CrashTail{};
  const std::string& process = words.process;
  WorkerPool pool;
  pool.pieces = 1;
  pool.work = [&](std::uint64_t) {
    const Watchdog watchdog(std::min<Duration>(trial.scenario->limits.wall_time, std::chrono::seconds(10)));
    EventStream witness(
        [&](const TraceEvent& event) {
          CrashTail::Line& line = shared->lines[shared->seen++ % tail_length];
          line.at = nanoseconds(event.at);
          copy_text(line.process, sizeof line.process, event.process);
          copy_text(line.text, sizeof line.text, event.text);
        },
        [&](const Event& event, const World& world) {
          if (event.kind == EventKind::note && !event.subject) keep_fault(*shared, event);
          return process.empty() || event.kind == EventKind::outside || (event.subject && world.path(event.subject) == process) ||
                 (event.other && world.path(event.other) == process);
        });
    World world;
    run_trial(world, trial, seed, &witness);
    return std::string();
  };
  Tail tail;
  pool.done = [&](std::uint64_t, const WorkerReply& reply) {
    if (std::holds_alternative<std::string>(reply)) tail.remark = "run again for these events, the seed did not crash";
    return true;
  };
  pool.tick = [&](std::uint64_t) { return go_on(); };
  pool.patience = [&](std::uint64_t) { return std::chrono::seconds(30); };
  run_pool(pool);
  const std::uint64_t kept = std::min<std::uint64_t>(shared->seen, tail_length);
  tail.omitted = shared->seen - kept;
  for (std::uint64_t i = shared->seen - kept; i < shared->seen; ++i) {
    const CrashTail::Line& line = shared->lines[i % tail_length];
    tail.events.push_back({Time(Duration(line.at)), line.process, line.text});
  }
  tail.faults = faults_around(*shared, *trial.scenario, words.at);
  ::munmap(memory, sizeof(CrashTail));
  return tail;
}

Finding crash_finding(const Trial& trial, std::uint64_t seed, const WorkerDeath& death) {
  const LastWords& words = death.words;
  std::string how;
  std::string signature;
  switch (words.cause) {
    case LastWords::Cause::watchdog:
      how = fmt::format("did not give up its turn: the run took longer than {} of real time (limits.wall_time)",
                        to_text(trial.scenario->limits.wall_time));
      signature = "spins";
      break;
    case LastWords::Cause::sanitizer:
      how = "was stopped by a sanitizer, whose report is on standard error";
      signature = "sanitizer";
      break;
    case LastWords::Cause::signal:
      how = words.stack_overflow ? std::string("overflowed its stack") : "died of " + name_of_signal(words.signal);
      signature = words.stack_overflow ? std::string("stack overflow") : name_of_signal(words.signal);
      break;
    case LastWords::Cause::exit:
      how = "called exit";
      signature = "exit";
      break;
    case LastWords::Cause::none:
      if (death.hung)
        how = "hung, and did not answer its watchdog";
      else if (death.signal != 0)
        how = "died of " + name_of_signal(death.signal);
      else
        how = fmt::format("ended with status {} in the middle of the run", death.exit_status);
      signature = death.hung ? "hung" : death.signal != 0 ? name_of_signal(death.signal) : "exit";
      break;
  }
  Finding finding;
  finding.seed = seed;
  finding.state = Finding::State::crashed;
  finding.laws.resize(trial.scenario->properties.size());
  finding.faults.resize(trial.scenario->faults.size());
  finding.steps = words.step;
  finding.virtual_time = words.at.time_since_epoch();
  const std::string process = words.process.empty() ? std::string("the program") : "process " + words.process;
  finding.sentence = process + " " + how;
  if (words.in_run) finding.sentence += fmt::format("; step {}, {}", words.step, to_text(words.at.time_since_epoch()));
  finding.signature = signature + " " + words.process;
  return finding;
}

class CampaignRun {
 public:
  explicit CampaignRun(const Campaign& campaign) : campaign_(campaign) {
    for (const CampaignPart& part : campaign_.parts) ends_.push_back((ends_.empty() ? 0 : ends_.back()) + part.seeds);
  }

  std::uint64_t run() {
    WorkerPool pool;
    pool.jobs = campaign_.jobs;
    pool.pieces = ends_.empty() ? 0 : ends_.back();
    pool.work = [this](std::uint64_t index) { return encode(work(index)); };
    pool.done = [this](std::uint64_t index, WorkerReply reply) {
      hand_over(index, std::move(reply));
      return true;
    };
    pool.tick = [this](std::uint64_t finished) {
      finished_ = finished;
      return go_on();
    };
    pool.patience = [this](std::uint64_t index) {
      // The run, its repetitions and its traces each have a watchdog of their own: this is for a worker that does not hear it.
      const Duration limit = campaign_.parts[piece(index).part].trial.scenario->limits.wall_time;
      return std::chrono::duration_cast<std::chrono::milliseconds>(16 * std::min<Duration>(limit, std::chrono::hours(1))) +
             std::chrono::seconds(10);
    };
    return run_pool(pool);
  }

 private:
  Piece piece(std::uint64_t index) const {
    const auto part = std::upper_bound(ends_.begin(), ends_.end(), index);
    return {static_cast<std::size_t>(part - ends_.begin()), index - (part == ends_.begin() ? 0 : *(part - 1))};
  }

  bool go_on() const { return !campaign_.tick || campaign_.tick(finished_); }

  // In a worker.
  Finding work(std::uint64_t number) {
    const Piece piece = this->piece(number);
    const CampaignPart& part = campaign_.parts[piece.part];
    const std::uint64_t seed = part.first_seed + piece.index;
    const Duration limit = part.trial.scenario->limits.wall_time;
    if (!world_) world_ = std::make_unique<World>();
    const auto begun = std::chrono::steady_clock::now();
    TrialRun run = [&] {
      const Watchdog watchdog(limit);
      return run_trial(*world_, part.trial, seed);
    }();
    Finding& finding = run.finding;
    finding.wall = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun);
    if (is_verified(piece.index, campaign_.verify)) {
      const Watchdog watchdog(7 * limit);
      finding.verified = true;
      compare(finding, part);
    }
    if (wants_tail(finding) && ration_.grant(piece.part, finding.signature, piece.index)) {
      const Watchdog watchdog(7 * limit);  // a trace takes its time
      finding.tail = tell(*world_, part.trial, run);
      if (!finding.tail->remark.empty()) compare(finding, part);
    }
    return std::move(finding);
  }

  void compare(Finding& finding, const CampaignPart& part) {
    std::optional<std::string> difference = find_difference(part.trial, finding.seed, finding.digest, campaign_.fresh);
    if (!difference) return;
    finding.state = Finding::State::nondeterministic;
    finding.difference = std::move(*difference);
    finding.sentence = "the same seed gave another run: " + finding.difference;
    finding.signature = "nondeterministic";
  }

  // In the parent.
  void hand_over(std::uint64_t number, WorkerReply reply) {
    const Piece piece = this->piece(number);
    const CampaignPart& part = campaign_.parts[piece.part];
    const std::uint64_t seed = part.first_seed + piece.index;
    Finding finding;
    if (const std::string* bytes = std::get_if<std::string>(&reply))
      finding = decode(*bytes);
    else
      finding = crash_finding(part.trial, seed, std::get<WorkerDeath>(reply));
    if (!wants_tail(finding) || !ration_.grant(piece.part, finding.signature, piece.index))
      finding.tail.reset();
    else if (finding.state == Finding::State::crashed)
      finding.tail = tell_crash(part.trial, seed, std::get<WorkerDeath>(reply).words, [this] { return go_on(); });
    campaign_.found(piece.part, std::move(finding));
  }

  const Campaign& campaign_;
  std::vector<std::uint64_t> ends_;  // of the parts, in pieces
  std::unique_ptr<World> world_;     // one per worker, memory kept between seeds
  std::uint64_t finished_ = 0;       // runs, as far as the parent was last told
  TailRation ration_;                // the parent's, and a copy of it in each worker
};

}  // namespace

std::uint64_t run_campaign(const Campaign& campaign) { return CampaignRun(campaign).run(); }

bool is_verified(std::uint64_t index, Ratio share) {
  if (share.numerator == 0) return false;
  const auto numerator = static_cast<unsigned __int128>(share.numerator);
  const auto denominator = static_cast<unsigned __int128>(share.denominator);
  return index == 0 || numerator * index / denominator != numerator * (static_cast<unsigned __int128>(index) + 1) / denominator;
}

}  // namespace moirai
