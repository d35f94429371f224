#include "tests/unit/cli/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

extern char** environ;

namespace ustp::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    read = ends[0];
    write = ends[1];
  }
};

pid_t spawn(const std::vector<std::string>& argv, const std::vector<std::string>& extra, int in, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  if (err >= 0) posix_spawn_file_actions_adddup2(&actions, err, 2);
  std::vector<char*> arguments, variables;
  for (const auto& one : argv) arguments.push_back(const_cast<char*>(one.c_str()));
  const auto replaced = [&](const std::string& variable) {
    const auto name = variable.substr(0, variable.find('=') + 1);
    return std::any_of(extra.begin(), extra.end(), [&](const std::string& one) { return one.starts_with(name); });
  };
  for (char** one = environ; *one; ++one)
    if (!replaced(*one)) variables.push_back(*one);
  for (const auto& one : extra) variables.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  variables.push_back(nullptr);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  return failed ? -1 : pid;
}

// True when the process has ended by then; it is reaped.
bool ended(pid_t pid, Clock::time_point until, int& status) {
  for (;;) {
    if (::waitpid(pid, &status, WNOHANG) == pid) return true;
    if (Clock::now() >= until) return false;
    ::poll(nullptr, 0, 5);
  }
}

}  // namespace

Finished run(const std::vector<std::string>& argv, const std::string& input,
             const std::vector<std::string>& environment) {
  Finished result;
  Pipe in, out, err;
  const pid_t pid = spawn(argv, environment, in.read, out.write, err.write);
  for (int end : {in.read, out.write, err.write}) ::close(end);
  if (!input.empty() && ::write(in.write, input.data(), input.size()) < 0) result.err = "input not taken";
  ::close(in.write);
  const auto until = Clock::now() + std::chrono::seconds(60);
  pollfd ends[2] = {{out.read, POLLIN, 0}, {err.read, POLLIN, 0}};
  std::string* texts[2] = {&result.out, &result.err};
  while ((ends[0].fd >= 0 || ends[1].fd >= 0) && Clock::now() < until) {
    ::poll(ends, 2, 100);
    for (int i = 0; i < 2; ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      char chunk[4096];
      const auto n = ::read(ends[i].fd, chunk, sizeof chunk);
      if (n > 0) texts[i]->append(chunk, static_cast<std::size_t>(n));
      if (n == 0 || (n < 0 && errno != EINTR)) ends[i].fd = -1;
    }
  }
  ::close(out.read);
  ::close(err.read);
  int status = 0;
  if (pid > 0 && !ended(pid, until, status)) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
  }
  if (pid > 0 && WIFEXITED(status)) result.code = WEXITSTATUS(status);
  return result;
}

Beside::Beside(const std::vector<std::string>& argv) {
  Pipe in, out;
  pid_ = spawn(argv, {}, in.read, out.write, -1);
  ::close(in.read);
  ::close(out.write);
  in_ = in.write;
  out_ = out.read;
}

Beside::~Beside() {
  ::close(in_);
  int status = 0;
  if (pid_ > 0 && !ended(pid_, Clock::now() + std::chrono::seconds(5), status)) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status, 0);
  }
  ::close(out_);
}

std::string Beside::read_line() {
  std::string line;
  const auto until = Clock::now() + std::chrono::seconds(20);
  while (Clock::now() < until) {
    pollfd end{out_, POLLIN, 0};
    if (::poll(&end, 1, 100) <= 0) continue;
    char c = 0;
    if (::read(out_, &c, 1) != 1) return line;
    if (c == '\n') return line;
    line += c;
  }
  return {};
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "ustp-cli-XXXXXX").string();
  if (!::mkdtemp(name.data())) std::abort();
  path_ = name;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}
std::string read_text(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

}  // namespace ustp::test
