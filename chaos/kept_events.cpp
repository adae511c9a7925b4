#include "chaos/kept_events.hpp"

#include <algorithm>
#include <new>

#include "runtime/kernel/check.hpp"

namespace moirai {

struct KeptEvents::Record {
  EventKind kind;
  SignalKind signal;
  Hold hold;
  ExitCause cause;
  bool on;
  Content content;
  std::uint16_t bytes;  // of all of it, a multiple of 8
  Time at;
  std::uint64_t step;
  Pid subject, other;
  const SignalType* type;

  void* held() { return this + 1; }
  const void* held() const { return this + 1; }
};

KeptEvent KeptEvents::read(const char* at, std::size_t& bytes) {
  const Record& record = *reinterpret_cast<const Record*>(at);
  bytes = record.bytes;
  KeptEvent event{record.kind, record.signal, record.hold, record.cause, record.on, record.at, record.step, record.subject, record.other};
  switch (record.content) {
    case Content::nothing: break;
    case Content::message:
    case Content::boxed_message:
      event.message_type = record.type;
      event.message = record.content == Content::message ? record.held() : *static_cast<void* const*>(record.held());
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
  if (chunks_.empty() || chunks_.back().end + whole > chunks_.back().memory.get() + chunks_.back().memory.get_deleter().bytes) [[unlikely]]
    add_chunk();
  Chunk& chunk = chunks_.back();
  Record* const record =
      ::new (chunk.end) Record{event.kind, event.signal, event.hold,    event.cause, event.on, content, static_cast<std::uint16_t>(whole),
                               event.at,   event.step,   event.subject, event.other, type};
  chunk.end += whole;
  chunk.owners += owns(*record);
  return record->held();
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
  chunk.owners = 0;
}

inline bool KeptEvents::owns(const Record& record) {
  switch (record.content) {
    case Content::nothing: return false;
    case Content::message:
    case Content::boxed_message: return record.type->destroy != nullptr;
    case Content::reason:
    case Content::text: break;
  }
  return true;
}

void KeptEvents::destroy(Record& record) {
  switch (record.content) {
    case Content::nothing: break;
    case Content::message:
      if (record.type->destroy) record.type->destroy(record.held());
      break;
    case Content::boxed_message: record.type->destroy(*static_cast<void**>(record.held())); break;
    case Content::reason: static_cast<Term*>(record.held())->~Term(); break;
    case Content::text: std::destroy_at(static_cast<std::string*>(record.held())); break;
  }
}

void KeptEvents::forget_oldest() {
  MOIRAI_CHECK(!chunks_.empty(), "what is forgotten was kept");
  Chunk& chunk = chunks_.front();
  Record& record = *reinterpret_cast<Record*>(chunk.begin);
  chunk.owners -= owns(record);
  destroy(record);
  chunk.begin += record.bytes;
  if (chunk.begin != chunk.end) return;
  spare_.push_back(std::move(chunk));
  chunks_.pop_front();
}

void KeptEvents::clear() {
  for (Chunk& chunk : chunks_) {
    for (char* at = chunk.begin; at != chunk.end && chunk.owners != 0; at += reinterpret_cast<Record*>(at)->bytes)
      if (Record& record = *reinterpret_cast<Record*>(at); owns(record)) {
        destroy(record);
        --chunk.owners;
      }
    spare_.push_back(std::move(chunk));
  }
  chunks_.clear();
}

}  // namespace moirai
