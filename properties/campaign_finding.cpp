#include "properties/campaign_finding.hpp"

#include <cstring>
#include <type_traits>

#include "runtime/kernel/check.hpp"

namespace moirai {
namespace {

// One list of fields serves both ways. Host byte order: both ends are the same program on the same machine.
class Writer {
 public:
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void operator()(T value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void operator()(const Duration& value) { (*this)(value.count()); }
  void operator()(const Time& value) { (*this)(nanoseconds(value)); }
  void operator()(const std::string& text) {
    (*this)(text.size());
    bytes += text;
  }
  template <class T>
  void operator()(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    (*this)(values.size());
    for (const T& value : values) (*this)(value);
  }
  template <class T>
  requires(std::is_class_v<T>) void operator()(const T& value) {
    fields(*this, const_cast<T&>(value));  // a writer only reads them
  }
  std::string bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void operator()(T& value) {
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
  }
  void operator()(Duration& value) {
    std::int64_t count = 0;
    (*this)(count);
    value = Duration(count);
  }
  void operator()(Time& value) {
    std::int64_t count = 0;
    (*this)(count);
    value = Time(Duration(count));
  }
  void operator()(std::string& text) {
    std::size_t size = 0;
    (*this)(size);
    text = take(size);
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    bool has = false;
    (*this)(has);
    if (has) (*this)(value.emplace());
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    std::size_t size = 0;
    (*this)(size);
    MOIRAI_CHECK(size <= left_.size(), "a finding holds no more elements than it has bytes");
    values.resize(size);
    for (T& value : values) (*this)(value);
  }
  template <class T>
  requires(std::is_class_v<T>) void operator()(T& value) { fields(*this, value); }

 private:
  std::string_view take(std::size_t size) {
    MOIRAI_CHECK(size <= left_.size(), "a finding arrives whole");
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::string_view left_;
};

template <class Archive>
void fields(Archive& each, LawFinding& law) {
  each(law.state);
  each(law.evaluations);
}

template <class Archive>
void fields(Archive& each, FaultFinding& fault) {
  each(fault.fired);
  each(fault.no_target);
  each(fault.not_reached);
  each(fault.overlap);
  each(fault.cooldown);
  each(fault.active);
}

template <class Archive>
void fields(Archive& each, FaultRecord& record) {
  each(record.name);
  each(record.kth);
  each(record.kind);
  each(record.fate);
  each(record.skip);
  each(record.targets);
  each(record.detail);
  each(record.opened);
  each(record.closed);
}

template <class Archive>
void fields(Archive& each, TailEvent& event) {
  each(event.at);
  each(event.process);
  each(event.text);
}

template <class Archive>
void fields(Archive& each, Tail& tail) {
  each(tail.faults);
  each(tail.events);
  each(tail.omitted);
  each(tail.remark);
}

template <class Archive>
void fields(Archive& each, RunCounters& counters) {
  each(counters.sent);
  each(counters.received);
  each(counters.dropped);
  each(counters.spawns);
  each(counters.exits);
  each(counters.restarts);
  each(counters.giveups);
}

template <class Archive>
void fields(Archive& each, Finding& finding) {
  each(finding.seed);
  each(finding.state);
  each(finding.digest);
  each(finding.steps);
  each(finding.virtual_time);
  each(finding.laws);
  each(finding.faults);
  each(finding.counters);
  each(finding.recovery);
  each(finding.wall);
  each(finding.root_ended);
  each(finding.verified);
  each(finding.difference);
  each(finding.sentence);
  each(finding.property);
  each(finding.signature);
  each(finding.tail);
}

}  // namespace

std::string_view name_of(Finding::State state) {
  constexpr std::string_view names[] = {"pass", "fail", "inconclusive", "invalid", "crashed", "nondeterministic"};
  return names[static_cast<std::size_t>(state)];
}

std::string encode(const Finding& finding) {
  Writer writer;
  writer(finding);
  return std::move(writer.bytes);
}

Finding decode(std::string_view bytes) {
  Finding finding;
  Reader reader(bytes);
  reader(finding);
  return finding;
}

}  // namespace moirai
