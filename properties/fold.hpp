// A user's own law, in a few lines: a state, and what each note, message or death does to it. Used inside MOIRAI_LAW (properties/law.hpp).
//
//   struct Books {
//     std::int64_t cents = 0;
//   };
//   MOIRAI_LAW(money_conserved, "the audits find every cent that was paid in") {
//     return fold_over(Books{},
//                 on<PaidIn>([](Books& books, const PaidIn& note) { books.cents += note.cents; }),
//                 on<Audited>([](Books& books, const Audited& note) -> Judgement {
//                   if (note.cents == books.cents) return held();
//                   return broken(fmt::format("the audit found {} cents of {}", note.cents, books.cents));
//                 }));
//   }
//
// A branch that returns nothing only folds. One that returns a Judgement judges: every held() or broken() is one evaluation,
// and the first broken() is the verdict. After the state and the note a branch may ask for more: (State&, const Note&, const Event&)
// and (State&, const Note&, const Event&, const World&).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "properties/law.hpp"

namespace moirai {

// What a branch says: nothing (there was nothing to judge), held, or broken with the sentence that people will read.
class Judgement {
 public:
  enum class Kind : std::uint8_t { nothing, held, broken };

  Judgement(Kind kind, std::string sentence = {}) : kind_(kind), sentence_(std::move(sentence)) {}
  Judgement(std::nullopt_t) : kind_(Kind::held) {}
  Judgement(std::optional<std::string> broken) : kind_(broken ? Kind::broken : Kind::held), sentence_(broken.value_or("")) {}

  Kind kind() const { return kind_; }
  const std::string& sentence() const { return sentence_; }

 private:
  Kind kind_;
  std::string sentence_;
};

inline Judgement nothing_to_judge() { return Judgement::Kind::nothing; }
inline Judgement held() { return Judgement::Kind::held; }
inline Judgement broken(std::string sentence) { return {Judgement::Kind::broken, std::move(sentence)}; }

namespace folding {

// f(leading..., event, world), with as much of the tail as f takes.
template <class F, class... Leading>
Judgement call(F& f, const Event& event, const World& world, Leading&... leading) {
  const auto judged = [](auto&& invoke) -> Judgement {
    if constexpr (std::is_void_v<decltype(invoke())>) {
      invoke();
      return nothing_to_judge();
    } else {
      return invoke();
    }
  };
  if constexpr (std::is_invocable_v<F&, Leading&..., const Event&, const World&>)
    return judged([&]() { return f(leading..., event, world); });
  else if constexpr (std::is_invocable_v<F&, Leading&..., const Event&>)
    return judged([&]() { return f(leading..., event); });
  else
    return judged([&]() { return f(leading...); });
}

template <class M, EventKind kind, class F>
struct OnMessage {
  static constexpr EventMask wants{kind};
  static constexpr std::string_view name = reflect::name_of<M>();
  F f;

  template <class State>
  Judgement judge(State& state, const Event& event, const World& world) {
    if (event.kind != kind) return nothing_to_judge();
    const M* message = event.as<M>();
    return message ? call(f, event, world, state, *message) : nothing_to_judge();
  }
};

template <EventKind kind, class F>
struct OnEvent {
  static constexpr EventMask wants{kind};
  static constexpr std::string_view name = kind == EventKind::exit ? "exit" : "spawn";
  F f;

  template <class State>
  Judgement judge(State& state, const Event& event, const World& world) {
    return event.kind == kind ? call(f, event, world, state) : nothing_to_judge();
  }
};

template <class F>
struct AtEnd {
  static constexpr EventMask wants{};
  static constexpr std::string_view name = "end";
  F f;

  template <class State>
  Judgement judge(State&, const Event&, const World&) {
    return nothing_to_judge();
  }
  template <class State>
  Judgement judge_end(State& state, const World& world) {
    if constexpr (std::is_invocable_v<F&, State&, const World&>)
      return f(state, world);
    else
      return f(state);
  }
};

template <class State, class... Branches>
class FoldLaw final : public Law {
 public:
  FoldLaw(State state, Branches... branches) : state_(std::move(state)), branches_(std::move(branches)...) {}

  EventMask wants() const override { return (EventMask{} | ... | Branches::wants); }

 private:
  void judge(const Event& event) override {
    const auto one = [&](auto& branch) {
      const Judgement judgement = branch.judge(state_, event, world());
      if (judgement.kind() == Judgement::Kind::nothing) return;
      evaluated();
      if (judgement.kind() == Judgement::Kind::held) return;
      std::vector<Pid> involved{event.subject};
      if (event.other) involved.push_back(event.other);
      violate(event, judgement.sentence(), std::move(involved), std::string(branch.name) + " at " + path(event.subject));
    };
    std::apply([&](auto&... branch) { (one(branch), ...); }, branches_);
  }

  void judge_end(const RunEnd& end) override {
    const auto one = [&](auto& branch) {
      if constexpr (requires { branch.judge_end(state_, world()); }) {
        if (!complete(end)) return inconclusive("the run ended before this could be judged");
        const Judgement judgement = branch.judge_end(state_, world());
        if (judgement.kind() == Judgement::Kind::nothing) return;
        evaluated();
        if (judgement.kind() == Judgement::Kind::broken) violate(end.at, end.steps, judgement.sentence(), {}, branch.name);
      }
    };
    std::apply([&](auto&... branch) { (one(branch), ...); }, branches_);
  }

  State state_;
  std::tuple<Branches...> branches_;
};

}  // namespace folding

// A note of type M: what self.note(M{...}) wrote. event.subject is who wrote it.
template <class M, class F>
auto on(F f) {
  return folding::OnMessage<M, EventKind::note, F>{std::move(f)};
}
// A message of type M as it is sent, or received. A law with such a branch is called for every message of the run.
template <class M, class F>
auto on_sent(F f) {
  return folding::OnMessage<M, EventKind::send, F>{std::move(f)};
}
template <class M, class F>
auto on_received(F f) {
  return folding::OnMessage<M, EventKind::receive, F>{std::move(f)};
}
// The end of a process, (State&, const Event&): event.subject died with *event.reason.
template <class F>
auto on_exit(F f) {
  return folding::OnEvent<EventKind::exit, F>{std::move(f)};
}
// The making of a process, (State&, const Event&): event.subject is the new one, event.other its parent.
template <class F>
auto on_spawn(F f) {
  return folding::OnEvent<EventKind::spawn, F>{std::move(f)};
}
// When the run got to its end, (State&) or (State&, const World&) -> Judgement; a run cut short is inconclusive.
template <class F>
auto at_end(F f) {
  return folding::AtEnd<F>{std::move(f)};
}

// The law that starts each run with `state` and shows every event to the branches in the order given.
template <class State, class... Branches>
std::unique_ptr<Law> fold_over(State state, Branches... branches) {
  return std::make_unique<folding::FoldLaw<State, Branches...>>(std::move(state), std::move(branches)...);
}

}  // namespace moirai
