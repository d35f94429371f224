#pragma once
// How the CSD signs what it writes: the file ends in one processing instruction,
//   <?ustp-signature alg="ES256" kid="64 hex" sig="88 base64"?>\n
// whose signature covers every octet before it. The file stays well-formed XML and is renamed into place as one, so
// that a message and its signature never come apart.

#include <string>

#include "ustp/crypto/crypto.hpp"

namespace ustp::csd::proof {

struct SignedFile {
  BytesView content;   // what is signed; a view into the file
  KeyId key;
  Bytes signature;
};
// Exactly one form is accepted. Code::bad_signature when the trailer is not there or is not of that form.
Result<SignedFile> split(BytesView file);
// The file was signed with `key` (SPKI, DER). Code::bad_key, unknown_key, bad_signature. Thread-safe.
Result<void> verify(BytesView file, const crypto::Verifier& key);
// content and trailer.
Result<std::string> sign(std::string content, crypto::Signer& signer);

}  // namespace ustp::csd::proof
