// SimGrid 3.32 S4U peer.  usage: sg_bench W args... --cfg=contexts/factory:raw ...
// Zero-byte payloads between actors of one host (loopback), network model configurable with --cfg.
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>
#include <simgrid/simix.hpp>
#include <vector>
#include "runtime/bench/peers/measure.hpp"
namespace sg4 = simgrid::s4u;
static int dummy = 0;
static sg4::Host* H;
static bool eager = false;  // permanent receiver mailboxes (detached, eager sends)
static uint64_t SZ = 0;

static void snd(sg4::Mailbox* m, void* p) {
  if (eager)
    m->put_init(p, SZ)->detach();
  else
    m->put(p, SZ);
}
static sg4::Mailbox* mbox(const std::string& n) { return sg4::Mailbox::by_name(n); }

int main(int argc, char** argv) {
  sg4::Engine e(&argc, argv);
  std::string w = argv[1];
  if (const char* s = getenv("SG_EAGER")) eager = atoi(s) != 0;
  if (const char* s = getenv("SG_SIZE")) SZ = strtoull(s, nullptr, 10);
  auto A = [&](int i) { return argc > i + 2 ? atoi(argv[i + 2]) : 0; };
  auto* zone = sg4::create_full_zone("root");
  H = zone->create_host("h0", 1e9);
  if (!getenv("SG_CONST")) {  // network/model:Constant refuses links
    auto* lb = zone->create_link("loop", 1e12)->set_latency(0)->set_sharing_policy(sg4::Link::SharingPolicy::FATPIPE)->seal();
    zone->add_route(H->get_netpoint(), H->get_netpoint(), nullptr, nullptr, {sg4::LinkInRoute(lb)});
  }
  zone->seal();
  peers::Timer t;
  double ops = 0;
  std::string extra;
  if (w == "w1") {
    int n = A(0);
    ops = 2.0 * n;
    sg4::Actor::create("pong", H, [n] {
      auto *in = mbox("b"), *out = mbox("a");
      if (eager) in->set_receiver(sg4::Actor::self());
      for (int i = 0; i < n; ++i) {
        in->get<int>();
        snd(out, &dummy);
      }
    });
    sg4::Actor::create("ping", H, [n] {
      auto *in = mbox("a"), *out = mbox("b");
      if (eager) in->set_receiver(sg4::Actor::self());
      for (int i = 0; i < n; ++i) {
        snd(out, &dummy);
        in->get<int>();
      }
    });
  } else if (w == "w2") {
    int p = A(0), n = A(1);
    ops = n;
    for (int i = 0; i < p; ++i)
      sg4::Actor::create("r", H, [=] {
        auto *in = mbox("r" + std::to_string(i)), *out = mbox("r" + std::to_string((i + 1) % p));
        if (eager) in->set_receiver(sg4::Actor::self());
        int mine = n / p;
        if (i == 0) snd(out, &dummy);
        for (int k = 0; k < mine; ++k) {
          in->get<int>();
          if (!(i == 0 && k == mine - 1)) snd(out, &dummy);
        }
      });
  } else if (w == "w3") {
    int s = A(0), m = A(1);
    ops = double(s) * m;
    sg4::Actor::create("sink", H, [=] {
      auto* in = mbox("sink");
      if (eager) in->set_receiver(sg4::Actor::self());
      for (long k = 0; k < long(s) * m; ++k) in->get<int>();
    });
    for (int i = 0; i < s; ++i)
      sg4::Actor::create("s", H, [=] {
        auto* out = mbox("sink");
        for (int k = 0; k < m; ++k) snd(out, &dummy);
      });
  } else if (w == "w4") {
    int n = A(0);
    ops = n;
    sg4::Actor::create("main", H, [=] {
      auto *req = mbox("req"), *rep = mbox("rep");
      for (int i = 0; i < n; ++i) {
        sg4::Actor::create("c", H, [=] {
          req->get<int>();
          rep->put(&dummy, SZ);
        });
        req->put(&dummy, SZ);
        rep->get<int>();
      }
    });
  } else if (w == "w4m") {
    int n = A(0);
    ops = n;
    sg4::Actor::create("main", H, [=] {
      auto* req = mbox("req");
      for (int i = 0; i < n; ++i) {
        auto c = sg4::Actor::create("c", H, [=] { req->get<int>(); });
        req->put(&dummy, SZ);
        c->join();
      }
    });
  } else if (w == "w5") {
    int n = A(0);
    ops = n;
    sg4::Actor::create("main", H, [=, &extra] {
      long r0 = peers::rss_kb();
      double t0 = peers::now();
      for (int i = 0; i < n; ++i)
        sg4::Actor::create("c", H, [=] {
          mbox("m" + std::to_string(i))->get<int>();
          mbox("acks")->put(&dummy, SZ);
        });
      sg4::this_actor::sleep_for(1);
      long r1 = peers::rss_kb();
      double t1 = peers::now();
      // one by one: find_matching_comm() scans the whole mailbox queue, so a backlog of n puts costs O(n^2)
      auto* acks = mbox("acks");
      for (int i = 0; i < n; ++i) {
        mbox("m" + std::to_string(i))->put(&dummy, SZ);
        acks->get<int>();
      }
      extra = peers::kv("rss_bytes_per_actor", (r1 - r0) * 1024.0 / n) + "\t" + peers::kv("spawn_s", t1 - t0) + "\t" +
              peers::kv("msg_s", peers::now() - t1);
    });
  } else if (w == "w6") {
    int n = A(0);
    ops = n;
    static void (*sky)(long, long, sg4::Mailbox*) = [](long num, long size, sg4::Mailbox* up) {
      if (size == 1) {
        up->put(new long(num), SZ);
        return;
      }
      auto* me = mbox("k" + std::to_string(sg4::this_actor::get_pid()));
      long sz = size / 10, sum = 0;
      for (int i = 0; i < 10; ++i) sg4::Actor::create("k", H, [=] { sky(num + i * sz, sz, me); });
      for (int i = 0; i < 10; ++i) sum += *me->get_unique<long>();
      up->put(new long(sum), SZ);
    };
    sg4::Actor::create("main", H, [=, &extra] {
      auto* m = mbox("top");
      sg4::Actor::create("k", H, [=] { sky(0, n, m); });
      extra = "sum=" + std::to_string(*m->get_unique<long>());
    });
  } else if (w == "w7") {
    int n = A(0);
    ops = n;
    sg4::Actor::create("srv", H, [=] {
      auto *in = mbox("req"), *out = mbox("rep");
      if (eager) in->set_receiver(sg4::Actor::self());
      for (int i = 0; i < n; ++i) {
        in->get<int>();
        snd(out, &dummy);
      }
    });
    sg4::Actor::create("cli", H, [=] {
      auto *in = mbox("rep"), *out = mbox("req");
      if (eager) in->set_receiver(sg4::Actor::self());
      for (int i = 0; i < n; ++i) {
        snd(out, &dummy);
        in->get<int>(5.0);
      }
    });
  } else if (w == "w8") {  // sleeping actors: p actors, each n/p random sleeps
    int n = A(0), p = A(1);
    ops = n;
    for (int i = 0; i < p; ++i)
      sg4::Actor::create("s", H, [=] {
        peers::Rng r{uint64_t(i)};
        for (int k = 0; k < n / p; ++k) sg4::this_actor::sleep_for((1 + r.below(1000000000)) * 1e-6);
      });
  } else if (w == "w8t") {  // kernel timers, all armed first
    int n = A(0);
    ops = n;
    static int fired = 0;
    sg4::Actor::create("main", H, [=] {
      peers::Rng r{1};
      simgrid::kernel::actor::simcall_answered([&] {
        for (int k = 0; k < n; ++k) simgrid::kernel::timer::Timer::set((1 + r.below(1000000000)) * 1e-6, [] { ++fired; });
      });
      sg4::this_actor::sleep_for(2000);
      if (fired != n) std::printf("fired %d\n", fired);
    });
  } else if (w == "w9") {
    int n = A(0);
    ops = n;
    sg4::Actor::create("sup", H, [=] {
      for (int i = 0; i < n; ++i) {
        auto c = sg4::Actor::create("w", H, [] { mbox("never")->get<int>(); });
        sg4::this_actor::yield();
        c->kill();
        c->join();
      }
    });
  }
  e.run();
  t.out(w.c_str(), ops, extra + (extra.empty() ? "" : "\t") + peers::kv("simtime", e.get_clock()));
  std::fflush(stdout);
  _exit(0);
}
