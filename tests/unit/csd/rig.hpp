#pragma once
// A CSD on two folders of its own, driven by hand: the book, its key and the gateway's profile.

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <optional>
#include <string>

#include "adapters/csd/driver.hpp"
#include "adapters/csd/embedded/service.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "ustp-csd-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string at(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline const std::string kCsdBook = R"({"ledger":"csd-1","instrument":"US0378331005","scale":0,"custody":"BACKING",
  "suspense":"SUSPENSE","accounts":[{"id":"HOLDER","capacity":"client","units":"1000"},
  {"id":"OTHER","capacity":"client","units":"0","blocked":false},
  {"id":"SHUT","capacity":"client","units":"100","blocked":true},
  {"id":"BACKING","capacity":"backing","units":"500"},{"id":"SUSPENSE","capacity":"suspense","units":"0"}]})";

class CsdRig {
 public:
  CsdRig() {
    const auto made = crypto::generate_key(crypto::Algorithm::kEs256).value();
    pem = std::string(as_text(made.private_pem.view()));
    signer = crypto::load_signer_pem(pem).value();
    profile.id = LedgerId::literal("csd-1");
    profile.kind = ledger::LedgerKind::kCsd;
    profile.model = ledger::LedgerModel::kBookEntry;
    profile.gateway = GatewayId::literal("gw-csd");
    profile.finality_rule = "confirmed";
    profile.evidence = EvidenceKind::kCsdConfirmation;
    profile.custody_account = AccountId::literal("BACKING");
    profile.suspense_account = AccountId::literal("SUSPENSE");
    profile.anchor = {profile.id, made.spki, {}, 0};
  }
  // Starts or restarts the CSD; `durable` keeps its store in a file.
  void serve(bool durable, csd::embedded::Faults faults = {}) {
    service.reset();
    auto store = csd::embedded::Store::open(durable ? folder.at("store") : "", csd::embedded::parse_book(kCsdBook).value());
    REQUIRE(store.has_value());
    csd::embedded::Csd csd(std::move(*store), {clock, random, *signer}, faults);
    auto opened = csd::embedded::Service::open(std::move(csd), clock, folder.at("in"), folder.at("out"));
    REQUIRE(opened.has_value());
    service.emplace(std::move(*opened));
  }
  std::unique_ptr<ledger::Driver> driver() const {
    csd::CsdOptions options;
    options.profile = profile;
    options.inbox = folder.at("in");
    options.outbox = folder.at("out");
    options.poll = Duration::milliseconds(1);
    return csd::make_csd_driver(std::move(options)).value();
  }

  TemporaryFolder folder;
  SystemClock clock;
  SeededRandom random{1};
  std::string pem;
  std::unique_ptr<crypto::Signer> signer;
  ledger::LedgerProfile profile;
  std::optional<csd::embedded::Service> service;
};

}  // namespace ustp::test
