#include "properties/builtin_laws.hpp"

#include "properties/call_replies.hpp"
#include "properties/exit_delivery.hpp"
#include "properties/link_symmetry.hpp"
#include "properties/message_order.hpp"
#include "properties/no_orphans.hpp"
#include "properties/recovery.hpp"
#include "properties/restart_intensity.hpp"
#include "properties/root_survives.hpp"
#include "properties/shutdown_bound.hpp"
#include "properties/supervision_order.hpp"

namespace moirai {
namespace {

template <class L>
LawEntry plain() {
  return {L::declaration(), [](const Args&) { return std::make_unique<L>(); }};
}

}  // namespace

LawCatalogue builtin_laws() {
  return LawCatalogue({
      plain<CallReplies>(),
      plain<ExitDelivery>(),
      plain<LinkSymmetry>(),
      plain<MessageOrder>(),
      plain<NoOrphans>(),
      {Recovery::declaration(), [](const Args& args) { return std::make_unique<Recovery>(args.duration("within")); }},
      plain<RestartIntensity>(),
      plain<RootSurvives>(),
      plain<ShutdownBound>(),
      plain<SupervisionOrder>(),
  });
}

}  // namespace moirai
