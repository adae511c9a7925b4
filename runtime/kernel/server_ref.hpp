// Ways to say which process is meant: its pid, a name that the world keeps, or one that somebody else keeps.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "runtime/kernel/ids.hpp"
#include "runtime/kernel/term.hpp"

namespace moirai {

class Self;

// {via,Module,Name}: how a registry's name finds a process. Implemented by registries, used wherever a process is called or sent to.
class Via {
 public:
  virtual ~Via() = default;
  virtual std::optional<Pid> whereis(Self&) const = 0;
  virtual Term to_term() const = 0;
};

// One that a process can have. Only the process itself takes it and gives it back.
class ViaName : public Via {
 public:
  virtual bool register_self(Self&) const = 0;  // false: somebody has it
  virtual void unregister_self(Self&) const = 0;
};

// Who is called. A name is looked up when the call begins, and must live as long as this.
class ServerRef {
 public:
  ServerRef(Pid pid) : pid_(pid) {}
  ServerRef(std::string_view name) : name_(name) {}
  ServerRef(const char* name) : name_(name) {}
  ServerRef(const std::string& name) : name_(name) {}
  ServerRef(const Via& via) : via_(&via) {}

  std::optional<Pid> resolve(Self&) const;  // nothing: nobody has this name
  Term to_term() const { return via_ ? via_->to_term() : name_.data() ? Term::atom(name_) : Term::pid(pid_); }

 private:
  Pid pid_;
  std::string_view name_;
  const Via* via_ = nullptr;
};

}  // namespace moirai
