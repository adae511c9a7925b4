#include "runtime/kernel/ids.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

TEST(Ids, APidKeepsItsThreeParts) {
  const Pid pid(0xabcdef, 0x123456, 0x789a);
  EXPECT_EQ(pid.slot(), 0xabcdefu);
  EXPECT_EQ(pid.generation(), 0x123456u);
  EXPECT_EQ(pid.node(), 0x789a);
  EXPECT_EQ(Pid::from_bits(pid.bits()), pid);
  EXPECT_EQ(Pid(3, 2, 1).to_string(), "<1.3.2>");
}

TEST(Ids, NobodyIsFalseAndLessThanAnybody) {
  EXPECT_FALSE(Pid{});
  EXPECT_TRUE(Pid(0, 1, 0));
  EXPECT_LT(Pid{}, Pid(0, 1, 0));
}

TEST(Ids, GenerationsOfASlotDiffer) { EXPECT_NE(Pid(7, 1, 0), Pid(7, 2, 0)); }

TEST(Ids, ARefIsASerialAndAnIndex) {
  EXPECT_FALSE(Ref{});
  const Ref ref{std::uint64_t{5} << 24 | 9};
  EXPECT_EQ(ref.index(), 9u);
  EXPECT_EQ(ref.to_string(), "#Ref<5.9>");
}

}  // namespace
}  // namespace moirai
