#pragma once
// Pages of transfers (private to engine). The engine's thread says what memory has of a page; what the archive has is read
// behind it, on a worker: whoever lists does not hold up what settles.

#include "gateway/ports/archive.hpp"
#include "gateway/ports/service.hpp"

namespace ustp::gateway {

struct Listing {
  TransferFilter filter;
  ParticipantId participant;
  bool all = false;                    // an operator sees every transfer
  std::size_t limit = 0;
  std::vector<std::pair<std::uint64_t, TransferView>> found;  // in memory, with their places, the newest first
  std::uint64_t below = 0;             // the page begins before this place
  std::uint64_t floor = 0;             // looking in memory ended here, with `last`; 0: nothing is left
  TransferId last;
  std::uint64_t archived_at = 0;       // of what the archive holds; 0: nothing
};

// Merges what the archive has further back. Thread-safe; errors are the archive's. `archive` may be null when nothing is there.
Result<TransferPage> page_of(Listing listing, Archive* archive);

}  // namespace ustp::gateway
