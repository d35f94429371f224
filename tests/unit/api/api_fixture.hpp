#pragma once
// A server on a free port with a fake Service, a CA, and clients of "alice".

#include <doctest/doctest.h>

#include <atomic>

#include "gateway/api/api.hpp"
#include "tests/unit/api/client.hpp"
#include "tests/unit/api/fake_service.hpp"

namespace ustp::test {

inline const char* const kOrder =
    R"({"instrument":"US0378331005","quantity":"10","originator":"a","beneficiary":"b","target_ledger":"eth-1"})";
inline const std::string kOne = "/v1/transfers/" + std::string(32, 'a');

struct ApiFixture {
  testing::TestPki pki;
  testing::CertificateFiles alice = pki.participant("alice");
  FakeService service;
  std::atomic<bool> admit{true};
  gateway::ApiOptions options;
  std::unique_ptr<gateway::ApiServer> server;

  ApiFixture() {
    options.listen = "127.0.0.1:0";
    const auto own = pki.gateway("gw-1");
    options.tls = {own.ca, own.certificate, own.key};
    options.admitted = [this](const ParticipantId& who) { return admit && (who.str() == "alice" || who.str() == "bob"); };
  }
  void start() {
    auto made = gateway::make_api_server(options, service);
    REQUIRE_MESSAGE(made.has_value(), (made ? "" : to_string(made.error())));
    server = *std::move(made);
    REQUIRE(server->start());
  }
  std::unique_ptr<Client> client() { return std::make_unique<Client>(server->port(), &alice); }
};

}  // namespace ustp::test
