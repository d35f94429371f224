// spec/registry/reasons.csv against errors.csv, ISO 20022's code lists and the token contract.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ustp/base/error.hpp"

namespace {

const std::filesystem::path kRoot = USTP_SOURCE_DIR;

std::vector<std::string> split(const std::string& line, char at) {
  std::vector<std::string> out(1);
  for (const char c : line) {
    if (c == at) out.emplace_back();
    else out.back() += c;
  }
  return out;
}

struct Reason {
  std::string number, name, iso_status, iso_reason, mt548, evm, satp, retryable, disclosure;
};

std::vector<Reason> reasons() {
  std::ifstream in(kRoot / "spec/registry/reasons.csv");
  std::string line;
  std::getline(in, line);
  CHECK(line == "number,name,iso_status,iso_reason,mt548,evm,satp,retryable,disclosure");
  std::vector<Reason> out;
  while (std::getline(in, line)) {
    const auto f = split(line, ',');
    REQUIRE_MESSAGE(f.size() == 9, line);
    out.push_back({f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]});
  }
  return out;
}

// Reasons of sese.024.001.12 by status.
const std::map<std::string, std::set<std::string>> kIso = {
    {"Rjctd", {"SAFE", "DQUA", "ADEA", "DSEC", "LATE", "CASH", "DDEA", "DTRD", "PLCE", "RTGS", "NCRR", "PHYS", "REFE",
               "DMON", "MINO", "BATC", "MUNO", "TXST", "SETS", "IIND", "CAEV", "CASY", "DDAT", "SETR", "SDUT", "INPS",
               "OTHR", "ICUS", "ICAG", "DEPT", "IEXE", "INVB", "INVL", "INVN", "VALR", "INVE", "PLIS"}},
    {"Pdg", {"BLOC", "SBLO", "LACK", "MONY", "LATE", "LINK", "FUTU", "PREA", "PRCY", "FROZ", "REGT", "OTHR"}},
    {"Flng", {"BLOC", "SBLO", "LACK", "MONY", "LATE", "LINK", "PREA", "PRCY", "FROZ", "REGT", "OTHR"}},
    {"Canc", {"SCEX", "OTHR", "CXLR", "BYIY", "CTHP", "CANZ", "CANT", "CSUB", "CANS", "CANI", "CORP"}},
    {"Dnd", {"ADEA", "DCAN", "DPRG", "DREP", "DSET", "OTHR"}},
};
const std::map<std::string, std::string> kMt548 = {
    {"Rjctd", "REJT"}, {"Pdg", "PEND"}, {"Flng", "PENF"}, {"Canc", "CAND"}, {"Dnd", "DEND"}};

}  // namespace

TEST_CASE("every code of protocol, token and ledger has one reason, and the two registries agree (USTP-ERR-010, USTP-SAT-002)") {
  std::map<std::string, Reason> by_name;
  int last = 0;
  for (const auto& reason : reasons()) {
    CAPTURE(reason.name);
    CHECK(by_name.emplace(reason.name, reason).second);
    CHECK(std::stoi(reason.number) > last);
    last = std::stoi(reason.number);
  }
  std::size_t expected = 0;
  for (const auto& row : ustp::all_codes()) {
    if (row.category != "protocol" && row.category != "token" && row.category != "ledger") continue;
    ++expected;
    const std::string name(row.name);
    CAPTURE(name);
    const auto it = by_name.find(name);
    REQUIRE(it != by_name.end());
    CHECK(it->second.number == std::to_string(static_cast<int>(row.code)));
    CHECK(it->second.satp == row.satp);
    CHECK(it->second.retryable == (row.retryable ? "yes" : "no"));
  }
  CHECK(by_name.size() == expected);
}

TEST_CASE("statuses and reasons are ISO 20022's, MT 548 says the same, and somebody may be told") {
  const std::set<std::string> told{"parties", "owner", "operator"};
  for (const auto& reason : reasons()) {
    CAPTURE(reason.name);
    const auto iso = kIso.find(reason.iso_status);
    REQUIRE(iso != kIso.end());
    CHECK(iso->second.contains(reason.iso_reason));
    CHECK(reason.mt548 == kMt548.at(reason.iso_status) + "//" + reason.iso_reason);
    CHECK(told.contains(reason.disclosure));
    // What may succeed later is not told as an end that is final.
    if (reason.retryable == "yes") CHECK(reason.iso_status != "Canc");
  }
}

TEST_CASE("the errors of the token contract are the registry's, each once") {
  const auto contract = kRoot / "adapters/ethereum/contracts/UstpToken.sol";
  if (!std::filesystem::exists(contract)) {
    MESSAGE("SKIPPED token contract: not in this tree");
    return;
  }
  std::ifstream in(contract);
  std::set<std::string> declared, mapped;
  for (std::string line; std::getline(in, line);) {
    const auto at = line.find("error ");
    if (at == std::string::npos || line.find_first_not_of(' ') != at) continue;
    declared.insert(line.substr(at + 6, line.find('(') - at - 6));
  }
  for (const auto& reason : reasons())
    for (const auto& name : split(reason.evm, '|'))
      if (!name.empty()) {
        CAPTURE(name);
        CHECK(declared.contains(name));
        CHECK(mapped.insert(name).second);
      }
  for (const auto& name : declared) {  // acts of administration are no operations of a transfer
    CAPTURE(name);
    CHECK(mapped.contains(name) != std::set<std::string>{"NotOwner", "FrozenTooLow", "LastAgent"}.contains(name));
  }
}
