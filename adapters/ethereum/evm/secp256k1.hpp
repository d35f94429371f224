#pragma once
// Keys and signatures on secp256k1: deterministic (RFC 6979), s always in the lower half (EIP-2).

#include <memory>

#include "adapters/ethereum/evm/types.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::ethereum {

struct Signature {
  Word r, s;
  std::uint8_t y_parity = 0;  // 0 or 1
  friend bool operator==(const Signature&, const Signature&) = default;
};

// One externally owned account's key. Thread-safe after construction; the secret is wiped at the end.
class SigningKey {
 public:
  static Result<SigningKey> from_secret(crypto::SecretBytes secret);  // 32 octets; Code::bad_key
  // A file of 64 hexadecimal digits, "0x" before and white space after allowed. Code::io_error, Code::bad_key.
  static Result<SigningKey> load_file(const std::string& path);
  const Address& address() const { return address_; }
  Signature sign(const Word& digest) const;

 private:
  SigningKey() = default;
  crypto::SecretBytes secret_;
  Address address_;
};

// Who signed. Code::bad_signature: high s, r or s outside the group, parity above 1, or no such point.
Result<Address> recover(const Word& digest, const Signature& signature);

}  // namespace ustp::ethereum
