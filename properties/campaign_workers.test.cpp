#include "properties/campaign_workers.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <vector>

namespace moirai {
namespace {

using Replies = std::vector<std::pair<std::uint64_t, std::string>>;

// "!" in place of a reply: the worker died.
Replies run(unsigned jobs, std::uint64_t pieces, std::function<std::string(std::uint64_t)> work) {
  Replies replies;
  WorkerPool pool;
  pool.jobs = jobs;
  pool.pieces = pieces;
  pool.work = std::move(work);
  pool.done = [&](std::uint64_t index, const WorkerReply& reply) {
    const std::string* text = std::get_if<std::string>(&reply);
    replies.emplace_back(index, text ? *text : "!");
    return true;
  };
  EXPECT_EQ(run_pool(pool), pieces);
  return replies;
}

TEST(CampaignWorkers, RepliesComeInOrderWhateverTheNumberOfWorkers) {
  const auto work = [](std::uint64_t index) { return std::string(index % 7 * 1000, 'x') + std::to_string(index); };
  const Replies one = run(1, 500, work);
  ASSERT_EQ(one.size(), 500u);
  for (std::uint64_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].first, i);
  EXPECT_EQ(run(3, 500, work), one);
  EXPECT_EQ(run(8, 500, work), one);
}

TEST(CampaignWorkers, NoPiecesNoReplies) {
  EXPECT_TRUE(run(4, 0, [](std::uint64_t) { return std::string(); }).empty());
}

TEST(CampaignWorkers, ADeathCostsItsOwnPieceOnly) {
  const auto work = [](std::uint64_t index) -> std::string {
    if (index % 10 == 3) ::raise(SIGKILL);
    if (index % 10 == 7) ::_exit(5);
    return std::to_string(index);
  };
  for (const unsigned jobs : {1u, 3u}) {
    const Replies replies = run(jobs, 60, work);
    ASSERT_EQ(replies.size(), 60u);
    for (std::uint64_t i = 0; i < 60; ++i) EXPECT_EQ(replies[i].second, i % 10 == 3 || i % 10 == 7 ? "!" : std::to_string(i)) << i;
  }
}

TEST(CampaignWorkers, ADeathSaysHow) {
  std::map<std::uint64_t, WorkerDeath> deaths;
  WorkerPool pool;
  pool.pieces = 2;
  pool.work = [](std::uint64_t index) -> std::string {
    if (index == 0) ::raise(SIGKILL);
    ::_exit(5);
  };
  pool.done = [&](std::uint64_t index, const WorkerReply& reply) {
    deaths[index] = std::get<WorkerDeath>(reply);
    return true;
  };
  run_pool(pool);
  EXPECT_EQ(deaths[0].signal, SIGKILL);
  EXPECT_EQ(deaths[1].exit_status, 5);
  EXPECT_EQ(deaths[1].words.cause, LastWords::Cause::none);
}

TEST(CampaignWorkers, AWorkerThatHangsIsKilled) {
  bool hung = false;
  WorkerPool pool;
  pool.pieces = 1;
  pool.work = [](std::uint64_t) -> std::string {
    for (;;) ::pause();
  };
  pool.patience = [](std::uint64_t) { return std::chrono::milliseconds(1); };
  pool.done = [&](std::uint64_t, const WorkerReply& reply) {
    hung = std::get<WorkerDeath>(reply).hung;
    return true;
  };
  EXPECT_EQ(run_pool(pool), 1u);
  EXPECT_TRUE(hung);
}

TEST(CampaignWorkers, DoneMayEndIt) {
  WorkerPool pool;
  pool.jobs = 2;
  pool.pieces = 1'000'000;
  pool.work = [](std::uint64_t) { return std::string(); };
  pool.done = [](std::uint64_t index, const WorkerReply&) { return index < 9; };
  EXPECT_EQ(run_pool(pool), 10u);
}

TEST(CampaignWorkers, ATickMayEndIt) {
  WorkerPool pool;
  pool.pieces = 1;
  pool.work = [](std::uint64_t) -> std::string {
    for (;;) ::pause();
  };
  pool.done = [](std::uint64_t, const WorkerReply&) { return true; };
  pool.tick = [](std::uint64_t) { return false; };
  EXPECT_EQ(run_pool(pool), 0u);
}

}  // namespace
}  // namespace moirai
