#include "adapters/csd/proof/signed_file.hpp"

namespace ustp::csd::proof {
namespace {

constexpr std::string_view kOpen = "<?ustp-signature alg=\"ES256\" kid=\"", kMiddle = "\" sig=\"", kClose = "\"?>\n";
constexpr std::size_t kKeyText = 64, kSignatureText = 88;
constexpr std::size_t kTrailer = kOpen.size() + kKeyText + kMiddle.size() + kSignatureText + kClose.size();

}  // namespace

Result<SignedFile> split(BytesView file) {
  if (file.size() <= kTrailer) return Error{Code::bad_signature, "file without signature"};
  const std::string_view trailer = as_text(file.last(kTrailer));
  const std::size_t key_at = kOpen.size(), middle_at = key_at + kKeyText, signature_at = middle_at + kMiddle.size();
  const bool framed = trailer.substr(0, key_at) == kOpen && trailer.substr(middle_at, kMiddle.size()) == kMiddle &&
                      trailer.substr(signature_at + kSignatureText) == kClose;
  if (!framed) return Error{Code::bad_signature, "file without signature"};
  const std::string key_text(trailer.substr(key_at, kKeyText));
  USTP_TRY(const auto key, KeyId::from_hex(key_text));
  // One form only: a second spelling of a signed file would be a second piece of evidence.
  if (key.hex() != key_text) return Error{Code::bad_signature, "key id"};
  USTP_TRY(auto signature, from_base64(trailer.substr(signature_at, kSignatureText)));
  return SignedFile{file.first(file.size() - kTrailer), key, std::move(signature)};
}

Result<void> verify(BytesView file, const crypto::Verifier& key) {
  USTP_TRY(const auto parts, split(file));
  if (key.algorithm() != crypto::Algorithm::kEs256) return Error{Code::bad_key, "the CSD signs with ES256"};
  if (parts.key != key.key_id()) return Error{Code::unknown_key, "not the key of the CSD"};
  if (!key.verify_canonical(parts.content, parts.signature)) return Error{Code::bad_signature, "CSD message"};
  return {};
}

Result<std::string> sign(std::string content, crypto::Signer& signer) {
  if (signer.algorithm() != crypto::Algorithm::kEs256) return Error{Code::bad_key, "the CSD signs with ES256"};
  USTP_TRY(const auto signature, signer.sign(as_bytes(content)));
  content.append(kOpen).append(signer.key_id().hex()).append(kMiddle).append(to_base64(signature)).append(kClose);
  return content;
}

}  // namespace ustp::csd::proof
