#include "runtime/otp/child_spec.hpp"

#include <gtest/gtest.h>

#include "runtime/otp/supervisor.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

void body(Self&) {}
struct Handler {
  using Accepts = Messages<>;
};

TEST(ChildSpec, Defaults) {  // R-SUP-3; supervisor_SUITE:sup_start_map
  const ChildSpec spec = worker("a", body);
  EXPECT_EQ(spec.id, "a");
  EXPECT_EQ(spec.restart, Restart::permanent);
  EXPECT_EQ(spec.shutdown, Shutdown::after(5s));
  EXPECT_EQ(spec.type, ChildType::worker);
  EXPECT_EQ(spec.subtree, nullptr);
  EXPECT_FALSE(spec.significant);
  EXPECT_EQ(spec.modules, std::vector<std::string>{"function"});
  EXPECT_EQ(worker<Handler>("a").modules, std::vector<std::string>{"Handler"});
  const ChildSpec tree = supervisor({.name = "s"}, {spec});
  EXPECT_EQ(tree.id, "s");
  EXPECT_EQ(tree.restart, Restart::permanent);
  EXPECT_EQ(tree.shutdown, Shutdown::infinity());
  EXPECT_EQ(tree.type, ChildType::supervisor);
  ASSERT_NE(tree.subtree, nullptr);
  EXPECT_EQ(tree.subtree->children.size(), 1u);
}

TEST(ChildSpec, TakesWhatTheUserSays) {  // R-SUP-3
  const ChildSpec spec = worker<Handler>("a", {.restart = Restart::transient, .shutdown = Shutdown::brutal_kill()});
  EXPECT_EQ(spec.restart, Restart::transient);
  EXPECT_EQ(spec.shutdown, Shutdown::brutal_kill());
}

std::string error_of(ChildSpec spec, std::optional<AutoShutdown> auto_shutdown = std::nullopt) {
  const auto error = find_error(spec, auto_shutdown);
  return error ? error->to_string() : "ok";
}

ChildSpec with(ChildOptions options) { return worker("a", body, options); }

TEST(ChildSpec, SaysWhatIsWrong) {  // R-SUP-4; supervisor_SUITE:child_specs, child_specs_map, sup_start_map_faulty_specs
  EXPECT_EQ(error_of(worker("a", body)), "ok");
  EXPECT_EQ(error_of(worker("", body)), "missing_id");
  EXPECT_EQ(error_of(ChildSpec{.id = "a"}), "missing_start");
  EXPECT_EQ(error_of(with({.restart = Restart(7)})), "{invalid_restart_type,7}");
  EXPECT_EQ(error_of(with({.shutdown = Shutdown::after(-1ms)})), "{invalid_shutdown,-1}");
  EXPECT_EQ(error_of(with({.shutdown = Shutdown::after(-1us)})), "{invalid_shutdown,{-1000,nanosecond}}");
  EXPECT_EQ(error_of(with({.shutdown = Shutdown{Shutdown::Kind(9), 0s}})), "{invalid_shutdown,9}");
  EXPECT_EQ(error_of(with({.modules = {""}})), "{invalid_module,\"\"}");
  ChildSpec odd = worker("a", body);
  odd.type = ChildType(3);
  EXPECT_EQ(error_of(odd), "{invalid_child_type,3}");
}

TEST(ChildSpec, WhoMayBeSignificant) {  // R-SUP-4; supervisor_SUITE:child_specs_map
  const std::string permanent = "{bad_combination,[{restart,permanent},{significant,true}]}";
  const std::string never = "{bad_combination,[{auto_shutdown,never},{significant,true}]}";
  for (const Restart restart : {Restart::permanent, Restart::transient, Restart::temporary}) {
    const ChildSpec spec = with({.restart = restart, .significant = true});
    const std::string sound = restart == Restart::permanent ? permanent : "ok";
    EXPECT_EQ(error_of(spec, AutoShutdown::never), never);
    EXPECT_EQ(error_of(spec, AutoShutdown::any_significant), sound);
    EXPECT_EQ(error_of(spec, AutoShutdown::all_significant), sound);
    EXPECT_EQ(error_of(spec), sound);
  }
}

TEST(ChildSpec, ErrorsAreFoundInOrder) {  // R-SUP-4: id, start, restart, significant, type, shutdown, modules
  ChildSpec spec{.id = "", .restart = Restart(7), .shutdown = Shutdown::after(-1ms), .type = ChildType(3), .modules = {""}};
  EXPECT_EQ(error_of(spec), "missing_id");
  spec.id = "a";
  EXPECT_EQ(error_of(spec), "missing_start");
  spec.start = worker("a", body).start;
  EXPECT_EQ(error_of(spec), "{invalid_restart_type,7}");
  spec.restart = Restart::permanent;
  spec.significant = true;
  EXPECT_EQ(error_of(spec), "{bad_combination,[{restart,permanent},{significant,true}]}");
  spec.significant = false;
  EXPECT_EQ(error_of(spec), "{invalid_child_type,3}");
  spec.type = ChildType::worker;
  EXPECT_EQ(error_of(spec), "{invalid_shutdown,-1}");
  spec.shutdown = Shutdown::infinity();
  EXPECT_EQ(error_of(spec), "{invalid_module,\"\"}");
}

TEST(ChildSpec, ChecksWholeLists) {  // R-SUP-6, R-SUP-4; supervisor_SUITE:child_specs
  const auto checked = [](std::vector<ChildSpec> specs, std::optional<AutoShutdown> auto_shutdown = std::nullopt) {
    const auto error = check_childspecs(specs, auto_shutdown);
    return error ? error->to_string() : "ok";
  };
  EXPECT_EQ(checked({}), "ok");
  EXPECT_EQ(checked({worker("a", body), worker("b", body)}), "ok");
  EXPECT_EQ(checked({worker("a", body), worker("b", body), worker("a", body)}), "{duplicate_child_name,a}");
  EXPECT_EQ(checked({worker("a", body), worker("", body)}), "missing_id");
  const ChildSpec significant = with({.restart = Restart::transient, .significant = true});
  EXPECT_EQ(checked({significant}), "ok");
  EXPECT_EQ(checked({significant}, AutoShutdown::never), "{bad_combination,[{auto_shutdown,never},{significant,true}]}");
}

TEST(ChildSpec, Words) {
  EXPECT_EQ(to_string(Restart::temporary), "temporary");
  EXPECT_EQ(to_string(ChildType::supervisor), "supervisor");
  EXPECT_EQ(to_string(Shutdown::after(1500ms)), "1.5s");
  EXPECT_EQ(to_string(Shutdown::infinity()), "infinity");
  EXPECT_EQ(reflect::to_text(ChildConfig{"a", Restart::transient, Shutdown::after(5s), ChildType::worker}),
            "ChildConfig{id=\"a\", restart=transient, shutdown=5s, type=worker, significant=false}");
}

}  // namespace
}  // namespace moirai
