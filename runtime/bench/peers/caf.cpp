// CAF 0.17.6 peer.  usage: caf_bench worker|test  W  args...
#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <vector>
#include "runtime/bench/peers/measure.hpp"
using namespace caf;

using go_atom = atom_constant<atom("bgo")>;
using tok_atom = atom_constant<atom("btok")>;
using next_atom = atom_constant<atom("bnext")>;
using bsum_atom = atom_constant<atom("bsum")>;
using noise_atom = atom_constant<atom("bnoise")>;
using req_atom = atom_constant<atom("breq")>;

static bool g_test = false;
static bool g_done = false;
static scheduler::test_coordinator* g_tc = nullptr;

// drive until `g_done` (test mode: run the deterministic scheduler; worker mode: block on a scoped actor)
struct Driver {
  actor_system& sys;
  scoped_actor self;
  explicit Driver(actor_system& s) : sys(s), self(s) {}
  actor handle() { return actor_cast<actor>(self.ptr()); }
  void wait() {
    if (g_test) g_tc->run();
    self->receive([](go_atom) {});
  }
  int64_t wait_sum() {
    if (g_test) g_tc->run();
    int64_t r = 0;
    self->receive([&](bsum_atom, int64_t v) { r = v; });
    return r;
  }
};

static void w1(actor_system& sys, int n) {
  Driver d(sys);
  auto main = d.handle();
  peers::Timer t;
  auto pong = sys.spawn(
      [](event_based_actor*) -> behavior { return {[](ping_atom, int v) { return result<pong_atom, int>(pong_atom::value, v); }}; });
  auto ping = sys.spawn([=](event_based_actor* self) -> behavior {
    return {[=](go_atom) { self->send(pong, ping_atom::value, n); },
            [=](pong_atom, int v) {
              if (v > 1)
                self->send(pong, ping_atom::value, v - 1);
              else {
                self->send(main, go_atom::value);
                self->send_exit(pong, exit_reason::user_shutdown);
                self->quit();
              }
            }};
  });
  d.self->send(ping, go_atom::value);
  d.wait();
  t.out("w1", 2.0 * n);
}
static void w2(actor_system& sys, int p, int n) {
  Driver d(sys);
  auto main = d.handle();
  std::vector<actor> as;
  for (int i = 0; i < p; ++i)
    as.push_back(sys.spawn([=](stateful_actor<actor>* self) -> behavior {
      return {[=](next_atom, const actor& a) { self->state = a; },
              [=](tok_atom, int v) {
                if (v > 0)
                  self->send(self->state, tok_atom::value, v - 1);
                else
                  self->send(main, go_atom::value);
              }};
    }));
  for (int i = 0; i < p; ++i) d.self->send(as[i], next_atom::value, as[(i + 1) % p]);
  if (g_test) g_tc->run();
  peers::Timer t;
  d.self->send(as[0], tok_atom::value, n - 1);
  d.wait();
  t.out("w2", n);
  for (auto& a : as) d.self->send_exit(a, exit_reason::kill);
  if (g_test) g_tc->run();
}
static void w3(actor_system& sys, int s, int m) {
  Driver d(sys);
  auto main = d.handle();
  peers::Timer t;
  auto sink = sys.spawn([=](stateful_actor<int>* self) -> behavior {
    self->state = s * m;
    return {[=](ping_atom, int) {
      if (--self->state == 0) {
        self->send(main, go_atom::value);
        self->quit();
      }
    }};
  });
  for (int i = 0; i < s; ++i)
    sys.spawn([=](event_based_actor* self) {
      for (int k = 0; k < m; ++k) self->send(sink, ping_atom::value, k);
    });
  d.wait();
  t.out("w3", double(s) * m);
}
static void w4(actor_system& sys, int n, bool mon) {
  Driver d(sys);
  auto main = d.handle();
  peers::Timer t;
  // CAF garbage-collects unreachable actors: keep a strong handle or the DOWN is never delivered
  auto keep = sys.spawn([=](stateful_actor<int>* self) -> behavior {
    self->state = n;
    auto next = [=] {
      if (self->state-- == 0) {
        self->send(main, go_atom::value);
        self->quit();
        return;
      }
      if (mon) {
        auto c = self->spawn<monitored>([](event_based_actor* me) -> behavior { return {[=](go_atom) { me->quit(); }}; });
        self->send(c, go_atom::value);
      } else {
        auto c = self->spawn([](event_based_actor* me) -> behavior {
          return {[=](ping_atom, const actor& w) {
            me->send(w, pong_atom::value);
            me->quit();
          }};
        });
        self->send(c, ping_atom::value, actor_cast<actor>(self));
      }
    };
    if (mon) self->set_down_handler([=](down_msg&) { next(); });
    next();
    return {[=](pong_atom) { next(); }, [=](go_atom) {}};
  });
  d.wait();
  t.out(mon ? "w4m" : "w4", n);
}
static void w5(actor_system& sys, int n) {
  Driver d(sys);
  auto main = d.handle();
  std::vector<actor> as;
  as.reserve(n);
  memset((void*)as.data(), 0, sizeof(actor) * n);
  auto coll = sys.spawn([=](stateful_actor<int>* self) -> behavior {
    self->state = n;
    return {[=](pong_atom) {
      if (--self->state == 0) { self->send(main, go_atom::value); }
    }};
  });
  if (g_test) g_tc->run();
  long r0 = peers::rss_kb();
  double t0 = peers::now();
  for (int i = 0; i < n; ++i)
    as.push_back(sys.spawn([=](event_based_actor* self) -> behavior { return {[=](go_atom) { self->send(coll, pong_atom::value); }}; }));
  if (g_test) g_tc->run();
  double t1 = peers::now();
  long r1 = peers::rss_kb();
  peers::Timer t;
  for (auto& a : as) d.self->send(a, go_atom::value);
  d.wait();
  t.out("w5", n, peers::kv("rss_bytes_per_actor", (r1 - r0) * 1024.0 / n) + "\t" + peers::kv("spawn_s", t1 - t0));
  std::fflush(stdout);
  _exit(0);
}
static behavior sky(stateful_actor<std::pair<int64_t, int>>* self, actor parent, int64_t num, int64_t size) {
  if (size == 1) {
    self->send(parent, bsum_atom::value, num);
    return {};
  }
  self->state = {0, 10};
  int64_t sz = size / 10;
  for (int i = 0; i < 10; ++i) self->spawn(sky, actor_cast<actor>(self), num + i * sz, sz);
  return {[=](bsum_atom, int64_t v) {
    self->state.first += v;
    if (--self->state.second == 0) {
      self->send(parent, bsum_atom::value, self->state.first);
      self->quit();
    }
  }};
}
static void w6(actor_system& sys, int64_t leaves) {
  Driver d(sys);
  peers::Timer t;
  sys.spawn(sky, d.handle(), int64_t(0), leaves);
  auto s = d.wait_sum();
  t.out("w6", leaves, "sum=" + std::to_string(s));
}
// W7 without the self message: recursive continuation
struct w7_state {
  int left = 0;
};
static void w7_next(stateful_actor<w7_state>* self, actor srv, actor main, bool timeout) {
  if (self->state.left-- == 0) {
    self->send(main, go_atom::value);
    self->quit();
    return;
  }
  auto k = [=](int) { w7_next(self, srv, main, timeout); };
  if (timeout)
    self->request(srv, std::chrono::seconds(5), req_atom::value, self->state.left).then(k);
  else
    self->request(srv, infinite, req_atom::value, self->state.left).then(k);
}
static void w7c(actor_system& sys, int n, bool timeout) {
  Driver d(sys);
  auto main = d.handle();
  auto srv = sys.spawn([](event_based_actor*) -> behavior { return {[](req_atom, int v) { return v; }}; });
  if (g_test) g_tc->run();
  peers::Timer t;
  auto keep = sys.spawn([=](stateful_actor<w7_state>* self) -> behavior {
    self->state.left = n;
    w7_next(self, srv, main, timeout);
    return {[=](ping_atom) {}};
  });
  d.wait();
  t.out(timeout ? "w7" : "w7r", n);
  d.self->send_exit(srv, exit_reason::kill);
  if (g_test) g_tc->run();
}
// W8: N delayed messages with random delays, virtual clock (test coordinator only)
static void w8(actor_system& sys, int n) {
  if (!g_test) {
    std::printf("SKIP w8 worker\n");
    return;
  }
  Driver d(sys);
  auto main = d.handle();
  auto sink = sys.spawn([=](stateful_actor<int>* self) -> behavior {
    self->state = n;
    return {[=](go_atom) {
      if (--self->state == 0) {
        self->send(main, go_atom::value);
        self->quit();
      }
    }};
  });
  g_tc->run();
  peers::Timer t;
  sys.spawn([=](event_based_actor* self) {
    peers::Rng r{1};
    for (int i = 0; i < n; ++i) self->delayed_send(sink, std::chrono::microseconds(1 + r.below(1000000000)), go_atom::value);
  });
  g_tc->run();
  double armed = peers::now() - t.wall_begin;
  while (g_tc->trigger_timeout()) g_tc->run();
  d.wait();
  t.out("w8", n, peers::kv("arm_s", armed));
}
static void w9(actor_system& sys, int n) {
  Driver d(sys);
  auto main = d.handle();
  peers::Timer t;
  auto keep = sys.spawn([=](stateful_actor<int>* self) -> behavior {
    self->state = n;
    auto mk = [=] {
      auto c = self->spawn<monitored>([](event_based_actor*) -> behavior { return {[=](ping_atom) {}}; });
      if (self->state-- == 0) {
        self->send_exit(c, exit_reason::kill);
        self->send(main, go_atom::value);
        self->quit();
        return;
      }
      self->send_exit(c, exit_reason::kill);
    };
    self->set_down_handler([=](down_msg&) { mk(); });
    mk();
    return {[=](ping_atom) {}};
  });
  d.wait();
  t.out("w9", n);
}
static void w10(actor_system& sys, int backlog, int n) {
  Driver d(sys);
  auto main = d.handle();
  auto srv = sys.spawn(
      [](event_based_actor* self) -> behavior { return {[=](ping_atom, int v, const actor& c) { self->send(c, pong_atom::value, v); }}; });
  auto cl = sys.spawn([=](stateful_actor<int>* self) -> behavior {
    self->state = n;
    self->set_default_handler(skip);
    return {[=](go_atom) { self->send(srv, ping_atom::value, self->state, actor_cast<actor>(self)); },
            [=](pong_atom, int) {
              if (--self->state == 0) {
                self->send(main, go_atom::value);
                self->quit();
                return;
              }
              self->send(srv, ping_atom::value, self->state, actor_cast<actor>(self));
            }};
  });
  for (int i = 0; i < backlog; ++i) d.self->send(cl, noise_atom::value, i);
  if (g_test) g_tc->run();
  peers::Timer t;
  d.self->send(cl, go_atom::value);
  d.wait();
  t.out("w10", n, peers::kv("backlog", backlog));
  std::fflush(stdout);
  _exit(0);
}
int main(int argc, char** argv) {
  g_test = std::string(argv[1]) == "test";
  std::string w = argv[2];
  auto A = [&](int i) { return argc > i + 3 ? atoi(argv[i + 3]) : 0; };
  actor_system_config cfg;
  cfg.set("scheduler.max-threads", size_t(1));
  cfg.set("middleman.enable-automatic-connections", false);
  if (g_test) cfg.set("scheduler.policy", atom("testing"));
  actor_system sys{cfg};
  if (g_test) g_tc = dynamic_cast<scheduler::test_coordinator*>(&sys.scheduler());
  if (g_test && !g_tc) {
    std::puts("no test coordinator");
    return 1;
  }
  if (w == "w1") w1(sys, A(0));
  if (w == "w2") w2(sys, A(0), A(1));
  if (w == "w3") w3(sys, A(0), A(1));
  if (w == "w4") w4(sys, A(0), false);
  if (w == "w4m") w4(sys, A(0), true);
  if (w == "w5") w5(sys, A(0));
  if (w == "w6") w6(sys, A(0));
  if (w == "w7") w7c(sys, A(0), true);
  if (w == "w7r") w7c(sys, A(0), false);
  if (w == "w8") w8(sys, A(0));
  if (w == "w9") w9(sys, A(0));
  if (w == "w10") w10(sys, A(0), A(1));
  if (g_test) g_tc->run();
  std::fflush(stdout);
}
