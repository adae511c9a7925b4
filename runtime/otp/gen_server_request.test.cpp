#include "runtime/otp/gen_server_request.hpp"

#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/gen_server.hpp"

namespace moirai::rules {
namespace {

using gen_server::send_request;
using Ids = gen_server::RequestIds<int, std::string>;

// Answers n after n seconds; ends with boom when asked for 13.
struct Slow {
  using Accepts = Messages<Ask>;
  int on(Self& self, const Ask& m) {
    self.sleep(m.number * 1s);
    if (m.number == 13) self.exit(Term::atom("boom"));
    return m.number;
  }
};
Pid slow(Self& self) { return gen_server::start<Slow>(self, {}).pid; }

template <class Body>
void played(Body body) {
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) { body(self); });
        EXPECT_EQ(trial.finished, 1);
      },
      100);
}

TEST(GenServerRequest, TheResponseIsTakenLater) {  // R-GS-14, gen_server_SUITE:send_request
  played([](Self& self) {
    const Pid server = slow(self);
    const auto first = send_request(self, server, Ask{1});
    const auto second = send_request(self, server, Ask{2});
    EXPECT_EQ(self.now(), Time(0s));
    EXPECT_EQ(**gen_server::wait_response(self, second), 2);
    EXPECT_EQ(self.now(), Time(3s));
    EXPECT_EQ(**gen_server::wait_response(self, first, 0s), 1);
    EXPECT_EQ(drain(self), Got{});
    EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
  });
}

TEST(GenServerRequest, WaitingAgainAfterATimeout) {  // R-GS-14, gen_server_SUITE:send_request
  played([](Self& self) {
    const auto id = send_request(self, slow(self), Ask{2});
    EXPECT_FALSE(gen_server::wait_response(self, id, 1s));
    EXPECT_FALSE(gen_server::wait_response(self, id, 0s));
    EXPECT_EQ(**gen_server::wait_response(self, id, 5s), 2);
    EXPECT_EQ(self.now(), Time(2s));
  });
}

TEST(GenServerRequest, ReceiveResponseGivesUpAfterATimeout) {  // R-GS-14, gen_server_SUITE:send_request
  played([](Self& self) {
    const auto id = send_request(self, slow(self), Ask{2});
    EXPECT_FALSE(gen_server::receive_response(self, id, 1s));
    self.sleep(5s);
    EXPECT_EQ(self.world().mailbox_size(self.pid()), 0u);
    EXPECT_FALSE(gen_server::wait_response(self, id, 0s));
    EXPECT_EQ(**gen_server::receive_response(self, send_request(self, slow(self), Ask{1}), 2s), 1);
  });
}

TEST(GenServerRequest, FailuresNameTheServer) {  // R-GS-14, gen_server_SUITE:send_request
  struct Unknown {
    using Reply = int;
  };
  played([](Self& self) {
    const Pid server = slow(self);
    const std::string pid = server.to_string();
    EXPECT_EQ(gen_server::wait_response(self, send_request(self, "nobody", Ask{1}))->reason().to_string(), "{noproc,nobody}");
    EXPECT_EQ(gen_server::wait_response(self, send_request(self, server, Unknown{}))->reason().to_string(),
              "{{unknown_call,'Unknown'}," + pid + "}");
    EXPECT_EQ(gen_server::wait_response(self, send_request(self, server, Ask{13}))->reason().to_string(), "{boom," + pid + "}");
    EXPECT_EQ(gen_server::receive_response(self, send_request(self, server, Ask{1}))->reason().to_string(), "{noproc," + pid + "}");
    const Pid named = gen_server::start<Slow>(self, {.name = "slow"}).pid;  // by then the name may be another's
    EXPECT_EQ(gen_server::wait_response(self, send_request(self, "slow", Ask{13}))->reason().to_string(),
              "{boom," + named.to_string() + "}");
    EXPECT_EQ(drain(self), Got{});
  });
}

TEST(GenServerRequest, AMessageCanBeAskedWhetherItIsTheResponse) {  // R-GS-14, gen_server_SUITE:send_request
  played([](Self& self) {
    const Pid server = slow(self);
    const auto id = send_request(self, server, Ask{1});
    const auto other = send_request(self, server, Ask{13});
    self.send(self.pid(), Note1{1});
    Got got;
    for (int i = 0; i < 3; ++i)
      self.receive([&](const Message& m) {
        if (const auto response = gen_server::check_response(self, m, id))
          got.push_back("reply " + std::to_string(**response));
        else if (const auto failure = gen_server::check_response(self, m, other))
          got.push_back("error " + failure->reason()[0].to_string());
        else
          got.push_back(m.to_string());
      });
    EXPECT_EQ(got, (Got{"Note1{1}", "reply 1", "error boom"}));
    EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
  });
}

// A server that asks another one, and goes on serving until the answer comes.
struct Proxy {
  using Accepts = Messages<Ask, Other, Message>;
  Pid server;
  gen_server::RequestIds<int, From<Ask>> ids{};
  void on(Self& self, const Ask& m, const From<Ask>& from) { send_request(self, server, m, from, ids); }
  void on(Self& self, const Other&) { self.log(std::to_string(ids.size())); }
  void on(Self& self, const Message& m) {
    if (const auto answered = ids.check_response(self, m)) self.reply(answered->label, *answered->response);
  }
};

TEST(GenServerRequest, AServerServesWhileItWaits) {  // R-GS-14, gen_server_SUITE:send_request_check_reqid_collection
  played([](Self& self) {
    const Pid proxy = gen_server::start<Proxy>(self, {}, slow(self)).pid;
    Ids ids;
    send_request(self, proxy, Ask{1}, std::string("one"), ids);
    send_request(self, proxy, Ask{2}, std::string("two"), ids);
    EXPECT_EQ(ids.size(), 2u);
    const auto first = ids.wait_response(self);
    const auto second = ids.wait_response(self);
    EXPECT_EQ(first->label, "one");
    EXPECT_EQ(*first->response, 1);
    EXPECT_EQ(second->label, "two");
    EXPECT_TRUE(ids.empty());
  });
}

TEST(GenServerRequest, CollectionsReturnWhateverComesFirst) {  // R-GS-14, gen_server_SUITE:send_request_wait_reqid_collection
  played([](Self& self) {
    Ids ids;
    for (const int n : {3, 1, 2}) send_request(self, slow(self), Ask{n}, std::to_string(n), ids);
    send_request(self, "nobody", Ask{4}, std::string("none"), ids);
    Got got;
    while (const auto next = ids.wait_response(self, 10s))
      got.push_back(next->label + (next->response ? "" : " " + next->response.reason().to_string()));
    EXPECT_EQ(got, (Got{"none {noproc,nobody}", "1", "2", "3"}));
    EXPECT_EQ(self.now(), Time(3s));  // no requests: at once
  });
}

TEST(GenServerRequest, CollectionsKeepWhatIsNotRemoved) {  // R-GS-14, gen_server_SUITE:send_request_wait_reqid_collection
  played([](Self& self) {
    Ids ids;
    send_request(self, slow(self), Ask{1}, std::string("one"), ids);
    send_request(self, slow(self), Ask{5}, std::string("five"), ids);
    EXPECT_EQ(ids.wait_response(self, 2s, false)->label, "one");
    EXPECT_EQ(ids.size(), 2u);
    EXPECT_FALSE(ids.wait_response(self, 2s));  // it comes once
    EXPECT_EQ(ids.wait_response(self)->label, "five");
    EXPECT_EQ(ids.size(), 1u);
  });
}

TEST(GenServerRequest, ACollectionIsAbandonedAfterATimeout) {  // R-GS-14, gen_server_SUITE:send_request_receive_reqid_collection
  played([](Self& self) {
    Ids ids;
    send_request(self, slow(self), Ask{1}, std::string("one"), ids);
    send_request(self, slow(self), Ask{5}, std::string("five"), ids);
    EXPECT_EQ(ids.receive_response(self, 2s)->label, "one");
    EXPECT_FALSE(ids.receive_response(self, 2s));
    self.sleep(5s);
    EXPECT_EQ(self.world().mailbox_size(self.pid()), 0u);
    EXPECT_FALSE(ids.wait_response(self, 1s));
  });
}

}  // namespace
}  // namespace moirai::rules
