#pragma once
// The states of the Corda-like ledger and a transaction that consumes some and makes others.

#include <compare>

#include "adapters/corda/proof/tear_off.hpp"
#include "ustp/token/token.hpp"

namespace ustp::corda {

// What of a lot survives every move; lots that agree in it are one.
struct LotTerms {
  Date acquired;
  std::string origin;
  Instant locked_until;
  token::Restriction restriction = token::Restriction::kNone;
  friend auto operator<=>(const LotTerms&, const LotTerms&) = default;
  // Says nothing in particular: any unrestricted lot will do.
  bool unspecific() const { return *this == LotTerms{}; }
};
struct Piece {
  LotTerms terms;
  Uint128 units = 0;  // base units
};
Uint128 total(const std::vector<Piece>& pieces);  // never wraps: the ledger's whole supply fits 128 bits

enum class StateKind : std::uint8_t {
  kToken = 1,      // one lot at its owner's disposal; an owner has one state per lot
  kLock = 2,       // units of `account` under the lock `operation`: token and lock in one state, as the two
                   // states of a mutual encumbrance can only be consumed together
  kCustody = 3,    // created by `operation`, provisional
  kSuspense = 4,   // suspended by `operation` for `beneficiary`
  kTombstone = 5,  // `operation` can never take effect; nothing consumes it
};
struct State {
  StateKind kind{};
  AccountId account;
  AccountId beneficiary;  // suspense
  OperationId operation;  // zero for tokens
  std::vector<Piece> pieces;
};
Bytes encode_state(const InstrumentId& instrument, const State& state);  // the component, and what the store keeps
Result<State> decode_state(const InstrumentId& instrument, BytesView octets);

struct StateRef {
  Hash256 transaction;
  std::uint32_t index = 0;
  friend auto operator<=>(const StateRef&, const StateRef&) = default;
};
Bytes encode_ref(const StateRef& ref);
Result<StateRef> decode_ref(BytesView octets);

struct Draft {
  std::vector<StateRef> inputs;
  std::vector<State> outputs;
};
struct Transaction {
  Hash256 id;
  Bytes groups;                        // encode_groups() of its tear-off
  std::vector<Bytes> output_octets;
};
// `notary` and `signers` are the constant components; `salt` is fresh for each transaction.
Transaction make_transaction(const InstrumentId& instrument, const Draft& draft, Bytes command, const Bytes& notary,
                             const Bytes& signers, const Hash256& salt);

}  // namespace ustp::corda

template <>
struct std::hash<ustp::corda::StateRef> {
  std::size_t operator()(const ustp::corda::StateRef& ref) const noexcept {
    return std::hash<ustp::Hash256>()(ref.transaction) ^ (ref.index * 0x9e3779b97f4a7c15U);
  }
};
