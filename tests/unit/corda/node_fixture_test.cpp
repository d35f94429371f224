// Transactions of a real Corda 4.10 node: the same tree code leads from their components to their ids, and from their
// tear-offs to what the notary signed.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "adapters/corda/proof/tear_off.hpp"

using namespace ustp;
using Json = nlohmann::json;

namespace {

Hash256 hash(const Json& json) { return Hash256::from_hex(json.get<std::string>()).value(); }
Bytes octets(const Json& json) { return from_hex(json.get<std::string>()).value(); }

corda::PartialTree tree(const Json& json) {
  using corda::PartialTree;
  if (json.contains("included")) return corda::included(hash(json["included"]));
  if (json.contains("leaf")) return {PartialTree::Kind::kHidden, hash(json["leaf"]), nullptr, nullptr};
  PartialTree out{PartialTree::Kind::kNode, {}, nullptr, nullptr};
  out.left = std::make_unique<PartialTree>(tree(json["l"]));
  out.right = std::make_unique<PartialTree>(tree(json["r"]));
  return out;
}

Hash256 id_from_components(const Json& transaction) {
  const auto salt = hash(transaction["full"]["salt"]);
  std::vector<Hash256> roots(transaction["groupHashes"].size(), corda::absent_group());
  for (const auto& group : transaction["full"]["groups"]) {
    const auto index = group["index"].get<std::uint32_t>();
    std::vector<Hash256> leaves;
    for (const auto& one : group["components"]) {
      const auto component = octets(one);
      const auto place = static_cast<std::uint32_t>(leaves.size());
      leaves.push_back(corda::component_leaf(corda::component_nonce(salt, index, place, component), component));
    }
    roots.at(index) = corda::tree_root(leaves);
  }
  return corda::tree_root(roots);
}

corda::TearOff tear_off(const Json& transaction) {
  corda::TearOff out;
  out.codec = corda::Codec::kCordaAmqp;
  for (const auto& root : transaction["groupHashes"]) {
    auto& part = out.groups.emplace_back();
    part.root = hash(root);
    part.kind = part.root == corda::absent_group() ? corda::GroupPart::Kind::kAbsent : corda::GroupPart::Kind::kHidden;
  }
  for (const auto& group : transaction["filteredGroups"]) {
    auto& part = out.groups.at(group["index"].get<std::size_t>());
    part.kind = corda::GroupPart::Kind::kShown;
    for (const auto& one : group["components"]) part.components.push_back(octets(one));
    for (const auto& one : group["nonces"]) part.nonces.push_back(hash(one));
    part.tree = tree(group["partialTree"]);
  }
  return out;
}

}  // namespace

TEST_CASE("a real node's transactions: ids, tear-offs and the notary's batch signature") {
  const std::filesystem::path path = USTP_SOURCE_DIR "/../shared/data/corda/node-4.10-transactions.json";
  if (!std::filesystem::exists(path)) {
    MESSAGE("SKIPPED: corda/node-4.10-transactions.json is not here");
    return;
  }
  const Json all = Json::parse(std::ifstream(path));
  REQUIRE(all.size() == 2);
  for (const auto& transaction : all) {
    const auto id = hash(transaction["txId"]);
    CHECK(id_from_components(transaction) == id);
    auto torn = tear_off(transaction);
    CHECK(corda::transaction_id(torn).value() == id);
    const auto notary = crypto::make_verifier(octets(transaction["notaryKeySpki"])).value();
    std::size_t notarised = 0;
    for (const auto& signature : transaction["signatures"]) {
      const auto payload = octets(signature["payload"]);  // AMQP of what was signed; the signed hash stands in it
      const auto signed_hash = hash(signature["signedHash"]);
      const auto& inside = signed_hash.octets();
      CHECK(std::search(payload.begin(), payload.end(), inside.begin(), inside.end()) != payload.end());
      const auto key = crypto::make_verifier(octets(signature["by"])).value();
      CHECK(key->verify(payload, octets(signature["bytes"])));
      if (!signature["notary"].get<bool>()) {
        CHECK(signed_hash == id);
        continue;
      }
      ++notarised;
      CHECK(key->key_id() == notary->key_id());
      torn.batch = tree(signature["partialTree"]);
      CHECK(corda::batch_root(torn, id).value() == signed_hash);
      CHECK(!corda::batch_root(torn, signed_hash).has_value());  // a leaf of another transaction
    }
    CHECK(notarised == 1);
    torn.groups[2].components[0].back() ^= 1;
    CHECK(!corda::transaction_id(torn).has_value());
  }
}
