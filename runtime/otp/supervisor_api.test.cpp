#include "runtime/otp/supervisor_api.hpp"

#include <gtest/gtest.h>

#include "runtime/otp/supervisor.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

const Pid someone(5, 1, 0);
std::string text(const Term& term) { return term.to_string(); }

TEST(SupervisorApi, ResultsAreOtpsTerms) {  // R-SUP-45
  EXPECT_EQ(text(StartChildResult{someone}.to_term()), "{ok," + someone.to_string() + "}");
  EXPECT_EQ(text(StartChildResult{someone, Term::atom("i")}.to_term()), "{ok," + someone.to_string() + ",i}");
  EXPECT_EQ(text(StartChildResult{}.to_term()), "{ok,undefined}");
  EXPECT_EQ(text(StartChildResult{Pid{}, std::nullopt, Term::atom("already_present")}.to_term()), "{error,already_present}");
  EXPECT_EQ(text(ChildResult{}.to_term()), "ok");
  EXPECT_EQ(text(ChildResult{Term::atom("running")}.to_term()), "{error,running}");
  EXPECT_EQ(text(ChildCounts{4, 3, 2, 1}.to_term()), "[{specs,4},{active,3},{supervisors,2},{workers,1}]");
  using State = ChildStatus::State;
  EXPECT_EQ(text(to_term({{"a", State::running, someone, ChildType::worker, {"m", "n"}},
                          {"b", State::restarting, Pid{}, ChildType::supervisor, {}},
                          {"c", State::stopped, Pid{}, ChildType::worker, {}}})),
            "[{a," + someone.to_string() + ",worker,[m,n]},{b,restarting,supervisor,[]},{c,undefined,worker,[]}]");
  EXPECT_EQ(text(ChildSpecResult{std::nullopt, Term::atom("not_found")}.to_term()), "{error,not_found}");
}

TEST(SupervisorApi, SpecsAreToldWithTheirDefaults) {  // R-SUP-3; supervisor_SUITE:sup_start_map
  const auto told = [](ChildSpec spec) { return text(ChildSpecResult{std::move(spec), std::nullopt}.to_term()); };
  EXPECT_EQ(told(worker("a", [](Self&) {})),
            "{ok,[{id,a},{restart,permanent},{significant,false},{shutdown,5000},{type,worker},{modules,[function]}]}");
  EXPECT_EQ(told(supervisor({.name = "s"}, {})),
            "{ok,[{id,s},{restart,permanent},{significant,false},{shutdown,infinity},{type,supervisor},{modules,[supervisor]}]}");
  EXPECT_EQ(told(worker("a", [](Self&) {}, {.restart = Restart::transient, .shutdown = Shutdown::brutal_kill(), .significant = true})),
            "{ok,[{id,a},{restart,transient},{significant,true},{shutdown,brutal_kill},{type,worker},{modules,[function]}]}");
}

TEST(SupervisorApi, RequestsPrintWhatTheyCarry) {
  EXPECT_EQ(reflect::to_text(TerminateChild{"a"}), "TerminateChild{child=\"a\"}");
  EXPECT_EQ(reflect::to_text(StartChild{worker("a", [](Self&) {})}),
            "StartChild{what=ChildConfig{id=\"a\", restart=permanent, shutdown=5s, type=worker, significant=false}}");
}

}  // namespace
}  // namespace moirai
