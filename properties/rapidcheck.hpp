// The only door to RapidCheck outside of tests: random supervision trees and random crash plans, which shrink and print.
//
//   rc::check("no plan breaks a law", [](const TreeSketch& tree, const std::vector<CrashSketch>& crashes) {
//     const SketchRun run = run_sketch(tree, crashes);
//     if (const LawOutcome* law = run.broken()) RC_FAIL(law->verdict.sentence);
//   });
//
// Shrinking takes out crashes first, then children and subtrees, then makes what is left plainer (quiet, permanent, boom, at 0 ms).
#pragma once
#include <rapidcheck.h>

#include <ostream>

#include "properties/tree_sketch.hpp"

namespace moirai {

// One of `choices`, whatever the size; shrinks towards the first (element() does not shrink).
template <class T>
rc::Gen<T> gen_choice(std::vector<T> choices) {
  const std::size_t count = choices.size();
  return rc::gen::map(rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, count)),
                      [choices = std::move(choices)](std::size_t index) { return choices[index]; });
}

// Trees of at most `depth` levels of supervisors with up to `width` children each.
inline rc::Gen<TreeSketch> gen_tree(int depth = 3, std::size_t width = 4);

inline rc::Gen<ChildSketch> gen_child(int depth, std::size_t width) {
  using Kind = ChildSketch::Kind;
  const auto restart = gen_choice<Restart>({Restart::permanent, Restart::permanent, Restart::transient, Restart::temporary});
  const auto leaf = rc::gen::build<ChildSketch>(
      rc::gen::set(&ChildSketch::kind, gen_choice<Kind>({Kind::quiet, Kind::busy, Kind::handler, Kind::slow, Kind::deaf, Kind::brittle,
                                                         Kind::hanging, Kind::asking})),
      rc::gen::set(&ChildSketch::restart, restart));
  if (depth <= 0) return leaf;
  const auto subtree = rc::gen::map(rc::gen::pair(restart, gen_tree(depth, width)), [](std::pair<Restart, TreeSketch> parts) {
    return ChildSketch{Kind::supervisor, parts.first, {std::move(parts.second)}};
  });
  // A subtree shrinks to a leaf before anything inside it shrinks.
  return rc::gen::shrink(rc::gen::weightedOneOf<ChildSketch>({{3, leaf}, {1, subtree}}), [](const ChildSketch& child) {
    return child.kind == Kind::supervisor ? rc::seq::just(ChildSketch{Kind::quiet, child.restart, {}}) : rc::Seq<ChildSketch>();
  });
}

inline rc::Gen<TreeSketch> gen_tree(int depth, std::size_t width) {
  // Container generators grow with the size; four children are enough to tell orders apart.
  const auto children = rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, width + 1), [depth, width](std::size_t count) {
    return rc::gen::container<std::vector<ChildSketch>>(count, gen_child(depth - 1, width));
  });
  const auto fewer = rc::gen::shrink(children, [](const std::vector<ChildSketch>& all) {
    return rc::seq::map(rc::seq::range<std::size_t>(0, all.size()), [all](std::size_t place) {
      std::vector<ChildSketch> rest = all;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(place));
      return rest;
    });
  });
  const auto tree = rc::gen::build<TreeSketch>(
      rc::gen::set(&TreeSketch::strategy, gen_choice<Strategy>({Strategy::one_for_one, Strategy::one_for_all, Strategy::rest_for_one})),
      rc::gen::set(&TreeSketch::restarts, gen_choice<int>({0, 1, 1, 2, 3, 5, 10, 30})),
      rc::gen::set(&TreeSketch::within_s, rc::gen::inRange(1, 6)), rc::gen::set(&TreeSketch::children, fewer));
  // A subtree may do in place of the whole.
  return rc::gen::shrink(tree, [](const TreeSketch& whole) {
    std::vector<TreeSketch> subtrees;
    for (const ChildSketch& child : whole.children)
      if (child.kind == ChildSketch::Kind::supervisor) subtrees.push_back(child.below.front());
    return rc::seq::fromContainer(std::move(subtrees));
  });
}

// Times fall on whole half seconds half of the time, so that several meet in one instant and on the edges of restart windows.
inline rc::Gen<CrashSketch> gen_crash() {
  using Reason = CrashSketch::Reason;
  constexpr int last = static_cast<int>(sketch_chaos / std::chrono::milliseconds(1));
  const auto even = rc::gen::map(rc::gen::inRange(0, last / 500), [](int half_seconds) { return half_seconds * 500; });
  return rc::gen::build<CrashSketch>(
      rc::gen::set(&CrashSketch::at_ms, rc::gen::oneOf(even, rc::gen::inRange(0, last))),
      rc::gen::set(&CrashSketch::victim, rc::gen::inRange<std::uint32_t>(0, 64)),
      rc::gen::set(&CrashSketch::reason, gen_choice<Reason>({Reason::boom, Reason::boom, Reason::kill, Reason::normal, Reason::shutdown})),
      rc::gen::set(&CrashSketch::after_operations, rc::gen::weightedOneOf<int>({{4, rc::gen::just(0)}, {1, rc::gen::inRange(1, 6)}})));
}

inline void showValue(const TreeSketch& tree, std::ostream& out) { out << '\n' << to_string(tree); }
inline void showValue(const CrashSketch& crash, std::ostream& out) { out << to_string(crash); }

}  // namespace moirai

namespace rc {

template <>
struct Arbitrary<moirai::TreeSketch> {
  static Gen<moirai::TreeSketch> arbitrary() { return moirai::gen_tree(); }
};
template <>
struct Arbitrary<moirai::CrashSketch> {
  static Gen<moirai::CrashSketch> arbitrary() { return moirai::gen_crash(); }
};

}  // namespace rc
