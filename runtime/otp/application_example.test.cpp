#include "runtime/otp/registry.hpp"
#include "runtime/otp/release_run.test.hpp"

namespace moirai::rules {
namespace {

// ---- the README's example

struct Knock {
  using Reply = std::string;
};
struct Cook {
  using Reply = std::string;
  std::string dish;
};

const Registry<std::string, int> rooms("rooms");  // by their numbers; how many beds each has
const PartitionSupervisor kitchens("kitchens");

struct Kitchen {
  using Accepts = Messages<Cook>;
  std::string on(Self&, const Cook& m) { return "a " + m.dish; }
};
ChildSpec room(const std::string& number) {
  return worker(number, [number](Self& self) {
    rooms.register_key(self, number, 2);
    for (;;) self.receive([&](const Knock&) { return "this is " + number; });
  });
}

Application hotel() {
  return {.name = "hotel",
          .applications = {"gas"},
          .start = tree(supervisor({.name = "house"}, {rooms.child(), kitchens.child(worker<Kitchen>("kitchen"), {.partitions = 4}),
                                                       room("101"), room("102")}))};
}
Release town() {
  return {.name = "town", .applications = {{hotel(), ApplicationType::temporary}, {{.name = "gas"}}}};  // gas comes first
}

std::string room_service(Self& self, const std::string& number, const std::string& dish) {
  if (!rooms.lookup(self, number)) return "nobody ordered " + dish;
  return self.call(kitchens.via(dish), Cook{dish}) + ", " + self.call(rooms.via(number), Knock{});
}

// ---- end of the README's example

TEST(ApplicationExample, AHotelInATown) {  // R-APP-1, R-RGY-1, R-PART-1
  with_release(town(), [](Self& self, ReleaseJournal& journal) {
    EXPECT_EQ(room_service(self, "101", "soup"), "a soup, this is 101");
    EXPECT_EQ(room_service(self, "102", "tea"), "a tea, this is 102");
    EXPECT_EQ(room_service(self, "103", "tea"), "nobody ordered tea");
    EXPECT_EQ(kitchens.partitions(self), 4);
    EXPECT_EQ(journal.lines, (Got{"+gas", "+hotel"}));
    EXPECT_TRUE(application::stop(self, "hotel"));
    EXPECT_EQ(journal.lines.back(), "-hotel stopped");
  });
}

}  // namespace
}  // namespace moirai::rules
