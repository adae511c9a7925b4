// A journal: what is written here survives the crash of whoever wrote it. A scenario that leaves the journal alone claims nothing for
// the day on which the journal is lost, too. Used by the ledger of the bank and by the key-value store; entries are any message type.
//
// One process writes at a time, the one that opened it last. An entry that a dead writer had sent may arrive after its successor has read
// the journal: there is no order between two senders. It is refused, or else the successor would not know of it.
#pragma once
#include <string>
#include <vector>

#include "scenarios/suite/suite.hpp"

namespace journal {

using namespace moirai;

template <class Entry>
struct Pages {
  std::vector<Entry> entries;  // oldest first
};
template <class Entry>
void fold(Digest& digest, const Pages<Entry>& pages) {
  reflect::fold_value(digest, pages.entries);
}
template <class Entry>
void print(std::string& out, const Pages<Entry>& pages) {  // how many, not all of them
  out += "Pages{" + std::to_string(pages.entries.size()) + " entries}";
}

template <class Entry>
struct Open {  // the caller is the writer from now on
  using Reply = Pages<Entry>;
};

template <class Entry>
struct Append {  // false: somebody else has opened the journal since
  using Reply = bool;
  static constexpr std::string_view fields[] = {"entry"};
  Entry entry;
};

template <class Entry>
struct Journal {
  using Accepts = Messages<Open<Entry>, Append<Entry>>;

  bool one_writer = true;  // false: takes entries from anybody, the mistake that this journal exists to avoid
  std::vector<Entry> entries{};
  Pid writer{};

  void on(Self& self, const Open<Entry>&, From<Open<Entry>> from) {
    writer = from.caller;
    self.reply(from, Pages<Entry>{entries});
  }
  void on(Self& self, const Append<Entry>& append, From<Append<Entry>> from) {
    const bool written = from.caller == writer || !one_writer;
    if (written) entries.push_back(append.entry);
    self.reply(from, written);
  }
};

}  // namespace journal
