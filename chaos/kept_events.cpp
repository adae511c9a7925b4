#include "chaos/kept_events.hpp"

#include <algorithm>
#include <new>

#include "runtime/kernel/check.hpp"

namespace moirai {

// Four words, since memory is most of what a trace costs. What an event says besides its kind fits into four bits, whatever its kind.
// Packed by hand: assigned one by one, bit fields are loaded and stored again each time.
struct KeptEvents::Record {
  std::uint64_t what;  // kind:5 signal:4 content:3 detail:4, address of the message's type:48
  std::uint64_t when;  // since the base: steps:24, ns:40
  Pid subject, other;
  static constexpr std::uint64_t longest = std::uint64_t{1} << 40, most_steps = std::uint64_t{1} << 24;

  static std::uint64_t packed(EventKind kind, SignalKind signal, Content content, unsigned detail, const SignalType* type) {
    return static_cast<std::uint64_t>(kind) | static_cast<std::uint64_t>(signal) << 5 | static_cast<std::uint64_t>(content) << 9 |
           static_cast<std::uint64_t>(detail) << 12 | reinterpret_cast<std::uintptr_t>(type) << 16;
  }
  EventKind kind() const { return static_cast<EventKind>(what & 31); }
  SignalKind signal() const { return static_cast<SignalKind>(what >> 5 & 15); }
  Content content() const { return static_cast<Content>(what >> 9 & 7); }
  unsigned detail() const { return static_cast<unsigned>(what >> 12 & 15); }  // exit: its cause; send: Hold; else `on`
  const SignalType& message_type() const { return *reinterpret_cast<const SignalType*>(static_cast<std::uintptr_t>(what >> 16)); }

  void* held() { return this + 1; }
  const void* held() const { return this + 1; }

  std::size_t bytes() const {  // of all of it, a multiple of 8
    std::size_t behind = 0;
    switch (content()) {
      case Content::nothing: break;
      case Content::message: behind = message_type().size; break;
      case Content::boxed_message: behind = sizeof(void*); break;
      case Content::reason: behind = sizeof(Term); break;
      case Content::text: behind = sizeof(std::string); break;
      case Content::base: behind = sizeof(Base); break;
    }
    return (sizeof(Record) + behind + 7) / 8 * 8;
  }
  bool owns() const {
    switch (content()) {
      case Content::nothing:
      case Content::base: return false;
      case Content::message:
      case Content::boxed_message: return message_type().destroy != nullptr;
      case Content::reason:
      case Content::text: break;
    }
    return true;
  }
};

namespace {
bool is_send(EventKind kind) { return kind == EventKind::send || kind == EventKind::signal_send; }
unsigned detail_of(const Event& event) {
  if (is_send(event.kind)) return static_cast<unsigned>(event.hold);
  return event.kind == EventKind::exit ? static_cast<unsigned>(event.cause) : static_cast<unsigned>(event.on);
}
}  // namespace

std::optional<KeptEvent> KeptEvents::read(const char*& at, Base& base) {
  const Record& record = *reinterpret_cast<const Record*>(at);
  at += record.bytes();
  if (record.content() == Content::base) {
    base = *static_cast<const Base*>(record.held());
    return std::nullopt;
  }
  const EventKind kind = record.kind();
  KeptEvent event{.kind = kind,
                  .signal = record.signal(),
                  .hold = is_send(kind) ? static_cast<Hold>(record.detail()) : Hold::none,
                  .cause = kind == EventKind::exit ? static_cast<ExitCause>(record.detail()) : ExitCause::returned,
                  .on = !is_send(kind) && kind != EventKind::exit && record.detail() != 0,
                  .at = base.at + Duration(static_cast<Duration::rep>(record.when >> 24)),
                  .step = base.step + (record.when & (Record::most_steps - 1)),
                  .subject = record.subject,
                  .other = record.other};
  switch (record.content()) {
    case Content::nothing:
    case Content::base: break;
    case Content::message:
    case Content::boxed_message:
      event.message_type = &record.message_type();
      event.message = record.content() == Content::message ? record.held() : *static_cast<void* const*>(record.held());
      break;
    case Content::reason: event.reason = static_cast<const Term*>(record.held()); break;
    case Content::text: event.told = *static_cast<const std::string*>(record.held()); break;
  }
  return event;
}

void KeptEvents::keep(const Event& event) {
  if (event.message) {
    const SignalType& type = event.message->type();
    if (type.size_class != size_class_boxed) [[likely]] {
      type.copy(append(event, Content::message, &type, type.size), event.message->payload());
    } else {  // destroyed as what it is a copy of: by delete
      void* const box = ::operator new(type.size);
      type.copy(box, event.message->payload());
      ::new (append(event, Content::boxed_message, &type, sizeof box)) void*(box);
    }
  } else if (event.reason) {
    ::new (append(event, Content::reason, nullptr, sizeof(Term))) Term(*event.reason);
  } else {
    append(event, Content::nothing, nullptr, 0);
  }
}

void KeptEvents::keep(const Event& event, std::string text) {
  ::new (append(event, Content::text, nullptr, sizeof(std::string))) std::string(std::move(text));
}

inline void* KeptEvents::append(const Event& event, Content content, const SignalType* type, std::size_t bytes) {
  const std::size_t whole = (sizeof(Record) + bytes + 7) / 8 * 8;
  if (chunks_.empty() || chunks_.back().room() < whole + sizeof(Record) + sizeof(Base)) [[unlikely]]
    add_chunk();
  auto after = static_cast<std::uint64_t>(nanoseconds(event.at) - nanoseconds(base_.at)), steps = event.step - base_.step;
  if (after >= Record::longest || steps >= Record::most_steps) [[unlikely]] {
    move_base(event);
    after = steps = 0;
  }
  Chunk& chunk = chunks_.back();
  Record* const record = ::new (chunk.end)
      Record{Record::packed(event.kind, event.signal, content, detail_of(event), type), steps | after << 24, event.subject, event.other};
  chunk.end += whole;
  chunk.owners += record->owns();
  return record->held();
}

void KeptEvents::move_base(const Event& event) {
  Chunk& chunk = chunks_.back();
  base_ = {event.at, event.step};
  if (chunk.begin == chunk.end) {
    chunk.base = base_;
    return;
  }
  Record* const record = ::new (chunk.end) Record{Record::packed({}, {}, Content::base, 0, nullptr), 0, {}, {}};
  ::new (record->held()) Base(base_);
  chunk.end += record->bytes();
}

void KeptEvents::add_chunk() {
  // Small at first, for the many traces of a few events; then as large as a huge page, since a page fault costs more than its events.
  constexpr std::size_t least = std::size_t{1} << 16, most = huge_page_bytes;
  if (spare_.empty()) {
    Chunk chunk;
    chunk.memory = large_block(chunks_.empty() ? least : std::min(2 * chunks_.back().memory.get_deleter().bytes, most));
    spare_.push_back(std::move(chunk));
  }
  chunks_.push_back(std::move(spare_.back()));
  spare_.pop_back();
  Chunk& chunk = chunks_.back();
  chunk.begin = chunk.end = chunk.memory.get();
  chunk.base = base_;
  chunk.owners = 0;
}

void KeptEvents::destroy(Record& record) {
  switch (record.content()) {
    case Content::nothing:
    case Content::base: break;
    case Content::message:
      if (record.message_type().destroy) record.message_type().destroy(record.held());
      break;
    case Content::boxed_message: record.message_type().destroy(*static_cast<void**>(record.held())); break;
    case Content::reason: static_cast<Term*>(record.held())->~Term(); break;
    case Content::text: std::destroy_at(static_cast<std::string*>(record.held())); break;
  }
}

void KeptEvents::forget_oldest() {
  for (bool forgot = false; !forgot;) {
    MOIRAI_CHECK(!chunks_.empty(), "what is forgotten was kept");
    Chunk& chunk = chunks_.front();
    if (chunk.begin != chunk.end) {
      Record& record = *reinterpret_cast<Record*>(chunk.begin);
      forgot = record.content() != Content::base;
      if (!forgot) chunk.base = *static_cast<const Base*>(record.held());
      chunk.owners -= record.owns();
      chunk.begin += record.bytes();
      destroy(record);
    }
    if (chunk.begin != chunk.end) continue;
    spare_.push_back(std::move(chunk));
    chunks_.pop_front();
  }
}

void KeptEvents::clear() {
  for (Chunk& chunk : chunks_) {
    for (char* at = chunk.begin; at != chunk.end && chunk.owners != 0;) {
      Record& record = *reinterpret_cast<Record*>(at);
      at += record.bytes();
      if (!record.owns()) continue;
      destroy(record);
      --chunk.owners;
    }
    spare_.push_back(std::move(chunk));
  }
  chunks_.clear();
}

}  // namespace moirai
