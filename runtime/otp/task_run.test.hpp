// What the tests of tasks and their streams share.
#pragma once
#include <string>

#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/async_stream.hpp"

namespace moirai::rules {

constexpr int for_ever = -1;

inline int sleeps(Self& self, const int& milliseconds) {
  self.sleep(milliseconds == for_ever ? Duration(1h) : std::chrono::milliseconds(milliseconds));
  return milliseconds;
}
inline int exits(Self& self, const int& number) { self.exit(Term::integer(number)); }

template <class Ask>
std::string exit_of(Ask ask) {
  const auto caught = catch_exit(ask);
  return caught ? "no exit" : caught.reason().to_string();
}

// "ok 1", "exit timeout", "exit {100,timeout}"
template <class Element>
std::string text_of(const Element& element) {
  if (element) return (element.input ? "zipped ok " : "ok ") + reflect::to_text(*element);
  const std::string reason = element.reason().to_string();
  return "exit " + (element.input ? "{" + reflect::to_text(*element.input) + "," + reason + "}" : reason);
}
template <class Stream>
Got all_of(Stream&& stream) {
  Got got;
  for (const auto& element : stream) got.push_back(text_of(element));
  return got;
}
template <class Stream>
Got first_of(Stream& stream, std::size_t count) {
  Got got;
  while (got.size() < count) got.push_back(text_of(*stream.next()));
  return got;
}

}  // namespace moirai::rules
