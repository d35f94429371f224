// Who a certificate names, and when it is valid.
#include <openssl/asn1.h>

#include <ctime>
#include <string_view>

#include "gateway/tls/owners.hpp"
#include "gateway/tls/tls_context.hpp"

namespace ustp::gateway::tls {
namespace {

constexpr std::string_view kGateway = "urn:ustp:gateway:", kParticipant = "urn:ustp:participant:";
constexpr int kMaxNames = 32;

Result<std::vector<std::string>> uris_of(const X509* certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> out;
  if (!names) return out;
  const int count = sk_GENERAL_NAME_num(names.get());
  if (count > kMaxNames) return Error{Code::too_long, "more than 32 alternative names"};
  for (int i = 0; i < count; ++i) {
    int type = 0;
    const auto* value = static_cast<ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
    if (type != GEN_URI) continue;
    // With its length: an octet zero inside does not end the name.
    out.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                     static_cast<std::size_t>(ASN1_STRING_length(value)));
  }
  return out;
}

// Exactly one URI of this kind: two identities in one certificate would leave the choice to the reader.
template <class Id>
Result<Id> identity_of(const X509* certificate, std::string_view prefix) {
  const auto mismatch = [&](std::string what) {
    return Error{Code::tls_identity_mismatch, std::move(what) + " " + std::string(prefix) + "… in the certificate"};
  };
  if (certificate == nullptr) return mismatch("no certificate, no");
  const auto uris = uris_of(certificate);
  if (!uris) return mismatch("too many names beside");
  std::string_view found;
  for (const auto& uri : *uris) {
    if (!uri.starts_with(prefix)) continue;
    if (!found.empty()) return mismatch("more than one");
    found = uri;
  }
  if (found.empty()) return mismatch("no");
  auto id = Id::parse(found.substr(prefix.size()));
  if (!id) return mismatch("malformed");
  return id;
}

Result<Instant> instant_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return Error{Code::invalid_time, "certificate's validity"};
  constexpr std::int64_t kLast = INT64_MAX / 1'000'000'000;  // "99991231235959Z", no end, lies behind it
  const std::int64_t seconds = static_cast<std::int64_t>(::timegm(&parts));
  return Instant{seconds >= kLast ? INT64_MAX : seconds * 1'000'000'000};
}

}  // namespace

Result<GatewayId> gateway_of(const X509* certificate) { return identity_of<GatewayId>(certificate, kGateway); }
Result<ParticipantId> participant_of(const X509* certificate) {
  return identity_of<ParticipantId>(certificate, kParticipant);
}
std::string gateway_uri(const GatewayId& id) { return std::string(kGateway) + id.str(); }
std::string participant_uri(const ParticipantId& id) { return std::string(kParticipant) + id.str(); }

Result<CertificateFacts> facts_of(const X509* certificate) {
  CertificateFacts facts;
  USTP_TRY(facts.uris, uris_of(certificate));
  USTP_TRY(facts.not_before, instant_of(X509_get0_notBefore(certificate)));
  USTP_TRY(facts.not_after, instant_of(X509_get0_notAfter(certificate)));
  return facts;
}

}  // namespace ustp::gateway::tls
