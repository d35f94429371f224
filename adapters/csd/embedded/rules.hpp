#pragma once
// What an instruction does to the book: the semantics of each operation (decision 9, token model "At the CSD").

#include "adapters/csd/embedded/store.hpp"
#include "adapters/csd/iso/message.hpp"

namespace ustp::csd::embedded {

struct Verdict {
  bool applied = true;  // it took effect, exactly once, and the effect is counted
  Code reason{};        // else: refused, and nothing was changed
};
// An Error: the store failed; the transaction must be rolled back.
Result<Verdict> apply(Store& store, const iso::Operation& operation);

}  // namespace ustp::csd::embedded
