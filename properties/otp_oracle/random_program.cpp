#include "properties/otp_oracle/random_program.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "properties/otp_oracle/dice.hpp"

namespace moirai::otp_oracle {
namespace {

using Values = std::vector<Value>;

// A supervisor of the tree as the operations see it.
struct Place {
  Values path;
  std::int64_t intensity = 1, period = 5;
  bool simple = false;
  Value auto_shutdown = "never";
  bool quorum = false;  // it ends with the last of several significant children, whose restarts may fail
  Values ids;           // of its children
  Values workers;       // of its children, those that are workers
};

Values below(const Values& path, const Value& id) {
  Values longer = path;
  longer.push_back(id);
  return longer;
}

class Supervision {
 public:
  explicit Supervision(std::uint64_t seed) : dice_(stream_key(seed, "app", "supervision")) {}

  Value program() {
    const Value tree = supervisor("root", {}, 3);
    Values ops;
    for (std::int64_t count = 2 + dice_.upto(8); count > 0; --count) add_op(ops);
    return Value::map({{"tree", tree}, {"ops", Value::list(std::move(ops))}});
  }

 private:
  // {sup,Name,Flags,Children}, noted in places_.
  Value supervisor(const Value& name, const Values& above, int depth) {
    Place place;
    place.path = below(above, name);
    place.simple = dice_.one_in(above.empty() ? 8 : 3);
    place.intensity = dice_.any({0, 1, 1, 2, 2, 3, 5}).number();
    place.period = dice_.upto(3);
    place.auto_shutdown = dice_.any({"never", "never", "any_significant", "all_significant"});
    place.quorum = !place.simple && dice_.one_in(8);
    if (place.quorum) place.auto_shutdown = "all_significant", place.intensity += 2;
    const Value strategy = place.simple ? Value("simple_one_for_one") : dice_.any({"one_for_one", "one_for_all", "rest_for_one"});
    const Value flags = Value::map(
        {{"strategy", strategy}, {"intensity", place.intensity}, {"period", place.period}, {"auto_shutdown", place.auto_shutdown}});
    const std::size_t mine = places_.size();
    places_.push_back(place);
    Values children;
    if (place.simple) {
      children.push_back(worker("w", place.auto_shutdown, true));
    } else {
      static const Values names = {"a", "b", "c", "d"};
      const auto count = static_cast<std::size_t>(place.quorum ? 1 + dice_.upto(3) : dice_.upto(4));
      for (std::size_t i = 0; i < count; ++i) {
        const bool nested = depth > 1 && dice_.one_in(4) && !place.quorum;
        children.push_back(nested ? subtree(names[i], place, depth) : worker(names[i], place.auto_shutdown, false));
        if (place.quorum) children.back() = member(children.back());
        places_[mine].ids.push_back(names[i]);
        if (children.back().is_tagged("worker")) places_[mine].workers.push_back(names[i]);
      }
    }
    return tuple("sup", name, flags, Value::list(std::move(children)));
  }

  Value subtree(const Value& name, const Place& parent, int depth) {
    const Value sup = supervisor(name, parent.path, depth - 1);
    Value options = Value::map({{"restart", dice_.any({"permanent", "permanent", "transient", "temporary"})}});
    // Sums of these and of what workers are given never meet, so that no two times are up at once.
    if (dice_.one_in(3)) options = options.with("shutdown", dice_.any({"brutal_kill", 17, 53, 99}));
    return tuple("sup", sup[1], sup[2], sup[3], made_significant(std::move(options), parent.auto_shutdown));
  }

  Value worker(const Value& name, const Value& auto_shutdown, bool dynamic) {
    Value options = Value::map({{"restart", dice_.any({"permanent", "permanent", "transient", "transient", "temporary"})}});
    const bool traps = dice_.one_in(2);
    const Value shutdown = traps ? dice_.any({"brutal_kill", 20, "infinity"}) : dice_.any({"brutal_kill", 20, "infinity", 0});
    options = options.with("trap", traps).with("shutdown", shutdown).with("starts", script(dynamic));
    if (traps && shutdown.is("infinity"))
      options = options.with("on_shutdown", dice_.any({"stop", tuple("reason", "normal"), tuple("reason", "odd")}));
    else if (traps)
      options =
          options.with("on_shutdown", dice_.any({"stop", "ignore", tuple("reason", tuple("shutdown", "x")), tuple("reason", "normal")}));
    return tuple("worker", name, made_significant(std::move(options), auto_shutdown));
  }

  // The same worker, significant, and with a restart that fails at first.
  Value member(const Value& worker) {
    const Value script = dice_.any({Value::list({"ok", tuple("error", "e"), "ok"}), Value::list({"ok", tuple("error", "e")})});
    const Value options = worker[2].with("significant", true).with("restart", dice_.any({"transient", "transient", "temporary"}));
    return worker.with_element(2, options.with("starts", script));
  }

  Value made_significant(Value options, const Value& auto_shutdown) {
    if (auto_shutdown.is("never") || options.find("restart")->is("permanent")) return options;
    return options.with("significant", !dice_.one_in(4));
  }

  Value script(bool dynamic) {
    const Value failure = tuple("error", "e");
    // Dynamic children rarely decline: what OTP does when one declines its restart is a bug, after which nothing is compared (R-SUP-33).
    switch (dice_.upto(dynamic && !dice_.one_in(4) ? 10 : 12)) {
      case 1: return Value::list({"ok", failure, "ok"});
      case 2: return Value::list({"ok", failure, failure, "ok"});
      case 3: return Value::list({"ok", tuple("raise", "x"), "ok"});
      case 4: return Value::list({"ok", tuple("ok_info", "i")});
      case 5: return Value::list({"ok", failure});
      case 6: return Value::list({"ok", tuple("other", "junk"), "ok"});
      case 11: return Value::list({"ok", "ignore", "ok"});
      case 12: return dice_.any({Value::list({"ignore", "ok"}), Value::list({failure, "ok"}), Value::list({"ok", "ok", failure, "ok"})});
      default: return Value::list({"ok"});
    }
  }

  Value reason() { return dice_.any({"normal", "shutdown", tuple("shutdown", "s"), "boom", "boom", "boom", "kill"}); }

  // Somebody below this supervisor; of a dynamic one, a child that may be there.
  Value victim(const Place& place) {
    if (place.simple) return Value::list(below(place.path, dice_.upto(3)));
    return Value::list(below(place.path, dice_.of(place.ids)));
  }

  Value id(const Place& place) {
    if (place.simple) return dice_.one_in(6) ? Value("zz") : tuple("dyn", dice_.upto(3));
    return dice_.any({dice_.of(place.ids), dice_.of(place.ids), dice_.of(place.ids), "n1", "zz"});
  }

  Value started(const Place& place) {
    if (place.simple) return dice_.upto(3);
    const Value name = dice_.any({dice_.of(place.ids), "n1", "n2"});
    return worker(name, place.auto_shutdown, false);
  }

  void add_op(Values& ops) {
    const Place place = dice_.of(places_);  // a copy: a started subtree may add one
    const Value path = Value::list(place.path);
    if (place.simple && dice_.one_in(2)) return ops.push_back(tuple("start_child", path, started(place)));
    if (place.quorum && dice_.one_in(2)) return ops.push_back(election(place));
    switch (dice_.upto(16)) {
      case 1:
      case 2:
      case 3:
      case 4: return ops.push_back(Value::tuple({dice_.any({"crash", "crash", "exit"}), victim(place), reason()}));
      case 5: return ops.push_back(Value::tuple({dice_.any({"exit", "crash"}), path, dice_.any({"kill", "kill", "shutdown", "normal"})}));
      case 6: return ops.push_back(tick(place));
      case 7:
      case 8: return add_edge(ops, place);
      case 9: return add_stop(ops, place);
      case 10: return ops.push_back(tuple("restart_child", path, place.simple ? Value("w") : id(place)));
      case 11: return ops.push_back(tuple("delete_child", path, place.simple ? Value("w") : id(place)));
      case 12: return ops.push_back(tuple(dice_.any({"which_children", "count_children"}), path));
      case 13: return add_start(ops, place);
      default: return ops.push_back(batch(place));
    }
  }

  Value tick(const Place& place) { return tuple("tick", dice_.any({place.period, place.period, place.period + 1, 1, 0})); }

  // As many crashes of one child as the supervisor allows and one more; from the first to the last it is the period, or a second more.
  void add_edge(Values& ops, const Place& place) {
    const Value who = victim(place);
    const std::int64_t crashes = place.intensity + 1;
    const std::int64_t whole = place.period + (dice_.one_in(2) ? 1 : 0);
    const std::int64_t early = dice_.upto(whole + 1) - 1;
    if (place.simple) ops.push_back(tuple("start_child", Value::list(place.path), who[who.size() - 1]));
    for (std::int64_t crash = 1; crash <= crashes; ++crash) {
      ops.push_back(tuple("crash", who, "boom"));
      if (crash == 1 && crashes > 1) ops.push_back(tuple("tick", crashes == 2 ? whole : early));
      if (crash == crashes - 1 && crashes > 2) ops.push_back(tuple("tick", whole - early));
    }
  }

  // terminate_child, and mostly something else with what is left.
  void add_stop(Values& ops, const Place& place) {
    const Value path = Value::list(place.path);
    const Value who = id(place);
    ops.push_back(tuple("terminate_child", path, who));
    switch (place.simple ? 4 : dice_.upto(4)) {
      case 1: return ops.push_back(tuple("restart_child", path, who));
      case 2: return ops.push_back(tuple("delete_child", path, who));
      case 3: return ops.push_back(tuple("start_child", path, worker(who, place.auto_shutdown, false)));
      default: return;
    }
  }

  void add_start(Values& ops, const Place& place) {
    if (place.simple || !dice_.one_in(3)) return ops.push_back(tuple("start_child", Value::list(place.path), started(place)));
    const Value name = dice_.any({"n1", "n2"});
    ops.push_back(tuple("start_child", Value::list(place.path), subtree(name, place, 2)));
  }

  // All of its members end at once, each for good or to be restarted.
  Value election(const Place& place) {
    Values signals;
    for (const Value& id : place.workers)
      signals.push_back(tuple("crash", Value::list(below(place.path, id)), dice_.any({"boom", "normal", "normal"})));
    std::rotate(signals.begin(), signals.begin() + dice_.upto(static_cast<std::int64_t>(signals.size())) - 1, signals.end());
    return tuple("batch", Value::list(place.path), Value::list(std::move(signals)));
  }

  // What a supervisor finds in its mailbox all at once: deaths of its children and requests.
  Value batch(const Place& place) {
    const Value path = Value::list(place.path);
    Values signals;
    for (std::int64_t count = 1 + dice_.upto(3); count > 0; --count) {
      const std::int64_t kind = dice_.upto(10);
      if (kind <= 6 && (place.simple || !place.workers.empty())) {
        const Value who = place.simple ? victim(place) : Value::list(below(place.path, dice_.of(place.workers)));
        signals.push_back(tuple("crash", who, dice_.any({"boom", "boom", "normal", tuple("shutdown", "s")})));
      } else if (place.simple) {
        signals.push_back(kind <= 8 ? tuple("start_child", path, dice_.upto(3)) : tuple("count_children", path));
      } else if (kind <= 9) {
        const Value what = dice_.any({"terminate_child", "restart_child", "delete_child"});
        signals.push_back(tuple(what, path, dice_.of(place.ids)));
      } else {
        signals.push_back(tuple(dice_.any({"which_children", "count_children"}), path));
      }
    }
    return tuple("batch", path, Value::list(std::move(signals)));
  }

  Dice dice_;
  std::vector<Place> places_;
};

Value procs_op(Dice& dice) {
  const auto process = [&] { return dice.any({"a", "b", "c", "d"}); };
  const auto name = [&] { return dice.any({"n1", "n2"}); };
  const auto tag = [&] { return dice.any({"m1", "m2", "m3", "m4", "m5"}); };
  const Value x = process();
  const Value y = process();
  const Value reason = dice.any({"normal", "kill", "killed", "shutdown", "boom"});
  switch (dice.upto(24)) {
    case 1:
    case 2:
    case 3:
    case 4: return tuple("link", x, y);
    case 5: return tuple("unlink", x, y);
    case 6: return tuple("trap", x, !dice.one_in(3));
    case 7:
    case 8: return tuple("monitor", x, y, tag());
    case 9: return Value::tuple({"monitor", x, tuple("name", name()), tag()});
    case 10: {
      const Value options = dice.any({Value::list({}), Value::list({"flush"}), Value::list({"info"}), Value::list({"flush", "info"})});
      return tuple("demonitor", x, tag(), options);
    }
    case 11: return tuple("exit", x, y, reason);
    case 12: return tuple("die", x, reason);
    case 13: return tuple("send", x, y, dice.upto(100));
    case 14: return tuple("register", x, name());
    case 15: return tuple("unregister", x, name());
    case 16: return Value::tuple({"send_name", x, name(), dice.upto(100)});
    case 17: return tuple("error", x, reason);
    case 18: return tuple("is_alive", x, y);
    case 19: return tuple("whereis", x, name());
    case 20: return Value::tuple({"alias", x, tag(), dice.any({Value::list({}), Value::list({"reply"})})});
    case 21: return tuple("unalias", x, tag());
    case 22: {
      const Value mode = tuple("alias", dice.any({"explicit_unalias", "demonitor", "reply_demonitor"}));
      const Value options = dice.one_in(3) ? Value::list({mode, tuple("tag", "gone")}) : Value::list({mode});
      return tuple("monitor", x, y, tag(), options);
    }
    default: return Value::tuple({"send_alias", x, tag(), dice.upto(100)});
  }
}

}  // namespace

Value random_supervision(std::uint64_t seed) { return Supervision(seed).program(); }

Value random_procs(std::uint64_t seed) {
  Dice dice(stream_key(seed, "app", "procs"));
  Values ops = {tuple("spawn", "a"), tuple("spawn", "b"), tuple("spawn", "c")};
  ops.push_back(dice.one_in(2) ? tuple("spawn", "d") : tuple("spawn_link", "a", "d"));
  for (std::int64_t count = 8 + dice.upto(20); count > 0; --count) ops.push_back(procs_op(dice));
  return Value::list(std::move(ops));
}

}  // namespace moirai::otp_oracle
