#include <utility>
#include <vector>

#include "properties/otp_oracle/dice.hpp"
#include "properties/otp_oracle/random_program.hpp"

namespace moirai::otp_oracle {
namespace {

using Values = std::vector<Value>;

// Times are such that no two things are due at once: operations begin at thousands, and what then takes time takes its own few
// milliseconds more, which tell who it is: clients wait 1 or 32 more, servers for each other 2 or 4, they work 8 and are idle for 150.
class Servers {
 public:
  explicit Servers(std::uint64_t seed) : dice_(stream_key(seed, "app", "servers")), hibernates_(dice_.one_in(2)) {}

  Value program() {
    // Who is linked to a server and does not trap exits might die of it before he has read its last reply: OTP does not say.
    Values ops = {tuple("trap", "x", true), tuple("trap", "y", true), start("s"), start("t")};
    for (std::int64_t count = 5 + dice_.upto(10); count > 0; --count) ops.push_back(dice_.one_in(3) ? together() : operation());
    return tuple("servers", Value::list(std::move(ops)));
  }

 private:
  Value client() { return dice_.any({"x", "y", "z"}); }
  Value target() { return dice_.any({"s", "s", "s", "t", "t", tuple("name", "n1"), tuple("name", "n2")}); }
  Value content() { return dice_.upto(100); }
  Value reason() { return dice_.any({"normal", "shutdown", "boom", tuple("shutdown", "r")}); }
  Value patience() { return dice_.any({1301, 1301, 3301, 3301, 10301, 10301, "infinity"}); }
  Value work() { return dice_.any({708, 2708, 5708}); }

  Value start(const Value& server) {
    Value options = Value::map({{"trap", dice_.one_in(2)}});
    if (!dice_.one_in(3)) options = options.with("name", dice_.any({"n1", "n2"}));
    if (dice_.one_in(3)) options = options.with("on_timeout", dice_.any({tuple("answer", content()), tuple("stop", reason())}));
    if (dice_.one_in(3)) {
      options = options.with("link", true);
      if (dice_.one_in(3)) options = options.with("init", tuple("ok", next(1)));
    } else if (dice_.one_in(3)) {  // a failing init without a link: with one, OTP 26 is another story, and ours
      options = options.with(
          "init", dice_.any({tuple("ok", next(1)), tuple("stop", reason()), "ignore", tuple("exit", reason()), tuple("error", "e")}));
    }
    return Value::tuple({"start", options.find("link") ? dice_.any({"x", "y"}) : client(), server, options});
  }

  Value next(int depth) {
    switch (dice_.upto(5)) {
      case 1: return hibernates_ ? Value("hibernate") : Value(7150);
      case 2: return 0;
      case 3: return depth > 0 ? tuple("continue", tell(depth - 1)) : Value(3150);
      default: return dice_.any({1150, 3150, 7150});
    }
  }

  Value ask(int depth) {
    switch (dice_.upto(16)) {
      case 1: return tuple("reply", content(), next(depth));
      case 2:
      case 3: return "later";
      case 4: return tuple("later", next(depth));
      case 5: return tuple("stop", reason(), content());
      case 6:
        return depth == 2 && dice_.one_in(4) ? Value("twice") : tuple("reply", content());  // to a client: it knows what to make of it
      case 7: return tuple("first", content(), depth > 0 ? tell(depth - 1) : Value("ok"));
      case 8:
      case 9:
      case 10: return tuple("slow", work(), depth > 0 ? ask(depth - 1) : tuple("reply", content()));
      case 11: return depth > 0 ? asking(depth) : tuple("reply", content());
      case 12: return depth > 0 ? tell(depth - 1) : Value("ok");
      default: return tuple("reply", content());
    }
  }

  Value tell(int depth) {
    switch (dice_.upto(12)) {
      case 1: return tuple("stop", reason());
      case 2: return tuple("exit", reason());
      case 3: return tuple("error", "e");
      case 4:
      case 5: return tuple("next", next(depth));
      case 6: return tuple("slow", work(), depth > 0 ? tell(depth - 1) : Value("ok"));
      case 7: return depth > 0 ? tuple("tell", target(), tell(depth - 1)) : Value("ok");
      case 8: return depth > 0 ? asking(depth) : Value("ok");
      case 9: return "ok";
      default: return tuple("answer", content());
    }
  }

  // A server that calls a server never waits for ever: somebody would, and stopping him would, too.
  Value asking(int depth) {
    const Value server = target();
    const Value how = ask(depth - 1);
    return Value::tuple({"ask", server, how, dice_.any({1300, 3300, 10300}).number() + 2 * depth});
  }

  Value operation() {
    const Value who = client();
    const Value whom = target();
    switch (dice_.upto(20)) {
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 6: return call(who, whom);
      case 7:
      case 8: return Value::tuple({"cast", who, whom, tell(2)});
      case 9: return Value::tuple({"info", who, whom, tell(2)});
      case 10:
      case 11: return tuple("request", who, whom, ask(1), tag());
      case 12:
      case 13: return Value::tuple({dice_.any({"wait", "take"}), who, tag(), dice_.any({1332, 3332, 10332})});
      case 14: return Value::tuple({"stop", who, whom, reason()});
      case 15:
        if (hibernates_) return call(who, whom);
        return tuple(dice_.one_in(2) ? "suspend" : "resume", who, whom);
      case 16: return Value::tuple({"exit", who, dice_.any({"s", "t", "x", "y"}), dice_.any({reason(), "kill"})});
      case 17:
      case 18: return dice_.one_in(3) ? tuple("die", who, reason()) : call(who, whom);
      default: return start(dice_.any({"s", "t"}));
    }
  }
  Value call(const Value& who, const Value& whom) {
    const Value how = ask(2);
    return Value::tuple({"call", who, whom, how, patience()});
  }
  Value tag() { return dice_.any({"r1", "r2"}); }

  Value together() {
    Values parts;
    for (std::int64_t count = 1 + dice_.upto(4); count > 0; --count) {
      const Value wait = dice_.any({1000, 1000, 2000, 4000});
      parts.push_back(tuple(wait, operation()));
    }
    return tuple("together", Value::list(std::move(parts)));
  }

  Dice dice_;
  bool hibernates_;  // else it suspends: one that does both never rests in OTP 25, it wakes up for each message that it may not take
};

}  // namespace

Value random_servers(std::uint64_t seed) { return Servers(seed).program(); }

}  // namespace moirai::otp_oracle
