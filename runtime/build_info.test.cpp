#include "runtime/build_info.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

TEST(BuildInfo, SaysWhatWasBuilt) {
  const BuildInfo& info = build_info();
  EXPECT_EQ(info.version, "0.1.0");
#if defined(__clang__)
  EXPECT_TRUE(info.compiler.starts_with("Clang ")) << info.compiler;
#else
  EXPECT_TRUE(info.compiler.starts_with("GNU ")) << info.compiler;
#endif
  EXPECT_FALSE(info.build_type.empty());
}

TEST(BuildInfo, RevisionIsACommitOrUnknown) {
  std::string_view revision = build_info().revision;
  if (revision == "unknown") return;
  if (revision.ends_with("-dirty")) revision.remove_suffix(6);
  EXPECT_EQ(revision.size(), 12u);
  EXPECT_EQ(revision.find_first_not_of("0123456789abcdef"), std::string_view::npos) << revision;
}

}  // namespace
}  // namespace moirai
