// A restaurant with a mistake in its supervision tree, for the search to find. The waiter asks once who the kitchen is, and remembers it.
// When the kitchen crashes the waiter must learn of the new one. Under rest_for_one it is restarted with the kitchen and asks again; under
// one_for_one it goes on sending orders to a process that is dead, which is no error, and no guest is ever fed again.
#include <fmt/format.h>

#include "scenarios/suite/suite.hpp"

namespace restaurant {
namespace {

using namespace moirai;

struct Order {
  static constexpr std::string_view fields[] = {"number"};
  std::int64_t number;
};
struct Ordered {  // noted by the waiter
  static constexpr std::string_view fields[] = {"number"};
  std::int64_t number;
};
struct Cooked {  // noted by the kitchen
  static constexpr std::string_view fields[] = {"number"};
  std::int64_t number;
};

void kitchen(Self& self) {
  while (true) {
    const Order order = self.take<Order>();
    self.sleep(20ms);
    self.note(Cooked{order.number});
  }
}

void waiter(Self& self) {
  const Pid kitchen = self.whereis("kitchen").value();
  for (std::int64_t number = 1;; ++number) {
    self.sleep(self.random(100, 300) * 1ms);
    self.note(Ordered{number});
    self.send(kitchen, Order{number});
  }
}

MOIRAI_SYSTEM(restaurant, "a waiter who brings orders to a kitchen",
              {"rest_for_one", false, "a new kitchen gets a new waiter; false is the mistake"}) {
  const Strategy strategy = args.boolean("rest_for_one") ? Strategy::rest_for_one : Strategy::one_for_one;
  return supervisor({.name = "restaurant", .strategy = strategy, .intensity = {.restarts = 5, .within = 1s}},
                    {worker("kitchen", kitchen, {.registered = true}), worker("waiter", waiter)});
}

MOIRAI_LAW(guests_are_fed, "orders do not go unheard one after the other",
           {"patience", std::int64_t{5}, "orders in a row without a meal"}) {
  const std::int64_t patience = args.integer("patience");
  return fold_over(std::int64_t{0},  // orders since the last meal
                   on<Cooked>([](std::int64_t& waiting, const Cooked&) { waiting = 0; }),
                   on<Ordered>([patience](std::int64_t& waiting, const Ordered&) -> Judgement {
                     if (++waiting <= patience) return held();
                     return broken(fmt::format("{} orders in a row, and not one meal", waiting));
                   }));
}

}  // namespace
}  // namespace restaurant
