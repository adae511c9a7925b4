#include "scenarios/suite/interrupt.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

TEST(Interrupt, TheFirstSignalIsAQuestion) {
  const InterruptScope scope;
  EXPECT_EQ(scope.signal(), 0);
  EXPECT_EQ(scope.exit_code(), 0);
  ::raise(SIGINT);
  EXPECT_EQ(scope.exit_code(), 130);
}

TEST(Interrupt, ATerminationHasItsOwnCode) {
  const InterruptScope scope;
  ::raise(SIGTERM);
  EXPECT_EQ(scope.exit_code(), 143);
}

TEST(InterruptDeathTest, TheSecondOneEndsTheProgram) {
  EXPECT_EXIT(
      {
        const InterruptScope scope;
        ::raise(SIGINT);
        ::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace moirai
