#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "adapters/ethereum/evm/header.hpp"
#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/rlp.hpp"
#include "adapters/ethereum/evm/trie.hpp"
#include "tests/unit/ethereum/vectors.hpp"
#include "ustp/base/random.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

Bytes text(const std::string& in) {
  if (in.rfind("0x", 0) == 0) return from_hex0x(in).value();
  return {in.begin(), in.end()};
}

void check_trie(const std::map<Bytes, Bytes>& entries, const Word& root) {
  const Trie trie(entries);
  CHECK(trie.root() == root);
  for (const auto& [key, value] : entries) CHECK(verify_inclusion(root, key, trie.prove(key)).value() == value);
}

std::vector<Bytes> values(std::size_t count) {
  SeededRandom random(count);
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < count; ++i) {
    Bytes value(1 + random.below(60));
    random.fill(value);
    out.push_back(std::move(value));
  }
  return out;
}

}  // namespace

TEST_CASE("trie roots of the reference vectors") {
  const auto any = test::vectors("TrieTests/trieanyorder.json");
  const auto ordered = test::vectors("TrieTests/trietest.json");
  if (!any || !ordered) return;
  std::ifstream first(*any), second(*ordered);
  const auto first_file = nlohmann::json::parse(first);
  for (const auto& [name, test] : first_file.items()) {
    CAPTURE(name);
    std::map<Bytes, Bytes> entries;
    for (const auto& [key, value] : test.at("in").items()) entries[text(key)] = text(value.get<std::string>());
    check_trie(entries, parse_word(test.at("root").get<std::string>()).value());
  }
  const auto second_file = nlohmann::json::parse(second);
  for (const auto& [name, test] : second_file.items()) {
    CAPTURE(name);
    std::map<Bytes, Bytes> entries;
    for (const auto& step : test.at("in")) {
      const Bytes key = text(step.at(0).get<std::string>());
      if (step.at(1).is_null()) entries.erase(key);
      else entries[key] = text(step.at(1).get<std::string>());
    }
    check_trie(entries, parse_word(test.at("root").get<std::string>()).value());
  }
}

TEST_CASE("every entry of an ordered trie is provable, at all sizes around the branches") {
  CHECK(Trie::ordered({}).root() == empty_trie_root());
  CHECK(empty_trie_root().hex() == "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
  for (const std::size_t count : {1, 2, 15, 16, 17, 127, 128, 129, 300}) {
    CAPTURE(count);
    const auto all = values(count);
    const Trie trie = Trie::ordered(all);
    for (std::size_t i = 0; i < count; ++i)
      CHECK(verify_inclusion(trie.root(), trie_index_key(i), trie.prove(trie_index_key(i))).value() == all[i]);
    CHECK(trie.prove(trie_index_key(count)).empty());
  }
}

TEST_CASE("a proof that is altered, cut, padded or of another key is refused") {
  const auto all = values(200);
  const Trie trie = Trie::ordered(all);
  const Bytes key = trie_index_key(130);
  const auto proof = trie.prove(key);
  REQUIRE(proof.size() >= 3);
  const auto refused = [&](const std::vector<Bytes>& nodes, const Bytes& under) {
    const auto read = verify_inclusion(trie.root(), under, nodes);
    return !read && read.error().code == Code::bad_proof;
  };
  for (std::size_t node = 0; node < proof.size(); ++node)
    for (std::size_t octet = 0; octet < proof[node].size(); ++octet) {
      auto altered = proof;
      altered[node][octet] ^= 0x10;
      CHECK(refused(altered, key));
    }
  auto cut = proof;
  cut.pop_back();
  CHECK(refused(cut, key));
  auto padded = proof;
  padded.push_back(proof.back());
  CHECK(refused(padded, key));
  CHECK(refused(proof, trie_index_key(200 - 60)));  // another branch of the same trie
  CHECK(refused(proof, trie_index_key(500)));
  CHECK(refused({}, key));
  CHECK_FALSE(verify_inclusion(keccak256("other"), key, proof).has_value());
}

TEST_CASE("nodes that hash well but have no canonical shape are refused") {
  const Bytes key = {0x12};
  const auto lone = [&](const Bytes& node) { return verify_inclusion(keccak256(node), key, std::vector<Bytes>{node}); };
  const auto leaf = [](const Bytes& prefix) {
    return rlp::encode_list({rlp::encode(BytesView(prefix)), rlp::encode(as_bytes("value"))});
  };
  CHECK(lone(leaf({0x20, 0x12})).has_value());
  CHECK_FALSE(lone(leaf({0x2f, 0x12})).has_value());  // padding nibble that is not zero
  CHECK_FALSE(lone(leaf({0x40, 0x12})).has_value());  // unknown flag
  CHECK_FALSE(lone(leaf({0x00, 0x12})).has_value());  // an extension whose "reference" is a value
  CHECK_FALSE(lone(leaf({0x20})).has_value());        // a leaf above the key's end
  CHECK_FALSE(lone(leaf({0x20, 0x12, 0x00})).has_value());
  CHECK_FALSE(lone(rlp::encode_list({rlp::encode(as_bytes("x"))})).has_value());
  CHECK_FALSE(lone(rlp::encode(as_bytes("value"))).has_value());
  // A long node that stands inside its parent, though it should be referred to by hash.
  std::vector<Bytes> parts(17, rlp::encode(BytesView()));
  parts[1] = rlp::encode_list({rlp::encode(BytesView(Bytes{0x32})), rlp::encode(BytesView(Bytes(40, 7)))});
  CHECK_FALSE(lone(rlp::encode_list(parts)).has_value());
  parts[1] = rlp::encode_list({rlp::encode(BytesView(Bytes{0x32})), rlp::encode(BytesView(Bytes(20, 7)))});
  CHECK(lone(rlp::encode_list(parts)).has_value());
}
