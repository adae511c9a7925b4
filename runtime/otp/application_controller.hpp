// The process that knows which applications there are, starts them one at a time or side by side, and decides what their ends mean
// (R-APP-1, R-APP-2): OTP's application_controller. One per release, registered under that name. Made by start_release.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/otp/application.hpp"
#include "runtime/otp/application_master.hpp"
#include "runtime/otp/gen.hpp"

namespace moirai {

inline constexpr std::string_view application_controller_name = "application_controller";

struct StartApplication {
  static constexpr std::string_view fields[] = {"name", "type"};
  using Reply = ApplicationResult;
  std::string name;
  ApplicationType type = ApplicationType::temporary;
};
struct StopApplication {
  static constexpr std::string_view fields[] = {"name"};
  using Reply = ApplicationResult;
  std::string name;
};
struct LoadApplication {
  static constexpr std::string_view fields[] = {"application"};
  using Reply = ApplicationResult;
  Application application;
};
struct UnloadApplication {
  static constexpr std::string_view fields[] = {"name"};
  using Reply = ApplicationResult;
  std::string name;
};
struct WhichApplications {
  using Reply = std::vector<std::string>;
};
struct ApplicationDependencies {
  static constexpr std::string_view fields[] = {"name"};
  using Reply = std::optional<std::vector<std::string>>;
  std::string name;
};

class ApplicationController {
 public:
  static constexpr std::string_view name = "application_controller", behaviour = "application_controller";
  using Accepts = Messages<Exit, proc_lib::StartAnswer, StartApplication, StopApplication, LoadApplication, UnloadApplication,
                           WhichApplications, ApplicationDependencies>;
  using Handled = std::optional<gen::Stop>;

  // Exits when the release has an error.
  ApplicationController(Self& self, const std::shared_ptr<const Release>& release);

  Handled started(Self& self) { return boot(self); }
  Handled handle(Self& self, const Exit& exit);
  Handled handle(Self& self, const proc_lib::StartAnswer& answer);
  Handled handle(Self& self, const StartApplication& request, const From<StartApplication>& from);
  void handle(Self& self, const StopApplication& request, const From<StopApplication>& from);
  void handle(Self& self, const LoadApplication& request, const From<LoadApplication>& from);
  void handle(Self& self, const UnloadApplication& request, const From<UnloadApplication>& from);
  void handle(Self& self, const WhichApplications& request, const From<WhichApplications>& from);
  void handle(Self& self, const ApplicationDependencies& request, const From<ApplicationDependencies>& from);
  // Stops everything, the last started first.
  void terminate(Self& self, const Term& reason);
  std::string state() const;

 private:
  using Requester = std::optional<From<StartApplication>>;  // nothing: the release
  struct Starting {
    std::string name;
    ApplicationType type;
    Pid master;
    std::vector<Requester> requesters;
  };
  struct Running {
    std::string name;
    Pid master;  // nobody: a library
  };

  Handled boot(Self& self);
  Handled start(Self& self, const std::string& its_name, ApplicationType type, Requester from);
  Handled start_succeeded(Self& self, const Starting& starting);
  Handled start_failed(Self& self, const Starting& starting, const Term& reason);
  void answer(Self& self, const Starting& starting, const ApplicationResult& result);
  std::optional<Term> refusal(const std::string& its_name) const;  // why it cannot be started
  bool is_running(const std::string& its_name) const;
  ApplicationParts parts(const std::shared_ptr<const Application>& application) const;
  ApplicationResult stop(Self& self, const std::string& its_name);
  ApplicationResult load(const Application& application);

  std::map<std::string, std::shared_ptr<const Application>> loaded_;
  std::map<std::string, ApplicationType> started_;  // also those that ended by themselves and are temporary, as in OTP
  std::vector<Starting> starting_;
  std::vector<Running> running_;  // in start order
  std::map<std::string, ApplicationType> boot_types_;
  std::deque<std::string> boot_;  // of the release, what is still to be started
  bool boot_waits_ = false;       // for the one that was taken from it last
};

}  // namespace moirai
