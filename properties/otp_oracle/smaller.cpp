#include "properties/otp_oracle/smaller.hpp"

#include <algorithm>

namespace moirai::otp_oracle {
namespace {

using Values = std::vector<Value>;

// Without its halves, then without each single element.
Values shorter(const Value& list) {
  const Values& all = list.elements();
  Values found;
  const auto without = [&](std::size_t begin, std::size_t end) {
    Values rest(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(begin));
    rest.insert(rest.end(), all.begin() + static_cast<std::ptrdiff_t>(end), all.end());
    found.push_back(Value::list(std::move(rest)));
  };
  for (std::size_t length = all.size() / 2; length > 1; length /= 2)
    for (std::size_t begin = 0; begin + length <= all.size(); begin += length) without(begin, begin + length);
  for (std::size_t i = 0; i < all.size(); ++i) without(i, i + 1);
  return found;
}

// The list with one element replaced by each of what `of` makes of it.
template <class F>
void each_element(const Value& list, F of, Values& found) {
  for (std::size_t i = 0; i < list.size(); ++i)
    for (Value& element : of(list[i])) found.push_back(list.with_element(i, std::move(element)));
}

Values lower(const Value& number) {
  if (!number.is_integer() || number.number() <= 0) return {};
  Values found = {0};
  if (number.number() > 1) found.emplace_back(number.number() - 1);
  return found;
}

Values plainer(const Value& value, const char* plainest) {
  if (value.is(plainest)) return {};
  return {plainest};
}

Values smaller_options(const Value& options) {
  Values found;
  if (!options.is_map()) return found;
  for (std::size_t i = 0; i < options.size(); i += 2) found.push_back(options.without(options[i].text()));
  if (const Value* starts = options.find("starts"))
    for (Value& script : shorter(*starts))
      if (script.size() > 0) found.push_back(options.with("starts", std::move(script)));
  return found;
}

Values smaller_flags(const Value& flags) {
  Values found;
  if (!flags.is_map()) return found;
  for (const char* key : {"auto_shutdown", "strategy"})
    if (const Value* value = flags.find(key); value && !value->is("simple_one_for_one")) found.push_back(flags.without(key));
  if (const Value* intensity = flags.find("intensity"))
    for (Value& number : lower(*intensity)) found.push_back(flags.with("intensity", std::move(number)));
  if (const Value* period = flags.find("period"))
    for (Value& number : lower(*period))
      if (number.number() > 0) found.push_back(flags.with("period", std::move(number)));
  return found;
}

// Of {sup,Name,Flags,Children,...} and {worker,Name,Options}.
Values smaller_child(const Value& child) {
  Values found;
  if (child.is_tagged("sup") && child.size() >= 4) {
    const Value* strategy = child[2].find("strategy");
    const bool simple = strategy && strategy->is("simple_one_for_one");
    if (child.size() == 5) found.push_back(tuple("worker", child[1], Value::map({})));
    if (!simple)
      for (Value& children : shorter(child[3])) found.push_back(child.with_element(3, std::move(children)));
    for (Value& flags : smaller_flags(child[2])) found.push_back(child.with_element(2, std::move(flags)));
    Values children;
    each_element(child[3], smaller_child, children);
    for (Value& one : children) found.push_back(child.with_element(3, std::move(one)));
  }
  if (child.is_tagged("worker") || child.size() == 5) {
    const std::size_t at = child.size() - 1;
    for (Value& options : smaller_options(child[at])) found.push_back(child.with_element(at, std::move(options)));
  }
  return found;
}

Values smaller_op(const Value& op) {
  Values found;
  if (op.is_tagged("batch") && op.size() == 3) {
    for (const Value& inner : op[2].elements()) found.push_back(inner);
    for (Value& inner : shorter(op[2])) found.push_back(op.with_element(2, std::move(inner)));
    Values changed;
    each_element(op[2], smaller_op, changed);
    for (Value& inner : changed) found.push_back(op.with_element(2, std::move(inner)));
  } else if (op.is_tagged("tick") && op.size() == 2) {
    for (Value& seconds : lower(op[1])) found.push_back(op.with_element(1, std::move(seconds)));
  } else if (op.is_tagged("start_child") && op.size() == 3) {
    for (Value& child : smaller_child(op[2])) found.push_back(op.with_element(2, std::move(child)));
  } else if ((op.is_tagged("crash") || op.is_tagged("exit")) && op.size() == 3) {
    for (Value& reason : plainer(op[2], "boom")) found.push_back(op.with_element(2, std::move(reason)));
  }
  return found;
}

// What a server is told to do, without the outermost part of it.
Values smaller_instruction(const Value& how) {
  if (how.is_tagged("slow")) return {how[2]};
  if (how.is_tagged("first") && !how[2].is("ok")) return {how.with_element(2, "ok"), tuple("reply", how[1])};
  if (how.is_tagged("reply") && how.size() == 3) return {tuple("reply", how[1])};
  if (how.is_tagged("later")) return {"later"};
  if (how.is_tagged("ask") || how.is_tagged("tell")) {
    Values found;
    for (Value& inner : smaller_instruction(how[2])) found.push_back(how.with_element(2, std::move(inner)));
    return found;
  }
  return {};
}

Values smaller_server_op(const Value& op) {
  Values found;
  if (op.is_tagged("together")) {
    for (const Value& inner : op[1].elements()) found.push_back(inner[1]);
    for (Value& inner : shorter(op[1]))
      if (inner.size() > 0) found.push_back(op.with_element(1, std::move(inner)));
    Values changed;
    each_element(
        op[1],
        [](const Value& part) {
          Values parts;
          for (Value& inner : smaller_server_op(part[1])) parts.push_back(part.with_element(1, std::move(inner)));
          return parts;
        },
        changed);
    for (Value& inner : changed) found.push_back(op.with_element(1, std::move(inner)));
  } else if (op.is_tagged("start")) {
    for (std::size_t i = 0; i < op[3].size(); i += 2) found.push_back(op.with_element(3, op[3].without(op[3][i].text())));
  } else if (op.size() >= 4 && op[3].is_tuple()) {
    for (Value& how : smaller_instruction(op[3])) found.push_back(op.with_element(3, std::move(how)));
  }
  return found;
}

}  // namespace

std::vector<Value> smaller(const Value& program) {
  if (program.is_list()) return shorter(program);
  Values found;
  if (program.is_tagged("servers")) {
    for (Value& fewer : shorter(program[1])) found.push_back(program.with_element(1, std::move(fewer)));
    Values changed;
    each_element(program[1], smaller_server_op, changed);
    for (Value& one : changed) found.push_back(program.with_element(1, std::move(one)));
    return found;
  }
  const Value* ops = program.find("ops");
  const Value* tree = program.find("tree");
  if (!ops || !tree) return found;
  for (Value& fewer : shorter(*ops)) found.push_back(program.with("ops", std::move(fewer)));
  for (Value& less : smaller_child(*tree)) found.push_back(program.with("tree", std::move(less)));
  Values changed;
  each_element(*ops, smaller_op, changed);
  for (Value& one : changed) found.push_back(program.with("ops", std::move(one)));
  return found;
}

}  // namespace moirai::otp_oracle
