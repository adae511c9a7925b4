// Boost.Fiber 1.74 peer: fibers + buffered_channel on the default round_robin scheduler, one thread.
#include <boost/fiber/all.hpp>
#include <memory>
#include <vector>
#include "runtime/bench/peers/measure.hpp"
namespace bf = boost::fibers;
using ch = bf::buffered_channel<long>;
static size_t SS = 16384;
template <class F>
bf::fiber go(F f) {
  return bf::fiber(std::allocator_arg, boost::context::fixedsize_stack(SS), std::move(f));
}
static void sky(ch* up, long num, long size) {
  if (size == 1) {
    up->push(num);
    return;
  }
  ch me{16};
  long sz = size / 10, s = 0, v;
  for (int i = 0; i < 10; ++i) go([=, &me] { sky(&me, num + i * sz, sz); }).detach();
  for (int i = 0; i < 10; ++i) {
    me.pop(v);
    s += v;
  }
  up->push(s);
}
int main(int, char** argv) {
  std::string w = argv[1];
  long a = argv[2] ? atol(argv[2]) : 0, b = argv[2] && argv[3] ? atol(argv[3]) : 0;
  if (const char* s = getenv("BF_STACK")) SS = strtoull(s, nullptr, 10);
  if (w == "w1") {
    ch x{16}, y{16};
    peers::Timer t;
    auto f = go([&] {
      long v;
      for (long i = 0; i < a; ++i) {
        x.pop(v);
        y.push(v);
      }
    });
    auto g = go([&] {
      long v;
      for (long i = 0; i < a; ++i) {
        x.push(i);
        y.pop(v);
      }
    });
    f.join();
    g.join();
    t.out("w1", 2.0 * a);
  } else if (w == "w2") {
    std::vector<std::unique_ptr<ch>> c(a);
    for (auto& p : c) p.reset(new ch(4));
    std::vector<bf::fiber> f;
    for (long i = 0; i < a; ++i)
      f.push_back(go([&, i] {
        long v;
        while (c[i]->pop(v) == bf::channel_op_status::success) {
          if (v == 0) {
            for (auto& p : c) p->close();
            return;
          }
          c[(i + 1) % a]->push(v - 1);
        }
      }));
    peers::Timer t;
    c[0]->push(b);
    for (auto& x : f) x.join();
    t.out("w2", b);
  } else if (w == "w3") {
    ch c{1024};
    peers::Timer t;
    auto r = go([&] {
      long v;
      for (long i = 0; i < a * b; ++i) c.pop(v);
    });
    std::vector<bf::fiber> f;
    for (long i = 0; i < a; ++i)
      f.push_back(go([&] {
        for (long k = 0; k < b; ++k) c.push(k);
      }));
    for (auto& x : f) x.join();
    r.join();
    t.out("w3", double(a) * b);
  } else if (w == "w4") {
    ch q{16}, r{16};
    peers::Timer t;
    long v;
    for (long i = 0; i < a; ++i) {
      auto f = go([&] {
        long v2;
        q.pop(v2);
        r.push(v2);
      });
      q.push(i);
      r.pop(v);
      f.join();
    }
    t.out("w4", a);
  } else if (w == "w5") {
    std::vector<std::unique_ptr<ch>> c(a);
    std::vector<bf::fiber> f(a);
    long done = 0;
    long r0 = peers::rss_kb();
    double t0 = peers::now();
    for (long i = 0; i < a; ++i) {
      c[i].reset(new ch(2));
      f[i] = go([&, i] {
        long v;
        c[i]->pop(v);
        ++done;
      });
    }
    boost::this_fiber::yield();
    long r1 = peers::rss_kb();
    double t1 = peers::now();
    peers::Timer t;
    for (auto& p : c) p->push(1);
    while (done < a) boost::this_fiber::yield();
    t.out("w5", a, peers::kv("rss_bytes_per_actor", (r1 - r0) * 1024.0 / a) + "\t" + peers::kv("spawn_s", t1 - t0));
    std::fflush(stdout);
    _exit(0);
  } else if (w == "w6") {
    ch top{16};
    peers::Timer t;
    go([&] { sky(&top, 0, a); }).detach();
    long v;
    top.pop(v);
    t.out("w6", a, "sum=" + std::to_string(v));
    std::fflush(stdout);
    _exit(0);
  } else if (w == "yield") {
    peers::Timer t;
    auto f = go([&] {
      for (long i = 0; i < a; ++i) boost::this_fiber::yield();
    });
    auto g = go([&] {
      for (long i = 0; i < a; ++i) boost::this_fiber::yield();
    });
    f.join();
    g.join();
    t.out("yield", 2.0 * a);
  } else if (w == "w7") {  // call with a 5 s timeout on the reply
    ch q{16}, r{16};
    peers::Timer t;
    auto srv = go([&] {
      long v;
      for (long i = 0; i < a; ++i) {
        q.pop(v);
        r.push(v);
      }
    });
    auto cli = go([&] {
      long v;
      for (long i = 0; i < a; ++i) {
        q.push(i);
        if (r.pop_wait_for(v, std::chrono::seconds(5)) != bf::channel_op_status::success) std::abort();
      }
    });
    cli.join();
    srv.join();
    t.out("w7", a);
  }
}
