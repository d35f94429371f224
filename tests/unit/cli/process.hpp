#pragma once
// Runs programs as processes of their own: to the end, or beside the test until it goes out of scope.

#include <string>
#include <string_view>
#include <vector>

namespace ustp::test {

struct Finished {
  int code = -1;  // exit code; -1 when a signal ended it or it had to be killed after 60 s
  std::string out, err;
};
// argv[0] is searched in PATH. `environment` ("NAME=value") is added to the test's own and goes before it.
Finished run(const std::vector<std::string>& argv, const std::string& input = {},
             const std::vector<std::string>& environment = {});

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
#ifdef USTP_CLI  // of tests that have the program to run
inline Finished ustp_run(std::vector<std::string> arguments, const std::string& input = {}) {
  arguments.insert(arguments.begin(), USTP_CLI);
  return run(arguments, input);
}
#endif

// A process whose stdin stays open until the end of its scope; it is expected to end by itself then and is killed if
// not.
class Beside {
 public:
  explicit Beside(const std::vector<std::string>& argv);
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside();
  std::string read_line();  // of its stdout; empty at its end or after 20 s

 private:
  int pid_ = -1, in_ = -1, out_ = -1;
};

// A folder under the system's temporary one that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};
void write_text(const std::string& path, const std::string& text);
std::string read_text(const std::string& path);

}  // namespace ustp::test
