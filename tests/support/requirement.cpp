#include "tests/support/requirement.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

namespace ustp::test {
namespace {

// doctest runs the cases of a program one after another; what the current one named waits here for its verdict.
std::set<std::string>& named() {
  static std::set<std::string> ids;
  return ids;
}

// A case whose name carries an id is a test of that requirement.
void named_in(const std::string& name) {
  for (auto at = name.find("USTP-"); at != std::string::npos; at = name.find("USTP-", at + 1)) {
    const auto end = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", at);
    named().insert(name.substr(at, end == std::string::npos ? end : end - at));
  }
}

struct Log final : doctest::IReporter {
  explicit Log(const doctest::ContextOptions&) {}
  void test_case_start(const doctest::TestCaseData& data) override {
    named().clear();
    name_ = data.m_name;
  }
  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    const char* file = std::getenv("USTP_REQ_LOG");
    if (file == nullptr || stats.failure_flags != 0) return;
    std::string lines;
    named_in(name_);
    for (const auto& id : named()) lines += id + "\t" + name_ + "\n";
    std::ofstream(file, std::ios::app) << lines;
  }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 private:
  std::string name_;
};
REGISTER_LISTENER("requirements", 1, Log);

}  // namespace

void covers(std::initializer_list<const char*> ids) {
  for (const char* id : ids) named().insert(id);
}

}  // namespace ustp::test
