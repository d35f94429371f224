// bench_journal [FOLDER]: blocks of 4 and 64 KiB, 1, 8 and 64 under one sync, into either kind of journal; beside them
// one write and one fdatasync of the same octets to a file that was written full of zeroes before.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "gateway/journal/choose.hpp"

namespace {

using namespace ustp;
using namespace ustp::gateway;
using Clock = std::chrono::steady_clock;

constexpr double kSeconds = 0.8;

double cpu_us() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(used.ru_utime) + us(used.ru_stime);
}

class Sink final : public JournalSink {
 public:
  void on_durable(std::uint64_t position) override {
    const std::lock_guard hold(mutex_);
    durable_ = position;
    changed_.notify_all();
  }
  void on_failure(Error error) override {
    std::fprintf(stderr, "%s\n", to_string(error).c_str());
    std::_Exit(1);
  }
  void wait(std::uint64_t position) {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [&] { return durable_ >= position; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t durable_ = 0;
};

struct Figures {
  double us_per_sync = 0, cpu_per_block = 0;
};

template <class Work>
Figures measure(std::size_t together, const Work& work) {
  for (int i = 0; i < 5; ++i) work();
  const auto cpu = cpu_us();
  const auto began = Clock::now();
  double took = 0;
  std::uint64_t syncs = 0;
  for (; took < kSeconds; took = std::chrono::duration<double>(Clock::now() - began).count(), ++syncs) work();
  const auto count = static_cast<double>(syncs);
  return {took * 1e6 / count, (cpu_us() - cpu) / count / static_cast<double>(together)};
}

Figures journal_of(JournalKind kind, const std::filesystem::path& folder, std::size_t octets, std::size_t together) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  JournalChoice choice;
  choice.kind = kind;
  choice.data = folder;
  auto journal = choose_journal(std::move(choice)).value();
  const auto head = journal->open().value();
  Sink sink;
  if (!journal->start(sink)) std::abort();
  const Bytes payload(octets, 7);
  std::uint64_t position = 0;
  const auto out = measure(together, [&] {
    for (std::size_t i = 0; i < together; ++i) journal->submit({0, head.epoch, ++position, {}, payload});
    sink.wait(position);
  });
  journal->stop();
  std::filesystem::remove_all(folder);
  return out;
}

Figures raw(const std::filesystem::path& folder, std::size_t octets, std::size_t together) {
  constexpr std::uint64_t kSize = 64u << 20;
  std::filesystem::create_directories(folder);
  const auto path = folder / "probe";
  const auto files = journal::make_posix_files();
  {
    auto made = files->open(path, journal::FileMode::kCreate).value();
    if (!made->write(0, Bytes(kSize)) || !made->sync()) std::abort();
  }
  auto file = files->open(path, journal::FileMode::kAligned).value();
  journal::AlignedBuffer buffer;
  buffer.append(Bytes(octets * together, 7));
  buffer.pad();
  std::uint64_t at = 0;
  const auto out = measure(together, [&] {
    if (at + buffer.size() > kSize) at = 0;
    if (!file->write(at, buffer.view()) || !file->sync()) std::abort();
    at += buffer.size();
  });
  std::filesystem::remove_all(folder);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const auto folder = std::filesystem::path(argc > 1 ? argv[1] : "build/bench-data") / "journal";
  std::printf("block  per sync   raw us/sync   segments (x raw)     sqlite (x raw)   CPU-us/block: raw  segments  sqlite\n");
  for (const std::size_t octets : {std::size_t{4} << 10, std::size_t{64} << 10})
    for (const std::size_t together : {1u, 8u, 64u}) {
      const auto plain = raw(folder, octets, together);
      const auto segments = journal_of(JournalKind::kSegments, folder, octets, together);
      const auto sqlite = journal_of(JournalKind::kSqlite, folder, octets, together);
      std::printf("%2zu KiB %8zu %13.0f %10.0f (%.2f) %13.0f (%.2f) %22.1f %9.1f %7.1f\n", octets >> 10, together,
                  plain.us_per_sync, segments.us_per_sync, segments.us_per_sync / plain.us_per_sync, sqlite.us_per_sync,
                  sqlite.us_per_sync / plain.us_per_sync, plain.cpu_per_block, segments.cpu_per_block, sqlite.cpu_per_block);
      std::fflush(stdout);
    }
  return 0;
}
