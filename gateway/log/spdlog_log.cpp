// The one place that knows spdlog: its sinks and its bounded queue with a thread.
#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "gateway/log/log.hpp"

namespace ustp::gateway {
namespace {

class SpdlogLog final : public Log {
 public:
  SpdlogLog(const LogOptions& options, std::shared_ptr<spdlog::sinks::sink> sink)
      : options_(options),
        pool_(std::make_shared<spdlog::details::thread_pool>(options.queued, 1)),
        // overrun_oldest never waits; what it pushes out is counted by the pool.
        logger_(std::make_shared<spdlog::async_logger>("ustp", std::move(sink), pool_,
                                                       spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_pattern("%v", spdlog::pattern_time_type::utc);
    logger_->set_level(spdlog::level::trace);
    logger_->flush_on(spdlog::level::err);
    logger_->set_error_handler([](const std::string&) {});  // a full disk must not end the gateway
  }

  bool enabled(LogLevel level) const override { return level >= options_.level; }
  void write(LogLevel level, std::string_view event, std::vector<LogValue> fields) override {
    if (!enabled(level)) return;
    const auto as = level == LogLevel::kError ? spdlog::level::err : spdlog::level::info;
    report_drops();
    logger_->log(as, format_line(options_.json, clock_.now(), level, event, fields));
  }
  std::uint64_t dropped() const override { return pool_->overrun_counter(); }
  void flush() override {
    logger_->flush();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    while (pool_->queue_size() > 0 && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

 private:
  void report_drops() {
    const std::uint64_t now = dropped();
    std::uint64_t told = told_.load(std::memory_order_relaxed);
    if (now == told || pool_->queue_size() * 2 > options_.queued || !told_.compare_exchange_strong(told, now)) return;
    logger_->log(spdlog::level::info, format_line(options_.json, clock_.now(), LogLevel::kWarning, "log_lines_dropped",
                                                  {{LogField::kCount, now - told}}));
  }

  LogOptions options_;
  SystemClock clock_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;  // its destructor writes what is queued
  std::shared_ptr<spdlog::async_logger> logger_;
  std::atomic<std::uint64_t> told_ = 0;
};

}  // namespace

Result<std::unique_ptr<Log>> make_log(const LogOptions& options) {
  if (options.queued == 0) return Error{Code::config_invalid, "a log without a queue"};
  // spdlog would make the folders of a mistyped path.
  std::error_code ec;
  const auto folder = std::filesystem::absolute(options.file.empty() ? "." : options.file, ec).parent_path();
  if (!options.file.empty() && !std::filesystem::is_directory(folder, ec))
    return Error{Code::io_error, "log " + options.file + ": no such folder"};
  try {
    std::shared_ptr<spdlog::sinks::sink> sink;
    if (options.file.empty())
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
    return std::unique_ptr<Log>(std::make_unique<SpdlogLog>(options, std::move(sink)));
  } catch (const std::exception& failed) {
    return Error{Code::io_error, std::string("log ") + options.file + ": " + failed.what()};
  }
}

}  // namespace ustp::gateway
