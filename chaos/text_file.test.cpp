#include "chaos/text_file.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

TEST(ReadTextFile, WhateverIsThereGivesTextOrAMistake) {
  for (const std::string path : {"", "/nonexistent/x.toml", "/", "/dev/zero"}) {
    const Result<std::string> text = read_text_file(path);
    ASSERT_FALSE(text.ok()) << path;
    EXPECT_EQ(text.mistakes()[0].place, (Place{path, 0, 0}));
  }
  EXPECT_EQ(*read_text_file("/dev/null"), "");
}

}  // namespace
}  // namespace moirai
