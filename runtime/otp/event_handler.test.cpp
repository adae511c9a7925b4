#include "runtime/otp/event_handler.hpp"

#include <gtest/gtest.h>

namespace moirai::gen_event {
namespace {

struct Started {
  int number = 0;
};
struct Counter {
  using Accepts = Messages<Started>;
  void on(Self&, const Started&) {}
};

TEST(EventHandler, IsKnownByItsTypeAndAnId) {  // R-GE-1
  EXPECT_EQ(handler_id<Counter>().to_term().to_string(), "'Counter'");
  EXPECT_EQ(handler_id<Counter>(Term::atom("file")).to_term().to_string(), "{'Counter',file}");
  EXPECT_EQ(reflect::to_text(handler_id<Counter>(Term::integer(3))), "{'Counter',3}");
  const Handler handler = Handler::of<Counter>();
  EXPECT_EQ(handler.id(), handler_id<Counter>());
  EXPECT_EQ(handler.with_id(Term::integer(3)).id(), handler_id<Counter>(Term::integer(3)));
  EXPECT_NE(handler.with_id(Term::integer(3)).id(), handler_id<Counter>());
  EXPECT_EQ(reflect::to_text(handler), "'Counter'");
}

TEST(AnyMessage, HoldsAMessageOfAnyType) {
  const AnyMessage message(Started{7});
  ASSERT_TRUE(message.get<Started>());
  EXPECT_EQ(message.get<Started>()->number, 7);
  EXPECT_FALSE(message.get<Log>());
  EXPECT_EQ(message.name(), "Started");
  EXPECT_EQ(message.to_string(), "Started{7}");
  const auto digest_of = [](const auto& m) {
    Digest digest;
    reflect::fold_value(digest, m);
    return digest.value();
  };
  EXPECT_EQ(digest_of(message), digest_of(Started{7}));  // by content
  EXPECT_NE(digest_of(message), digest_of(AnyMessage(Started{8})));
}

}  // namespace
}  // namespace moirai::gen_event
