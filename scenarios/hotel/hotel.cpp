// A hotel with a mistake in the order of its messages, for the search to find. The reception tells the door which key is good, then hands
// the key to the guest, and takes it for granted that the door has heard when the guest gets there. Messages from one sender to one receiver
// stay in order; those to two receivers do not. It always goes well when the oldest message is received first, as on a quiet machine.
#include <fmt/format.h>

#include <set>
#include <vector>

#include "scenarios/suite/suite.hpp"

namespace hotel {
namespace {

using namespace moirai;

using Key = std::int64_t;

struct CheckIn {
  using Reply = Key;
};
struct Admit {  // reception to door: this key is good
  using Reply = void;
  static constexpr std::string_view fields[] = {"key"};
  Key key;
};
struct Unlock {  // guest to door; false: never heard of this key
  using Reply = bool;
  static constexpr std::string_view fields[] = {"key"};
  Key key;
};
struct AtTheDoor {  // noted by the guest
  static constexpr std::string_view fields[] = {"key", "unlocked"};
  Key key;
  bool unlocked;
};

struct Door {
  using Accepts = Messages<Admit, Unlock>;
  std::set<Key> good{};

  void on(Self&, const Admit& m) { good.insert(m.key); }
  bool on(Self&, const Unlock& m) { return good.contains(m.key); }
};

void reception(Self& self, bool door_confirms) {
  for (Key key = 1;; ++key)
    self.receive([&](const CheckIn&) {
      if (door_confirms)
        self.call("door", Admit{key});  // goes on when the door has answered
      else
        self.cast("door", Admit{key});  // the mistake: goes on at once
      return key;
    });
}

void guest(Self& self) {
  self.sleep(self.random(1'000, 10'000) * 1ms);
  const Key key = self.call("reception", CheckIn{});
  const bool unlocked = self.call("door", Unlock{key});
  self.note(AtTheDoor{key, unlocked});
}

MOIRAI_SYSTEM(hotel, "guests get a key at the reception and go to the door with it", {"guests", std::int64_t{2}, "how many guests"},
              {"door_confirms", false, "the reception waits for the door before it gives a key away; false is the mistake"}) {
  const bool door_confirms = args.boolean("door_confirms");
  std::vector<ChildSpec> children{worker<Door>("door", {.registered = true}),
                                  worker("reception", [=](Self& self) { reception(self, door_confirms); }, {.registered = true})};
  for (std::int64_t i = 1; i <= args.integer("guests"); ++i)
    children.push_back(worker(fmt::format("guest-{}", i), guest, {.restart = Restart::temporary}));
  return supervisor({.name = "hotel"}, std::move(children));
}

struct Nothing {};
MOIRAI_LAW(guests_get_in, "a guest with a key is never turned away") {
  return fold_over(Nothing{}, on<AtTheDoor>([](Nothing&, const AtTheDoor& note) -> Judgement {
                     if (note.unlocked) return held();
                     return broken(fmt::format("the guest with key {} was turned away", note.key));
                   }));
}

}  // namespace
}  // namespace hotel
