// SIGINT and SIGTERM as a question that a campaign asks several times a second. The second one of a kind ends the program at once.
#pragma once
#include <csignal>

namespace moirai {

class InterruptScope {  // one at a time
 public:
  InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
  ~InterruptScope();

  // The signal that came, or 0.
  int signal() const;
  // 0, or 128 + the signal: 130, 143.
  int exit_code() const { return signal() == 0 ? 0 : 128 + signal(); }

 private:
  struct sigaction old_int_, old_term_;
};

}  // namespace moirai
