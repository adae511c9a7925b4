#include "scenarios/suite/interrupt.hpp"

namespace moirai {
namespace {

volatile std::sig_atomic_t came = 0;

void on_interrupt(int signal) { came = signal; }

}  // namespace

InterruptScope::InterruptScope() {
  came = 0;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, &old_int_);
  ::sigaction(SIGTERM, &action, &old_term_);
}

InterruptScope::~InterruptScope() {
  ::sigaction(SIGINT, &old_int_, nullptr);
  ::sigaction(SIGTERM, &old_term_, nullptr);
}

int InterruptScope::signal() const { return came; }

}  // namespace moirai
