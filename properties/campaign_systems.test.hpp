// Small systems and laws for the tests of campaigns.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "properties/campaign_run.hpp"
#include "properties/fold.hpp"
#include "runtime/kernel/self.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai::small_campaign {

using namespace std::chrono_literals;

struct Drawn {
  static constexpr std::string_view fields[] = {"number"};
  std::uint64_t number;
};

inline void listener(Self& self) {
  for (;;) self.receive([](const Drawn&) {});
}

// The worker's body is what a test is about.
template <class Body>
SystemDeclaration system(Body body) {
  return {"small", "", {}, [body](const Args&) {
            return supervisor({.name = "root", .intensity = {.restarts = 100, .within = 1s}},
                              {worker("listener", listener, {.registered = true}), worker("worker", body)});
          }};
}

// Draws a number every 100 ms, notes it and sends it.
inline void drawer(Self& self) {
  for (;;) {
    self.sleep(100ms);
    const std::uint64_t number = self.random(100);
    self.note(Drawn{number});
    self.send("listener", Drawn{number});
  }
}

// Ends the program with a segmentation fault.
inline void write_to_nowhere() {
  const volatile std::uintptr_t nowhere = 16;
  *reinterpret_cast<volatile int*>(nowhere) = 1;
}

// Law "small": no number reaches `limit`.
inline LawCatalogue laws(std::uint64_t limit) {
  LawCatalogue catalogue;
  catalogue.add({{"small", "", {}}, [limit](const Args&) {
                   return fold_over(0, on<Drawn>([limit](int&, const Drawn& drawn) -> Judgement {
                                      if (drawn.number < limit) return held();
                                      return broken("drew " + std::to_string(drawn.number));
                                    }));
                 }});
  return catalogue;
}

inline Scenario scenario() {
  Scenario s;
  s.name = "small";
  s.system = "small";
  s.phases = {1s, 3s, 1s};
  s.limits.virtual_time = s.phases.total();
  s.limits.wall_time = 5s;
  PropertySpec property;
  property.law = property.name = "small";
  s.properties.push_back(property);
  return s;
}

}  // namespace moirai::small_campaign
