// State that processes share, as Erlang's ETS tables: a value of type T under a name. It belongs to the process that made it and goes with
// it, before that one's links and monitors hear of its end (R-SIG-11). The only thing that processes share besides names: what several
// accesses do together is a race, and an exploring scheduler finds it. For whoever builds registries, caches and counters:
//
//   struct Score { int goals = 0; };
//   const Shared<Score> score("score");
//   score.create(self);                                   // in its owner
//   score.access(self, [](Score& s) { ++s.goals; });      // anywhere
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/kernel/random.hpp"
#include "runtime/kernel/self.hpp"

namespace moirai {

namespace detail {
template <class T>
inline constexpr char shared_type = 0;  // its address tells types apart
}

// Where such a state is found: a name and a type. A value that holds nothing; equal ones mean the same state.
template <class T>
class Shared {
 public:
  explicit Shared(std::string name) : name_(std::move(name)), resource_(static_cast<Resource>(hash_text(name_)) | 2) {}
  const std::string& name() const { return name_; }

  // Makes it, owned by this process until its end. Exits {badarg,Name}: the name is in use.
  void create(Self& self, T value = {}) const {
    if (!self.world_->shared_operation(*self.process_, resource_)) return;
    World::SharedState state{&detail::shared_type<T>, {new T(std::move(value)), [](void* t) { delete static_cast<T*>(t); }}};
    if (!self.world_->do_share(*self.process_, name_, std::move(state))) self.exit(Term::tuple({reason::badarg(), Term::atom(name_)}));
  }

  // Calls f(T&) and returns what it returns, as an optional; nothing, and no call, if there is no such state. For a void f: whether there is.
  // One access is one operation: others may go first before it, nobody inside it (K-6 c). Requires: f performs no operation.
  template <class F>
  auto access(Self& self, F&& f) const {
    using Result = std::invoke_result_t<F, T&>;
    Process& process = *self.process_;
    T* state = self.world_->shared_operation(process, resource_) ? find(*self.world_) : nullptr;
    const Atomic guard(process);
    if constexpr (std::is_void_v<Result>) {
      if (state) std::forward<F>(f)(*state);
      return state != nullptr;
    } else {
      return state ? std::optional<Result>(std::forward<F>(f)(*state)) : std::nullopt;
    }
  }

  // For laws and tests: the state as it is between two steps; nullptr if there is none.
  const T* look(const World& world) const { return find(world); }

 private:
  struct Atomic {
    Process& process;
    explicit Atomic(Process& p) : process(p) { process.marks |= Process::in_access; }
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;
    ~Atomic() { process.marks &= static_cast<std::uint8_t>(~Process::in_access); }
  };

  T* find(const World& world) const { return static_cast<T*>(world.shared_state(name_, &detail::shared_type<T>)); }

  std::string name_;
  Resource resource_;
};

}  // namespace moirai
