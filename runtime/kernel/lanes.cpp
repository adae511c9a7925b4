#include "runtime/kernel/lanes.hpp"

#include "runtime/kernel/random.hpp"

namespace moirai {

std::size_t Lanes::find(Pid sender) const {
  const std::size_t mask = index_.size() - 1;
  std::size_t at = scramble(sender.bits()) & mask;
  while (index_[at] != 0 && lanes_[index_[at] - 1].sender != sender) at = (at + 1) & mask;
  return at;
}

void Lanes::grow() {
  const std::size_t size = index_.empty() ? 64 : index_.size() * 2;
  index_.assign(size, 0);
  for (std::size_t i = 0; i < lanes_.size(); ++i) index_[find(lanes_[i].sender)] = static_cast<std::uint32_t>(i + 1);
}

bool Lanes::push(Signal* signal) {
  if ((lanes_.size() + 1) * 2 > index_.size()) grow();
  signal->next = nullptr;
  const std::size_t at = find(signal->sender);
  if (index_[at] != 0) {
    Lane& lane = lanes_[index_[at] - 1];
    lane.tail->next = signal;
    lane.tail = signal;
    return false;
  }
  lanes_.push_back({signal->sender, signal, signal});
  index_[at] = static_cast<std::uint32_t>(lanes_.size());
  return true;
}

Signal* Lanes::pop(Pid sender, bool& emptied) {
  const std::size_t at = find(sender);
  Lane& lane = lanes_[index_[at] - 1];
  Signal* signal = lane.head;
  lane.head = signal->next;
  emptied = lane.head == nullptr;
  if (emptied)
    erase(at);
  else
    __builtin_prefetch(lane.head);
  return signal;
}

void Lanes::erase(std::size_t place) {
  const std::size_t mask = index_.size() - 1;
  const std::size_t lane = index_[place] - 1;
  std::size_t gap = place;
  index_[gap] = 0;
  for (std::size_t at = (gap + 1) & mask; index_[at] != 0; at = (at + 1) & mask) {  // shift back what probed across the gap
    const std::size_t home = scramble(lanes_[index_[at] - 1].sender.bits()) & mask;
    if (((at - home) & mask) >= ((at - gap) & mask)) {
      index_[gap] = index_[at];
      index_[at] = 0;
      gap = at;
    }
  }
  const std::size_t last = lanes_.size() - 1;
  if (lane != last) {
    index_[find(lanes_[last].sender)] = static_cast<std::uint32_t>(lane + 1);
    lanes_[lane] = lanes_[last];
  }
  lanes_.pop_back();
}

}  // namespace moirai
