// Exit reasons (K-15): immutable trees of atom, integer, string, pid, ref, tuple and list, printed in Erlang syntax.
// 16 bytes; atoms that every supervisor uses, integers, pids and refs need no allocation, the rest is refcounted (one thread per world).
#pragma once
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/digest.hpp"
#include "runtime/kernel/ids.hpp"

namespace moirai {

class Term {
 public:
  // In Erlang's term order where both exist.
  enum class Kind : std::uint8_t { integer, atom, ref, pid, tuple, list, string, remark };

  Term() noexcept : Term(static_atom(0)) {}  // the atom `normal`
  Term(const Term& other) noexcept : kind_(other.kind_), immortal_(other.immortal_), content_(other.content_) { retain(); }
  Term(Term&& other) noexcept : kind_(other.kind_), immortal_(other.immortal_), content_(other.content_) {
    other.kind_ = Kind::integer;
    other.immortal_ = true;
    other.content_.integer = 0;
  }
  Term& operator=(Term other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(immortal_, other.immortal_);
    std::swap(content_, other.content_);
    return *this;
  }
  ~Term() { release(); }

  static Term atom(std::string_view text);
  static Term integer(std::int64_t value);
  static Term string(std::string_view text);
  static Term remark(
      std::string_view text);  // text for people: printed like a string, but no part of the digest (what() differs between libraries)
  static Term pid(Pid);
  static Term ref(Ref);
  static Term tuple(std::vector<Term> elements);
  static Term list(std::vector<Term> elements);
  static Term static_atom(unsigned index) noexcept {  // the atoms of namespace reason
    Content content;
    content.bits = index;
    return Term(Kind::atom, true, content);
  }

  Kind kind() const { return kind_; }
  bool is_atom() const { return kind_ == Kind::atom; }
  bool is_atom(std::string_view text) const { return is_atom() && this->text() == text; }
  bool is_tuple() const { return kind_ == Kind::tuple; }
  bool is_list() const { return kind_ == Kind::list; }
  bool is_integer() const { return kind_ == Kind::integer; }
  bool is_string() const { return kind_ == Kind::string || kind_ == Kind::remark; }
  bool is_pid() const { return kind_ == Kind::pid; }
  bool is_ref() const { return kind_ == Kind::ref; }

  std::string_view text() const;                                   // atom, string, remark; else empty
  std::int64_t integer_value() const { return content_.integer; }  // Requires: is_integer()
  Pid pid_value() const { return Pid::from_bits(content_.bits); }  // Requires: is_pid()
  Ref ref_value() const { return Ref{content_.bits}; }             // Requires: is_ref()
  std::size_t size() const;                                        // elements of a tuple or list; else 0
  const Term& operator[](std::size_t i) const;                     // Requires: i < size()

  friend std::strong_ordering operator<=>(const Term& a, const Term& b);  // by content
  friend bool operator==(const Term& a, const Term& b) { return (a <=> b) == 0; }

  std::string to_string() const;
  void fold(Digest&) const;

 private:
  struct Node;
  union Content {
    std::int64_t integer;
    std::uint64_t bits;
    Node* node;
  };
  Term(Kind kind, bool immortal, Content content) noexcept : kind_(kind), immortal_(immortal), content_(content) {}
  void retain() const noexcept {
    if (!immortal_) [[unlikely]]
      retain_node();
  }
  void release() noexcept {
    if (!immortal_) [[unlikely]]
      release_node();
  }
  void retain_node() const noexcept;
  void release_node() noexcept;

  Kind kind_;
  bool immortal_;  // content_ is a value, or the index of a static atom
  Content content_;
};

// The reasons that OTP itself uses.
namespace reason {
inline Term normal() { return Term::static_atom(0); }
inline Term shutdown() { return Term::static_atom(1); }
inline Term kill() { return Term::static_atom(2); }
inline Term killed() { return Term::static_atom(3); }
inline Term noproc() { return Term::static_atom(4); }
inline Term noconnection() { return Term::static_atom(5); }
inline Term timeout() { return Term::static_atom(6); }
inline Term badarg() { return Term::static_atom(7); }
// {error,TypeName,What}: what a C++ exception that leaves a body becomes. What is a remark.
Term error(std::string_view type, std::string_view what);
}  // namespace reason

// Class N of the supervisor's decision table: normal, shutdown, {shutdown,_}.
bool is_normal_exit(const Term& reason);

// Reads Erlang syntax: atoms ('quoted' too), integers, "strings", {tuples}, [lists]. nullopt: `why` says what and at which offset.
std::optional<Term> parse_term(std::string_view text, std::string* why = nullptr);

}  // namespace moirai
