// A law watches one run through the events it wants, folds them into its own state and says in the end whether it was kept.
// Judged online, in the first run: at the first violation the verdict is fixed and the run is stopped, so that the last events are still at hand.
//
//   auto law = entry.make(args);               // one law object per run
//   law->configure({.law = "restart_intensity"});
//   Run run = execute(..., {law.get()});       // a law is a RunListener: it is told begin, phases and finish
//   law->verdict(), law->evaluations()
//
// Writing one: derive and give wants() and judge() (properties/restart_intensity.hpp), or fold over notes (properties/fold.hpp).
// A law sees, and never acts: nothing it does may change the run, except that a violation stops it.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/catalogue.hpp"
#include "chaos/run.hpp"
#include "properties/verdict.hpp"
#include "runtime/kernel/outside.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

class SupervisionView;  // properties/supervision.hpp

struct LawSettings {
  std::string law;                                  // how it is called in signatures: the law's name, not the property's
  bool root_may_give_up = false;                    // [expect] allows it
  std::shared_ptr<SupervisionView> supervisions{};  // one for all laws of a run that look at supervisors; none: each looks for itself
};

class Law : public RunListener {
 public:
  Law() = default;
  Law(const Law&) = delete;
  Law& operator=(const Law&) = delete;

  void configure(LawSettings settings) { settings_ = std::move(settings); }
  void begin(World& world, Control& control, const PhaseTimes& times) final;
  void saw(const Event& event) final;
  void phase(Phase phase, Time now) final;
  void finish(const RunEnd& end) final;

  // Fixed by the first violation, else by finish().
  const Verdict& verdict() const { return verdict_; }
  // How often it really judged something that could have been wrong. Over all seeds of a scenario this must not stay 0.
  std::uint64_t evaluations() const { return evaluations_; }
  // From heal to the moment when everything was whole again, if this law measures that and it happened.
  virtual std::optional<Duration> recovery() const { return std::nullopt; }

 protected:
  virtual void judge(const Event& event) = 0;
  virtual void judge_phase(Phase, Time) {}
  // The run is over; not called when the law was violated before. May say violate() or inconclusive().
  virtual void judge_end(const RunEnd&) {}

  void evaluated(std::uint64_t times = 1) { evaluations_ += times; }
  // The first one counts, later ones are ignored. `witness` is the part of the signature after the law's name.
  void violate(Time at, std::uint64_t step, std::string sentence, std::vector<Pid> involved, std::string_view witness);
  void violate(const Event& event, std::string sentence, std::vector<Pid> involved, std::string_view witness);
  void inconclusive(std::string why);
  void invalid_setup(std::string why);
  bool violated() const { return verdict_.violated(); }
  // The run got as far as it was meant to: nothing was left to do, or settle is over; no limit, stall or stop cut it short.
  bool complete(const RunEnd& end) const;

  // Requires: between begin() and the end of finish().
  const World& world() const { return *world_; }
  const PhaseTimes& times() const { return times_; }
  Phase phase_now() const { return phase_; }
  const LawSettings& settings() const { return settings_; }
  std::string path(Pid pid) const;  // "bank/teller-1", "nobody" for Pid{}

 private:
  LawSettings settings_;
  const World* world_ = nullptr;
  Control* control_ = nullptr;
  PhaseTimes times_{};
  Phase phase_ = Phase::warmup;
  Verdict verdict_;
  std::uint64_t evaluations_ = 0;
};

// A law as a suite registers it: what a scenario file may write, and how to make one for a run.
struct LawEntry {
  LawDeclaration declaration;
  std::function<std::unique_ptr<Law>(const Args&)> make;  // once per run; depends on nothing but the arguments
};

// Laws by name. Sorted by name whatever the order of adding, so that lists and files do not depend on the order of linking.
class LawCatalogue {
 public:
  LawCatalogue() = default;
  LawCatalogue(std::vector<LawEntry> entries);

  // Requires: no other law has this name; a second one of a name ends the program, naming it.
  LawCatalogue& add(LawEntry entry);
  LawCatalogue& add(const LawCatalogue& other);
  // nullptr if there is none.
  const LawEntry* find(std::string_view name) const;
  const std::vector<LawEntry>& entries() const { return entries_; }
  std::vector<LawDeclaration> declarations() const;  // for Catalogue::laws

 private:
  std::vector<LawEntry> entries_;
};

// What MOIRAI_LAW has registered in this program. The built-in laws are builtin_laws() (properties/builtin_laws.hpp).
LawCatalogue& suite_laws();

}  // namespace moirai

// Registers a law of a suite's own. The body makes it, from `args`:
//
//   MOIRAI_LAW(money_conserved, "no cent is made or lost") {
//     return fold_over(Books{}, on<Opened>([](Books& books, const Opened& note) { books.cents += note.cents; }), ...);
//   }
//   MOIRAI_LAW(answered, "every question is answered in time", {"within", Duration{1s}, "the longest wait"}) {
//     return fold_over(Questions{args.duration("within")}, ...);
//   }
#define MOIRAI_LAW(law_name, doc, ...)                                                                    \
  static std::unique_ptr<::moirai::Law> moirai_make_law_##law_name(const ::moirai::Args& args);           \
  [[maybe_unused]] static const bool moirai_has_law_##law_name =                                          \
      (::moirai::suite_laws().add({{#law_name, doc, {__VA_ARGS__}}, &moirai_make_law_##law_name}), true); \
  static std::unique_ptr<::moirai::Law> moirai_make_law_##law_name([[maybe_unused]] const ::moirai::Args& args)
