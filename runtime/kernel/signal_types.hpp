// The tags of the signals that are no messages. Included by the kernel's own sources alone.
#pragma once
#include "runtime/kernel/world.hpp"

namespace moirai {

struct World::Tags {
  static constexpr SignalType exit = detail::signal_type<ExitPayload>(SignalKind::exit);
  static constexpr SignalType link_exit = detail::signal_type<ExitPayload>(SignalKind::link_exit);
  static constexpr SignalType link = detail::signal_type<LinkPayload>(SignalKind::link);
  static constexpr SignalType unlink = detail::signal_type<LinkPayload>(SignalKind::unlink);
  static constexpr SignalType unlink_ack = detail::signal_type<LinkPayload>(SignalKind::unlink_ack);
  static constexpr SignalType monitor = detail::signal_type<MonitorPayload>(SignalKind::monitor);
  static constexpr SignalType demonitor = detail::signal_type<MonitorPayload>(SignalKind::demonitor);
  static constexpr SignalType down = detail::signal_type<DownPayload>(SignalKind::down);
  static constexpr SignalType info_request = detail::signal_type<InfoPayload>(SignalKind::info_request);
  static constexpr SignalType group_leader = detail::signal_type<InfoPayload>(SignalKind::group_leader);
};

}  // namespace moirai
