#pragma once
// Evidence of the Corda-like ledger (EvidenceKind::kCordaTearOff): a transaction torn down to its command and its
// notary, and the notary's signature over the batch it was notarised in. It shows that the operation was *notarised*;
// that inputs and outputs are as the command says is the word of the validating notary. Pure and thread-safe.

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <unordered_set>

#include "adapters/corda/proof/facts.hpp"
#include "adapters/corda/proof/merkle.hpp"

namespace ustp::corda {

// One component group as a tear-off carries it.
struct GroupPart {
  enum class Kind : std::uint8_t { kAbsent = 0, kHidden = 1, kShown = 2 };
  Kind kind = Kind::kAbsent;
  Hash256 root;                    // hidden; shown: recomputed from the components when decoded
  std::vector<Bytes> components;   // shown
  std::vector<Hash256> nonces;     // one per component; never the salt
  PartialTree tree;                // shown
};
struct TearOff {
  Codec codec = Codec::kCanonical;
  std::vector<GroupPart> groups;
  PartialTree batch;               // the path of SHA-256(transaction id) to what the notary signed
  Bytes signature;
};

// Transaction id; Code::bad_proof unless each shown group's leaves are the tree's included leaves one to one, in order.
Result<Hash256> transaction_id(const TearOff& tear_off);
// Root of the notary's batch; Code::bad_proof unless the batch shows exactly this transaction's leaf.
Result<Hash256> batch_root(const TearOff& tear_off, const Hash256& transaction);

inline constexpr std::size_t kMaxTearOff = 16 * 1024;
Bytes encode_tear_off(const TearOff& tear_off);
// The same in pieces, for a ledger that makes many of one batch: groups ‖ path ‖ signature.
Bytes encode_groups(const TearOff& tear_off);
void append_path(Bytes& out, const TreeLevels& batch, std::size_t index);
// What a tear-off leads to, as views into its octets: these carry no included hash, so the roots are computed once and
// hold by construction.
struct ReadTearOff {
  struct Part {
    GroupPart::Kind kind = GroupPart::Kind::kAbsent;
    Hash256 root;
    std::size_t shown = 0;         // components
    BytesView first;               // of them
    bool whole = false;            // the tree is one shown leaf: no second component hides
  };
  std::array<Part, kMaxGroups> groups;
  std::size_t count = 0;           // of groups
  Hash256 transaction, batch_root;
  BytesView signature;
};
// `decoded`, where given, becomes the tear-off itself.
Result<ReadTearOff> read_tear_off(BytesView octets, TearOff* decoded = nullptr);
Result<TearOff> decode_tear_off(BytesView octets);

// Remembers signatures that verified, so that a batch's one signature is checked once for all its evidences. Bounded;
// thread-safe; remembers no failure.
class SignatureCache {
 public:
  explicit SignatureCache(std::size_t capacity = 4096) : capacity_(capacity) {}
  bool verify(const Bytes& spki, BytesView message, BytesView signature);

 private:
  static constexpr std::size_t kMaxKeys = 64;
  std::mutex mutex_;
  std::size_t capacity_;
  std::unordered_set<Hash256> known_;
  std::deque<Hash256> order_;
  std::map<Bytes, std::shared_ptr<const crypto::Verifier>> keys_;
};

// Code::evidence_invalid or bad_proof for anything that is not exactly what our ledger makes under anchor.key.
Result<ProvenOperation> verify_corda_tear_off(const Evidence& evidence, const LedgerAnchor& anchor);
// The same with a cache (may be null).
std::function<Result<ProvenOperation>(const Evidence&, const LedgerAnchor&)> make_tear_off_verifier(
    std::shared_ptr<SignatureCache> cache);

}  // namespace ustp::corda
