#include <gtest/gtest.h>

#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/gen_server.hpp"

namespace moirai::rules {
namespace {

// ---- the README's example

struct Put {
  std::string item;
};
struct Checkout {
  using Reply = std::vector<std::string>;
};

struct Cart {
  using Accepts = Messages<Put, Checkout, IdleTimeout>;
  std::vector<std::string> items;

  gen_server::Next on(Self&, const Put& put) {
    items.push_back(put.item);
    return gen_server::noreply().timeout(10min);
  }
  gen_server::Answer<Checkout> on(Self&, const Checkout&) {
    if (items.empty()) return gen_server::reply(items);
    return gen_server::stop(reason::normal(), items);  // terminate, then the reply, then the end
  }
  gen_server::Next on(Self&, const IdleTimeout&) { return gen_server::stop(reason::shutdown()); }
  void terminate(Self& self, const Term& reason) { self.log("the cart is gone: " + reason.to_string()); }
};

// ---- end of the README's example

TEST(GenServerExample, ACartIsCheckedOutOrLeftBehind) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.trap_exit(true);
      gen_server::start_link<Cart>(self, {.name = "cart"});
      EXPECT_TRUE(gen_server::call(self, "cart", Checkout{}).empty());
      gen_server::cast(self, "cart", Put{"tea"});
      gen_server::cast(self, "cart", Put{"milk"});
      EXPECT_EQ(gen_server::call(self, "cart", Checkout{}), (std::vector<std::string>{"tea", "milk"}));
      EXPECT_TRUE(self.take<Exit>().reason.is_atom("normal"));

      gen_server::start_link<Cart>(self, {.name = "cart"});
      gen_server::cast(self, "cart", Put{"tea"});
      EXPECT_TRUE(self.take<Exit>().reason.is_atom("shutdown"));
      EXPECT_EQ(self.now(), Time(10min));
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

}  // namespace
}  // namespace moirai::rules
