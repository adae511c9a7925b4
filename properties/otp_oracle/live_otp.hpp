// Real OTP at work: one erl that runs the oracle for as long as this lives, asked program by program. One scheduler, so that what it
// does is the same each time. For tests; expects to run in the root of the repository.
#pragma once
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "properties/otp_oracle/value.hpp"

namespace moirai::otp_oracle {

class LiveOtp {
 public:
  // Compiles and starts the oracle. Not ok(): trouble() says why, as after a call that got no answer.
  LiveOtp();
  ~LiveOtp();
  LiveOtp(const LiveOtp&) = delete;
  LiveOtp& operator=(const LiveOtp&) = delete;

  bool ok() const { return trouble_.empty(); }
  const std::string& trouble() const { return trouble_; }

  // The log of one program, of any kind. nullopt: see trouble().
  std::optional<Log> run(const Value& program);
  // The logs of many, in order; quicker than one by one. Empty: see trouble().
  std::vector<Log> run(const std::vector<Value>& programs);

 private:
  void start();
  bool send(const std::string& text);
  std::optional<std::string> read_line();
  std::optional<Log> read_log();
  void fail(const std::string& what);

  pid_t process_ = -1;
  int to_ = -1, from_ = -1;
  std::string read_;  // what has come and is not yet taken
  std::string trouble_;
};

}  // namespace moirai::otp_oracle
