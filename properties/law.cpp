#include "properties/law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace moirai {

void Law::begin(World& world, Control& control, const PhaseTimes& times) {
  MOIRAI_CHECK(!world_, "a law judges one run: make another one for the next");
  world_ = &world;
  control_ = &control;
  times_ = times;
}

void Law::saw(const Event& event) {
  if (!violated()) judge(event);
}

void Law::phase(Phase phase, Time now) {
  phase_ = phase;
  if (!violated()) judge_phase(phase, now);
}

void Law::finish(const RunEnd& end) {
  if (!violated()) judge_end(end);
}

void Law::violate(Time at, std::uint64_t step, std::string sentence, std::vector<Pid> involved, std::string_view witness) {
  if (violated()) return;
  std::string signature = fmt::format("{}: {}", settings_.law, witness);
  verdict_ = {Verdict::State::violated, std::move(sentence), std::move(involved), at, step, std::move(signature)};
  control_->stop(settings_.law + " is violated");
}

void Law::violate(const Event& event, std::string sentence, std::vector<Pid> involved, std::string_view witness) {
  violate(event.at, event.step, std::move(sentence), std::move(involved), witness);
}

void Law::inconclusive(std::string why) {
  if (verdict_.held()) verdict_ = {Verdict::State::inconclusive, std::move(why), {}, {}, 0, settings_.law};
}

void Law::invalid_setup(std::string why) {
  if (verdict_.held()) verdict_ = {Verdict::State::invalid_setup, std::move(why), {}, {}, 0, settings_.law};
}

bool Law::complete(const RunEnd& end) const {
  if (end.why == RunEnd::Why::quiescent || end.why == RunEnd::Why::virtual_time) return true;
  return end.why == RunEnd::Why::stopped && end.detail == settle_over;
}

std::string Law::path(Pid pid) const { return pid ? world().path(pid) : "nobody"; }

LawCatalogue::LawCatalogue(std::vector<LawEntry> entries) {
  for (LawEntry& entry : entries) add(std::move(entry));
}

LawCatalogue& LawCatalogue::add(LawEntry entry) {
  const auto by_name = [](const LawEntry& a, const LawEntry& b) { return a.declaration.name < b.declaration.name; };
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), entry, by_name);
  if (place != entries_.end() && place->declaration.name == entry.declaration.name) {
    fmt::print(stderr, "two laws are called \"{}\"\n", entry.declaration.name);
    std::abort();
  }
  entries_.insert(place, std::move(entry));
  return *this;
}

LawCatalogue& LawCatalogue::add(const LawCatalogue& other) {
  for (const LawEntry& entry : other.entries_) add(entry);
  return *this;
}

const LawEntry* LawCatalogue::find(std::string_view name) const {
  const auto named = [name](const LawEntry& entry) { return entry.declaration.name == name; };
  const auto found = std::find_if(entries_.begin(), entries_.end(), named);
  return found == entries_.end() ? nullptr : &*found;
}

std::vector<LawDeclaration> LawCatalogue::declarations() const {
  std::vector<LawDeclaration> declarations;
  for (const LawEntry& entry : entries_) declarations.push_back(entry.declaration);
  return declarations;
}

LawCatalogue& suite_laws() {
  static LawCatalogue laws;
  return laws;
}

}  // namespace moirai
