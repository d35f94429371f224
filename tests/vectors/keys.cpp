#include "tests/vectors/keys.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>

#include <array>

namespace ustp::vectors {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using Context = std::unique_ptr<BN_CTX, Deleter<BN_CTX_free>>;
using Group = std::unique_ptr<EC_GROUP, Deleter<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Deleter<EC_POINT_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;

Number number(BytesView octets) { return Number(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)); }
Bytes octets32(const BIGNUM* n) {
  Bytes out(32);
  BN_bn2binpad(n, out.data(), 32);
  return out;
}
Bytes hmac(BytesView key, BytesView data) {
  Bytes out(32);
  unsigned size = 32;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), out.data(), &size);
  return out;
}
Bytes joined(std::initializer_list<BytesView> parts) {
  Bytes out;
  for (const auto part : parts) append(out, part);
  return out;
}

class P256Signer final : public crypto::Signer {
 public:
  explicit P256Signer(BytesView seed)
      : group_(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)), context_(BN_CTX_new()), d_(number(seed)) {
    BN_mod(d_.get(), d_.get(), order(), context_.get());
    spki_ = from_hex("3059301306072a8648ce3d020106082a8648ce3d030107034200").value();
    Point q(EC_POINT_new(group_.get()));
    EC_POINT_mul(group_.get(), q.get(), d_.get(), nullptr, nullptr, context_.get());
    Bytes point(65);
    EC_POINT_point2oct(group_.get(), q.get(), POINT_CONVERSION_UNCOMPRESSED, point.data(), point.size(), context_.get());
    append(spki_, point);
    id_ = crypto::key_id_of(spki_);
  }
  crypto::Algorithm algorithm() const override { return crypto::Algorithm::kEs256; }
  const KeyId& key_id() const override { return id_; }
  const Bytes& spki() const override { return spki_; }

  Result<Bytes> sign(BytesView message) override {
    const Hash256 digest = crypto::sha256(message);
    Number h = number(digest.view()), reduced(BN_new());
    BN_mod(reduced.get(), h.get(), order(), context_.get());
    const Bytes d = octets32(d_.get()), e = octets32(reduced.get());
    // RFC 6979, section 3.2
    Bytes v(32, 1), k(32, 0);
    const std::array<std::uint8_t, 1> zero{0}, one{1};
    k = hmac(k, joined({v, zero, d, e}));
    v = hmac(k, v);
    k = hmac(k, joined({v, one, d, e}));
    v = hmac(k, v);
    for (;;) {
      v = hmac(k, v);
      Number nonce = number(v);
      if (!BN_is_zero(nonce.get()) && BN_cmp(nonce.get(), order()) < 0) return with_nonce(nonce.get(), h.get());
      k = hmac(k, joined({v, zero}));
      v = hmac(k, v);
    }
  }

 private:
  const BIGNUM* order() const { return EC_GROUP_get0_order(group_.get()); }
  Bytes with_nonce(const BIGNUM* nonce, const BIGNUM* h) {
    BN_CTX* c = context_.get();
    Point p(EC_POINT_new(group_.get()));
    EC_POINT_mul(group_.get(), p.get(), nonce, nullptr, nullptr, c);
    Number r(BN_new()), s(BN_new()), half(BN_new());
    EC_POINT_get_affine_coordinates(group_.get(), p.get(), r.get(), nullptr, c);
    BN_mod(r.get(), r.get(), order(), c);
    BN_mod_mul(s.get(), r.get(), d_.get(), order(), c);
    BN_mod_add(s.get(), s.get(), h, order(), c);
    Number inverse(BN_mod_inverse(nullptr, nonce, order(), c));
    BN_mod_mul(s.get(), s.get(), inverse.get(), order(), c);
    BN_rshift1(half.get(), order());
    if (BN_cmp(s.get(), half.get()) > 0) BN_sub(s.get(), order(), s.get());
    return joined({octets32(r.get()), octets32(s.get())});
  }

  Group group_;
  Context context_;
  Number d_;
  Bytes spki_;
  KeyId id_;
};

class Ed25519Signer final : public crypto::Signer {
 public:
  explicit Ed25519Signer(BytesView seed)
      : key_(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size())) {
    spki_ = from_hex("302a300506032b6570032100").value();
    Bytes raw(32);
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size);
    append(spki_, raw);
    id_ = crypto::key_id_of(spki_);
  }
  crypto::Algorithm algorithm() const override { return crypto::Algorithm::kEd25519; }
  const KeyId& key_id() const override { return id_; }
  const Bytes& spki() const override { return spki_; }
  Result<Bytes> sign(BytesView message) override {
    MdContext ctx(EVP_MD_CTX_new());
    Bytes out(64);
    std::size_t size = out.size();
    if (EVP_DigestSignInit(ctx.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(ctx.get(), out.data(), &size, message.data(), message.size()) != 1)
      return Error{Code::internal, "signing failed"};
    return out;
  }

 private:
  Key key_;
  Bytes spki_;
  KeyId id_;
};

}  // namespace

std::unique_ptr<crypto::Signer> named_signer(std::string_view name, crypto::Algorithm algorithm) {
  const Hash256 seed = crypto::sha256({as_bytes("USTP test key "), as_bytes(name)});
  if (algorithm == crypto::Algorithm::kEs256) return std::make_unique<P256Signer>(seed.view());
  return std::make_unique<Ed25519Signer>(seed.view());
}

Bytes hmac_sha256(BytesView key, BytesView data) { return hmac(key, data); }

Bytes with_high_s(BytesView signature) {
  Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  Number s = number(signature.subspan(32));
  BN_sub(s.get(), EC_GROUP_get0_order(group.get()), s.get());
  return joined({signature.first(32), octets32(s.get())});
}

}  // namespace ustp::vectors
