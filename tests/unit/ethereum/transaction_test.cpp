#include <doctest/doctest.h>

#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/rlp.hpp"
#include "adapters/ethereum/evm/transaction.hpp"
#include "tests/unit/ethereum/vectors.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

SigningKey key_46() { return SigningKey::from_secret(crypto::SecretBytes(Bytes(32, 0x46))).value(); }

// The figures of EIP-155's example as a type-2 transaction.
Transaction example() {
  Transaction t;
  t.chain_id = 1;
  t.nonce = 9;
  t.max_priority_fee = 20'000'000'000ULL;
  t.max_fee = 30'000'000'000ULL;
  t.gas_limit = 21'000;
  t.to = Address::from_bytes(Bytes(20, 0x35)).value();
  t.value = 1'000'000'000'000'000'000ULL;
  return t;
}

// The raw octets of `t` with another signature, as nobody honest would write them.
Bytes raw_with(const Transaction& t, const Signature& signature) {
  const auto scalar = [](const Word& w) {
    BytesView digits = w.view();
    while (!digits.empty() && digits[0] == 0) digits = digits.subspan(1);
    return rlp::encode(digits);
  };
  Bytes out = {2};
  append(out, rlp::encode_list({rlp::encode(Uint128{t.chain_id}), rlp::encode(Uint128{t.nonce}),
                                rlp::encode(t.max_priority_fee), rlp::encode(t.max_fee),
                                rlp::encode(Uint128{t.gas_limit}), rlp::encode(t.to->view()), rlp::encode(t.value),
                                rlp::encode(BytesView(t.data)), rlp::encode_list({}),
                                rlp::encode(Uint128{signature.y_parity}), scalar(signature.r), scalar(signature.s)}));
  return out;
}

// n - s: the other root that verifies just as well.
Word other_s(const Word& s) {
  const Bytes n = from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").value();
  Word out;
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int digit = n[i] - s.octets()[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    out.mutable_octets()[i] = static_cast<std::uint8_t>(digit + 256 * borrow);
  }
  return out;
}

}  // namespace

TEST_CASE("signing is deterministic and gives the octets that another implementation gives") {
  CHECK(to_text(key_46().address()) == "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
  CHECK(signing_hash(example()).hex() == "c142675e5862a1b40803da77d9bbde3c66f4b4b03fd6c1830c28da400b5bfb7a");
  const auto made = sign(example(), key_46());
  CHECK(to_hex(made.raw) ==
        "02f87401098504a817c8008506fc23ac00825208943535353535353535353535353535353535353535880de0b6b3a764000080c001a08bad91"
        "8a8b3ab34c948482620d4d4de4b48cb08110e0bdf6b6bb08ab73bf9442a00c85431240b4db3f42e705d30e1b38e5a0950ead8eac26d7a206"
        "c33550a7468b");
  CHECK(made.hash.hex() == "cd65778c7786537f68f8139365fb9efa7a22461141c9dfe0b895defc151a982f");
  const auto read = decode_transaction(made.raw);
  REQUIRE(read.has_value());
  CHECK(read->transaction == example());
  CHECK(read->from == key_46().address());
  CHECK(read->hash == made.hash);
}

TEST_CASE("the high-s twin of a signature is refused (EIP-2)") {
  auto made = sign(example(), key_46());
  Signature twin = made.signature;
  twin.s = other_s(twin.s);
  twin.y_parity ^= 1;
  CHECK(recover(signing_hash(example()), made.signature).value() == key_46().address());
  CHECK(recover(signing_hash(example()), twin).error() == Error{Code::bad_signature, "high s"});
  CHECK(decode_transaction(raw_with(example(), twin)).error().code == Code::bad_signature);
}

TEST_CASE("scalars outside the group are refused") {
  const auto made = sign(example(), key_46());
  Signature bad = made.signature;
  bad.r = Word();
  CHECK(recover(signing_hash(example()), bad).error().code == Code::bad_signature);
  bad = made.signature;
  bad.s = Word();
  CHECK(recover(signing_hash(example()), bad).error().code == Code::bad_signature);
  bad = made.signature;
  bad.r.mutable_octets().fill(0xff);
  CHECK(recover(signing_hash(example()), bad).error().code == Code::bad_signature);
  bad = made.signature;
  bad.y_parity = 2;
  CHECK(recover(signing_hash(example()), bad).error().code == Code::bad_signature);
  CHECK(SigningKey::from_secret(crypto::SecretBytes(Bytes(32, 0))).error().code == Code::bad_key);
  CHECK(SigningKey::from_secret(crypto::SecretBytes(Bytes(31, 1))).error().code == Code::bad_key);
}

TEST_CASE("figures that no node takes are refused") {
  const auto refused = [](const Transaction& t) { return decode_transaction(sign(t, key_46()).raw).error().code; };
  Transaction t = example();
  t.max_priority_fee = t.max_fee + 1;
  CHECK(refused(t) == Code::out_of_range);
  t = example();
  t.nonce = UINT64_MAX;
  CHECK(refused(t) == Code::out_of_range);
  t = example();
  t.max_fee = ~Uint128{0};
  CHECK(refused(t) != Code{});
  t = example();
  t.gas_limit = 0;
  CHECK(refused(t) == Code::out_of_range);
}

TEST_CASE("each cut and each other first octet is refused") {
  const auto made = sign(example(), key_46());
  for (std::size_t size = 0; size < made.raw.size(); ++size)
    CHECK_FALSE(decode_transaction(BytesView(made.raw).first(size)).has_value());
  for (const int type : {0, 1, 3, 0xc0}) {
    Bytes other = made.raw;
    other[0] = static_cast<std::uint8_t>(type);
    CHECK_FALSE(decode_transaction(other).has_value());
  }
}

TEST_CASE("transaction vectors: what all refuse we refuse, what we take is taken by all") {
  const auto folder = test::vectors("TransactionTests");
  if (!folder) return;
  std::size_t cases = 0, taken = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path());
    const auto in_file = nlohmann::json::parse(in);
    for (const auto& [name, test] : in_file.items()) {
      CAPTURE(name);
      const auto raw = from_hex0x(test.at("txbytes").get<std::string>());
      const auto& verdict = test.at("result").at("Cancun");
      ++cases;
      if (!raw) continue;
      const auto ours = decode_transaction(*raw);
      if (!ours) continue;
      ++taken;
      REQUIRE(verdict.contains("hash"));
      CHECK(to_hex0x(ours->hash.view()) == verdict.at("hash").get<std::string>());
      CHECK(to_text(ours->from) == verdict.at("sender").get<std::string>());
    }
  }
  MESSAGE("transaction vectors: " << cases << ", of type 2 and valid: " << taken);
  CHECK(cases > 40);
}

TEST_CASE("a key file holds hexadecimal and nothing else") {
  const auto path = std::filesystem::temp_directory_path() / ("ustp-key-" + std::to_string(::getpid()));
  const auto write = [&](const std::string& text) { std::ofstream(path) << text; };
  write("0x" + std::string(64, '4') + "\n");
  CHECK(SigningKey::load_file(path.string()).has_value());
  write("hello");
  CHECK(SigningKey::load_file(path.string()).error().code == Code::bad_key);
  write(std::string(200, '4'));
  CHECK(SigningKey::load_file(path.string()).error().code == Code::bad_key);
  std::filesystem::remove(path);
  CHECK(SigningKey::load_file(path.string()).error().code == Code::io_error);
}
