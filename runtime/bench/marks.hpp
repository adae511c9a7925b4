// Hears the marks that a program notes, while it runs.
#pragma once
#include <utility>

#include "runtime/bench/workload.hpp"

namespace moirai::bench {

template <class AtIdle, class AtBegin, class AtEnd>
class Marks final : public Observer {
 public:
  Marks(AtIdle at_idle, AtBegin at_begin, AtEnd at_end)
      : at_idle_(std::move(at_idle)), at_begin_(std::move(at_begin)), at_end_(std::move(at_end)) {}
  EventMask wants() const override { return {EventKind::note}; }
  void saw(const Event& event) override {
    if (event.as<Idle>()) at_idle_();
    if (event.as<Begin>()) at_begin_();
    if (event.as<End>()) at_end_();
  }

 private:
  AtIdle at_idle_;
  AtBegin at_begin_;
  AtEnd at_end_;
};

}  // namespace moirai::bench
