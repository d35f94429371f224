// The table in the code is the one source: spec/04 shows the same rows and the same diagram.
// USTP_WRITE_SPEC=1 in the environment writes them instead of comparing.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "ustp/protocol/transfer_table.hpp"

using namespace ustp::protocol;

namespace {

const std::string kFile = USTP_SOURCE_DIR "/spec/04-transfer.md";
const std::string kBegin = "<!-- table: begin -->\n", kEnd = "<!-- table: end -->\n";

std::string read(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string generated() {
  std::ostringstream out;
  out << "| in state | on | goes to | and does | id |\n|---|---|---|---|---|\n";
  for (const auto& row : kTransitions)
    out << "| " << to_string(row.from) << " | " << to_string(row.event) << " | " << to_string(row.to) << " | "
        << to_string(row.action) << " | " << row.requirement << " |\n";
  out << "\n```mermaid\nstateDiagram-v2\n";
  std::set<std::string> edges;
  for (const auto& row : kTransitions) {
    if (row.from == row.to) continue;
    const std::string from = row.from == State::kNone ? "[*]" : std::string(to_string(row.from));
    edges.insert("  " + from + " --> " + std::string(to_string(row.to)) + "\n");
  }
  for (const auto& edge : edges) out << edge;
  out << "```\n";
  return out.str();
}

}  // namespace

TEST_CASE("the table and diagram of spec/04 are those of the code") {
  const auto text = read(kFile);
  const auto begin = text.find(kBegin), end = text.find(kEnd);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  if (std::getenv("USTP_WRITE_SPEC") != nullptr) {
    std::ofstream(kFile) << text.substr(0, begin + kBegin.size()) << generated() << text.substr(end);
    return;
  }
  CHECK(text.substr(begin + kBegin.size(), end - begin - kBegin.size()) == generated());
}

TEST_CASE("every requirement that the table cites has its text in spec/04") {
  const auto text = read(kFile);
  for (const auto& row : kTransitions) {
    CAPTURE(row.requirement);
    CHECK(text.find("[" + std::string(row.requirement) + "]") != std::string::npos);
  }
}

TEST_CASE("a terminal state is never left, and every other state has a way on") {
  for (int i = 1; i < 64; ++i) {
    const auto state = static_cast<State>(i);
    if (to_string(state) == "unknown") continue;
    CAPTURE(to_string(state));
    bool leaves = false;
    for (const auto& row : kTransitions) leaves = leaves || (row.from == state && row.to != state);
    // decided_unexecutable ends by a resolution order only (decision 17).
    CHECK(leaves == (!is_terminal(state) && state != State::kUnexecutable));
  }
}
