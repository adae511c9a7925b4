// What processes report of their ends, for tests.
#pragma once
#include <vector>

#include "runtime/otp/gen.hpp"

namespace moirai::rules {

class Reports : public Observer {
 public:
  explicit Reports(World& world) { world.observe(*this); }
  EventMask wants() const override { return {EventKind::note}; }
  void saw(const Event& event) override {
    if (const auto* m = event.as<gen::TerminateReport>()) terminates.push_back(*m);
    if (const auto* m = event.as<CrashReport>()) crashes.push_back(*m);
    if (const auto* m = event.as<gen::UnexpectedMessage>()) unexpected.push_back(*m);
  }
  std::vector<gen::TerminateReport> terminates;
  std::vector<CrashReport> crashes;
  std::vector<gen::UnexpectedMessage> unexpected;
};

}  // namespace moirai::rules
