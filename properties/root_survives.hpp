// Law "root_survives": the root supervisor does not end. Whether it gave up when it had to is judged by restart_intensity; here its giving
// up is a failure all the same, because nobody is left to restart it, unless [expect] allows it.
#pragma once
#include "properties/supervision.hpp"

namespace moirai {

class RootSurvives final : public SupervisionLaw {
 public:
  static LawDeclaration declaration();

 private:
  void supervisor_started(const Supervision&, const Event&) override;
  void supervisor_died(const Supervision&, const Event&) override;
};

}  // namespace moirai
