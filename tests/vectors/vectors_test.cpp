// The committed vectors: what the generator writes, each as stated, and enough of them.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "sdk/src/domain/cfi_table.hpp"
#include "tests/support/requirement.hpp"
#include "tests/vectors/maker.hpp"

using namespace ustp::vectors;

namespace {

const std::string kSpec = USTP_SOURCE_DIR "/spec";

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Both in force and broken where they can be: a requirement counts when its vectors were judged as stated.
void as_stated(const std::string& name) {
  const auto file = from_json(read(kSpec + "/vectors/" + name + ".json"));
  REQUIRE(file.has_value());
  CHECK_FALSE(file->vectors.empty());
  for (const auto& vector : file->vectors) {
    CAPTURE(vector.id);
    CAPTURE(vector.title);
    const auto verdict = check(vector);
    CHECK_MESSAGE(verdict.as_stated, verdict.why);
    for (const auto& id : vector.requirements) ustp::test::covers(id.c_str());
  }
}

std::vector<std::vector<std::string>> rows(const std::string& file) {
  std::ifstream in(kSpec + "/registry/" + file);
  std::vector<std::vector<std::string>> out;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> row(1);
    for (const char c : line) {
      if (c == ',') row.emplace_back();
      else row.back() += c;
    }
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

TEST_CASE("identifiers are judged as stated") { as_stated("identifiers"); }
TEST_CASE("amounts are judged as stated") { as_stated("amounts"); }
TEST_CASE("proofs are judged as stated") { as_stated("proofs"); }
TEST_CASE("messages are judged as stated") { as_stated("messages"); }
TEST_CASE("flawed messages are judged as stated") { as_stated("flawed-messages"); }
TEST_CASE("frames are judged as stated") { as_stated("frames"); }
TEST_CASE("statements are judged as stated") { as_stated("statements"); }
TEST_CASE("logs are judged as stated") { as_stated("logs"); }
TEST_CASE("bundles are judged as stated") { as_stated("bundles"); }
TEST_CASE("messages in JSON are judged as stated") { as_stated("json-messages"); }
TEST_CASE("flawed messages in JSON are judged as stated") { as_stated("flawed-json-messages"); }
TEST_CASE("signed messages in JSON are judged as stated") { as_stated("json-signatures"); }
TEST_CASE("bundles of conversations in JSON are judged as stated") { as_stated("json-bundles"); }

TEST_CASE("the committed files are what the generator writes, at least 300 valid and 300 flawed, each id once") {
  std::size_t valid = 0, flawed = 0;
  std::set<std::string> ids, names;
  for (const auto& maker : make_all()) {
    const auto& file = maker.file();
    CAPTURE(file.name);
    for (const auto& fault : maker.faults()) CHECK_MESSAGE(false, fault);
    CHECK(read(kSpec + "/vectors/" + file.name + ".json") == to_json(file));
    names.insert(file.name + ".json");
    for (const auto& v : file.vectors) {
      CHECK(ids.insert(v.id).second);
      CHECK_FALSE(v.title.empty());
      CHECK_FALSE(v.requirements.empty());
      ++(v.valid ? valid : flawed);
    }
  }
  CHECK(valid >= 300);
  CHECK(flawed >= 300);
  for (const auto& entry : std::filesystem::directory_iterator(kSpec + "/vectors"))
    if (entry.path().extension() == ".json") CHECK(names.contains(entry.path().filename().string()));
}

TEST_CASE("a vector that is stated otherwise is noticed") {
  auto file = from_json(read(kSpec + "/vectors/amounts.json")).value();
  for (auto& v : file.vectors) {
    CAPTURE(v.id);
    v.valid = !v.valid;
    v.code = "internal";
    CHECK_FALSE(check(v).as_stated);
  }
}

TEST_CASE("the registries of CFI letters and of enumerations are those of the code") {
  std::size_t groups = 0;
  for (const auto& row : rows("cfi.csv")) {
    REQUIRE(row.size() == 6);
    const auto* group = ustp::detail::find_cfi_group(row[0][0], row[1][0]);
    REQUIRE(group != nullptr);
    for (std::size_t i = 0; i < 4; ++i) CHECK(group->attributes[i] == row[i + 2]);
    ++groups;
  }
  CHECK(groups == std::size(ustp::detail::kCfiGroups));
  std::map<std::string, std::vector<int>> values;
  for (const auto& row : rows("enumerations.csv")) {
    REQUIRE(row.size() == 3);
    values[row[0]].push_back(std::stoi(row[1]));
    const auto number = std::stoi(row[1]);
    if (row[0] == "message_type") CHECK(ustp::wire::to_string(static_cast<ustp::wire::MessageType>(number)) == row[2]);
    if (row[0] == "operation_kind") CHECK(ustp::to_string(static_cast<ustp::OperationKind>(number)) == row[2]);
  }
  for (const auto& [name, numbers] : values) {
    CAPTURE(name);
    for (std::size_t i = 1; i < numbers.size(); ++i) CHECK(numbers[i] == numbers[i - 1] + 1);
  }
  ustp::test::covers({"USTP-IDN-015"});
}
