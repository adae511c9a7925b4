// A message of any type as a value: what gen_event carries to handlers whose types its process does not know. Copies share what they
// hold, which nobody can change.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/kernel/message.hpp"

namespace moirai {

class AnyMessage {
 public:
  AnyMessage() : AnyMessage(NoReply{}) {}
  template <class M>
  requires(!std::is_same_v<M, AnyMessage>) explicit AnyMessage(M message)
      : type_(&type_of<M>), payload_(std::make_shared<const M>(std::move(message))) {}

  std::string_view name() const { return type_->name; }
  template <class M>
  const M* get() const {
    return type_ == &type_of<M> ? static_cast<const M*>(payload_.get()) : nullptr;
  }
  std::string to_string() const {
    std::string text;
    type_->print(payload_.get(), text);
    return text;
  }
  friend void fold(Digest& digest, const AnyMessage& m) { m.type_->fold(m.payload_.get(), digest); }
  friend void print(std::string& out, const AnyMessage& m) { m.type_->print(m.payload_.get(), out); }

 private:
  const SignalType* type_;
  std::shared_ptr<const void> payload_;
};

}  // namespace moirai
