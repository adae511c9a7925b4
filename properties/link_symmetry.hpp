// Law "link_symmetry": whenever time moves, two processes agree on their link: one lists the other iff the other lists it, and both are
// alive (I-3, R-LNK-4, R-LNK-5). While a signal of the link protocol is held up on the wire nobody is asked.
#pragma once
#include <set>

#include "properties/law.hpp"

namespace moirai {

class LinkSymmetry final : public Law {
 public:
  static LawDeclaration declaration();
  EventMask wants() const override;

 private:
  void judge(const Event&) override;
  void judge_end(const RunEnd&) override;
  void compare(Time at, std::uint64_t step);

  std::set<Pid> changed_;         // took part in a link, unlink or death since they were last compared
  std::set<std::uint64_t> held_;  // orders of signals of the link protocol that the wire holds
};

}  // namespace moirai
