#include "properties/campaign_workers.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace moirai {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t ahead_per_worker = 8;       // pieces handed to one worker before it has answered: hides the way through the pipe
constexpr std::uint64_t ahead_of_slowest = 8192;  // replies that may wait for an earlier piece

struct Worker {
  pid_t process = -1;
  int orders = -1;                  // our end: 8 bytes per piece
  int replies = -1;                 // our end: index, length, bytes
  std::deque<std::uint64_t> given;  // front: the piece it is at
  Clock::time_point since{};        // when it began with the front one
  std::string received;             // the beginning of a reply
  std::unique_ptr<SharedLastWords> words;
};

bool write_all(int file, const void* bytes, std::size_t size) {
  const char* from = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t n = ::write(file, from, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    from += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool read_all(int file, void* bytes, std::size_t size) {
  char* to = static_cast<char*>(bytes);
  while (size > 0) {
    const ssize_t n = ::read(file, to, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

[[noreturn]] void be_worker(const WorkerPool& pool, int orders, int replies, SharedLastWords& words) {
  // A terminal's Ctrl-C goes to the whole group: the parent decides, and needs what is finished.
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGTERM, SIG_DFL);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);  // what an actor prints must not get between the lines of the report
  speak_last_words_into(words);
  std::uint64_t index = 0;
  while (read_all(orders, &index, sizeof index)) {
    const std::string reply = pool.work(index);
    const std::uint64_t head[2] = {index, reply.size()};
    if (!write_all(replies, head, sizeof head) || !write_all(replies, reply.data(), reply.size())) break;
  }
  ::_exit(0);
}

class Pool {
 public:
  explicit Pool(const WorkerPool& pool) : pool_(pool) { old_sigpipe_ = ::signal(SIGPIPE, SIG_IGN); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (Worker& worker : workers_) end(worker, true);
    ::signal(SIGPIPE, old_sigpipe_);
  }

  std::uint64_t run() {
    const std::uint64_t jobs = std::max<std::uint64_t>(1, std::min<std::uint64_t>(pool_.jobs, pool_.pieces));
    for (std::uint64_t i = 0; i < jobs && pool_.pieces > 0; ++i) {
      workers_.emplace_back();
      begin(workers_.back());
    }
    while (handed_over_ < pool_.pieces) {
      for (Worker& worker : workers_) give(worker);
      listen();
      if (!hand_over()) break;
      if (pool_.tick && !pool_.tick(finished_)) break;
      kill_the_hung();
    }
    return handed_over_;
  }

 private:
  void begin(Worker& worker) {
    int orders[2];
    int replies[2];
    if (::pipe2(orders, O_CLOEXEC) != 0 || ::pipe2(replies, O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "cannot make a pipe to a worker");
    worker.words = std::make_unique<SharedLastWords>();
    const pid_t parent = ::getpid();
    const pid_t process = ::fork();
    if (process < 0) throw std::system_error(errno, std::generic_category(), "cannot start a worker");
    if (process == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(0);
      ::close(orders[1]);
      ::close(replies[0]);
      for (const Worker& other : workers_) {
        if (other.orders >= 0) ::close(other.orders);
        if (other.replies >= 0) ::close(other.replies);
      }
      be_worker(pool_, orders[0], replies[1], *worker.words);
    }
    ::close(orders[0]);
    ::close(replies[1]);
    worker.process = process;
    worker.orders = orders[1];
    worker.replies = replies[0];
    worker.received.clear();
  }

  // Returns what waitpid said.
  int end(Worker& worker, bool kill) {
    if (worker.process < 0) return 0;
    ::close(worker.orders);
    if (kill) ::kill(worker.process, SIGKILL);
    int status = 0;
    while (::waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {}
    ::close(worker.replies);
    worker.process = worker.orders = worker.replies = -1;
    return status;
  }

  void give(Worker& worker) {
    while (worker.given.size() < ahead_per_worker && (!again_.empty() || next_ < std::min(pool_.pieces, handed_over_ + ahead_of_slowest))) {
      // Near the end nobody should sit on pieces that another could do.
      const std::uint64_t left = again_.size() + (pool_.pieces - next_);
      if (!worker.given.empty() && left <= workers_.size() * worker.given.size()) return;
      const bool repeat = !again_.empty();
      const std::uint64_t index = repeat ? again_.front() : next_;
      if (!write_all(worker.orders, &index, sizeof index)) return;  // it is dying: listen() will hear of it
      if (repeat)
        again_.pop_front();
      else
        ++next_;
      if (worker.given.empty()) worker.since = Clock::now();
      worker.given.push_back(index);
    }
  }

  void listen() {
    std::vector<pollfd> files;
    for (const Worker& worker : workers_) files.push_back({worker.replies, POLLIN, 0});
    if (::poll(files.data(), files.size(), 100) <= 0) return;
    for (std::size_t i = 0; i < files.size(); ++i)
      if (files[i].revents != 0) hear(workers_[i]);
  }

  void hear(Worker& worker) {
    char bytes[1 << 16];
    const ssize_t n = ::read(worker.replies, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) return;
    if (n > 0) {
      worker.received.append(bytes, static_cast<std::size_t>(n));
      take_replies(worker);
      return;
    }
    bury(worker, false);
  }

  void take_replies(Worker& worker) {
    std::size_t at = 0;
    std::uint64_t head[2];
    while (worker.received.size() - at >= sizeof head) {
      std::memcpy(head, worker.received.data() + at, sizeof head);
      if (worker.received.size() - at - sizeof head < head[1]) break;
      finish(head[0], worker.received.substr(at + sizeof head, head[1]));
      at += sizeof head + head[1];
      worker.given.pop_front();
      worker.since = Clock::now();
    }
    worker.received.erase(0, at);
  }

  void bury(Worker& worker, bool hung) {
    const int status = end(worker, hung);
    WorkerDeath death;
    death.hung = hung;
    death.words = worker.words->read();
    if (WIFSIGNALED(status)) death.signal = WTERMSIG(status);
    if (WIFEXITED(status)) death.exit_status = WEXITSTATUS(status);
    if (!worker.given.empty()) {
      finish(worker.given.front(), std::move(death));
      again_.insert(again_.begin(), worker.given.begin() + 1, worker.given.end());
      worker.given.clear();
    }
    begin(worker);
  }

  void kill_the_hung() {
    if (!pool_.patience) return;
    for (Worker& worker : workers_)
      if (!worker.given.empty() && Clock::now() - worker.since > pool_.patience(worker.given.front())) bury(worker, true);
  }

  void finish(std::uint64_t index, WorkerReply reply) {
    ++finished_;
    waiting_.emplace(index, std::move(reply));
  }

  bool hand_over() {
    for (auto first = waiting_.begin(); first != waiting_.end() && first->first == handed_over_; first = waiting_.begin()) {
      WorkerReply reply = std::move(first->second);
      waiting_.erase(first);
      const std::uint64_t index = handed_over_++;
      if (!pool_.done(index, std::move(reply))) return false;
    }
    return true;
  }

  const WorkerPool& pool_;
  std::deque<Worker> workers_;
  std::deque<std::uint64_t> again_;  // pieces that a dead worker had not begun
  std::uint64_t next_ = 0;           // the first piece nobody was given yet
  std::uint64_t handed_over_ = 0;
  std::uint64_t finished_ = 0;
  std::map<std::uint64_t, WorkerReply> waiting_;
  void (*old_sigpipe_)(int) = SIG_DFL;
};

}  // namespace

std::uint64_t run_pool(const WorkerPool& pool) { return Pool(pool).run(); }

}  // namespace moirai
