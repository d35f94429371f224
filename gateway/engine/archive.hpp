#pragma once
// What core.cpp and archive.cpp share of the archived transfers (private to engine).

#include "gateway/engine/core.hpp"

namespace ustp::gateway {

// A transfer as the archive has it: with the order that began it, if it was one of this gateway.
struct Core::Kept {
  Transfer transfer;
  Hash256 payload;  // of the order
};

// Over all of a transfer that decides.
Hash256 hash_of(const protocol::TransferState& state);
// Mixes a transfer's hash into that of a set, or takes it out again: in any order, whoever is in memory and whoever is not.
void mix(Hash256& set, const Hash256& one);

}  // namespace ustp::gateway
