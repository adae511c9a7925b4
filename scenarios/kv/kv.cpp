#include "scenarios/kv/kv.hpp"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "scenarios/journal/journal.hpp"

namespace kv {
namespace {

using Journal = journal::Journal<Record>;
using Open = journal::Open<Record>;
using Append = journal::Append<Record>;

struct Store {
  using Accepts = Messages<Put, Get, Exit>;
  std::map<std::string, Record> records;

  explicit Store(Self& self) {
    self.trap_exit(true);  // told to end, it ends between two requests
    for (const Record& record : self.call("journal", Open{}).entries) records[record.key] = record;
  }

  bool on(Self& self, const Put& put) {  // written down before it is acknowledged
    const auto found = records.find(put.record.key);
    if (found != records.end() && found->second.version >= put.record.version) return false;
    if (!self.call("journal", Append{put.record})) self.exit(Term::atom("superseded"));
    records[put.record.key] = put.record;
    return true;
  }
  std::optional<Record> on(Self&, const Get& get) {
    const auto found = records.find(get.key);
    if (found == records.end()) return std::nullopt;
    return found->second;
  }
  void on(Self& self, const Exit& told) { self.exit(told.reason); }
};

// When anything goes wrong a client crashes; its next self goes on from what the store has.
void client(Self& self, Duration pause) {
  const std::string key = self.label();
  while (true) {
    const std::optional<Record> found = self.call("store", Get{key});
    const Version version = found ? found->version : 0;
    self.note(Found{key, version});

    self.sleep(pause + self.random(0, 50) * 1ms);
    const Record next{key, version + 1, fmt::format("{} at {} ms", key, nanoseconds(self.now()) / 1'000'000)};
    if (self.call("store", Put{next})) self.note(Acknowledged{key, next.version});
  }
}

}  // namespace

ChildSpec kv(std::int64_t clients, Duration pause, ChildSpec store) {
  std::vector<ChildSpec> all;
  for (std::int64_t i = 1; i <= clients; ++i) all.push_back(worker(fmt::format("client-{}", i), [=](Self& self) { client(self, pause); }));

  const Intensity patient{.restarts = 20, .within = 1s};  // a store that crashes takes its callers with it, and each counts
  return supervisor({.name = "kv", .strategy = Strategy::rest_for_one, .intensity = patient},
                    {worker<Journal>("journal", {.registered = true}),  //
                     std::move(store),                                  //
                     supervisor({.name = "clients", .intensity = patient}, std::move(all))});
}

MOIRAI_SYSTEM(kv, "clients put values into a store and look whether they are still there", {"clients", std::int64_t{3}, "how many clients"},
              {"pause", Duration{100ms}, "of a client between get and put; up to 50 ms more are drawn each time"}) {
  return kv(args.integer("clients"), args.duration("pause"), worker<Store>("store", {.registered = true}));
}

MOIRAI_LAW(acknowledged_is_kept, "whoever was told that a value is stored finds it, or a newer one") {
  using Versions = std::map<std::string, Version>;  // the newest acknowledged of each key
  return fold_over(
      Versions{},  //
      on<Acknowledged>([](Versions& kept, const Acknowledged& note) { kept[note.key] = note.version; }),
      on<Found>([](Versions& kept, const Found& note) -> Judgement {
        if (note.version >= kept[note.key]) return held();
        return broken(fmt::format("version {} of {} was acknowledged and version {} is found", kept[note.key], note.key, note.version));
      }));
}

}  // namespace kv
