// What the API shows of transfers, from memory and from the archive.
#include "gateway/engine/lists.hpp"

#include "gateway/engine/archive.hpp"
#include "gateway/engine/octets.hpp"

namespace ustp::gateway {
namespace {

bool fits(const protocol::TransferState& state, const TransferFilter& filter) {
  return (filter.status.empty() || status_of(state.state) == filter.status) &&
         (filter.state.empty() || to_string(state.state) == filter.state) &&
         (filter.instrument.empty() || state.terms.instrument == filter.instrument) &&
         (!filter.sender || *filter.sender == (state.role == protocol::Role::kSender));
}

bool fits(const ScheduledOrder& scheduled, const TransferFilter& filter) {
  return (filter.status.empty() || status_of(scheduled.stage) == filter.status) &&
         (filter.state.empty() || to_string(scheduled.stage) == filter.state) &&
         (filter.instrument.empty() || scheduled.order.instrument == filter.instrument) && filter.sender.value_or(true);
}

// Looks at so many at a time: a filter that fits nothing must not hold up what settles.
constexpr std::size_t kLooksMax = 20'000, kArchiveLooksMax = 250;

// What the archive has further back, a few at a time.
struct ArchivePages {
  std::uint64_t below = 0;             // all from here up was read
  bool at_end = false;
  std::deque<Archived> rows;
  std::size_t looks = 0;

  Result<void> refill(Archive* archive, std::uint64_t position, std::size_t wanted) {
    while (rows.empty() && !at_end && looks < kArchiveLooksMax) {
      const auto most = std::min(wanted, kArchiveLooksMax - looks);
      USTP_TRY(auto found, archive->before(below, position, most));
      at_end = found.size() < most;
      looks += found.size();
      if (!found.empty()) below = found.back().ordinal;
      for (auto& row : found) rows.push_back(std::move(row));
    }
    return {};
  }
};

}  // namespace

Result<TransferView> Core::view_for(const ParticipantId& participant, const TransferId& id) const {
  if (const auto* scheduled = schedule_.find(id); scheduled && sees(participant, *scheduled)) return view(*scheduled);
  if (const auto it = transfers_.find(id); it != transfers_.end() && sees(participant, it->second)) return view(it->second.state);
  USTP_TRY(const auto found, kept(id));
  if (!found || !sees(participant, found->transfer)) return Error{Code::not_found, id.hex()};
  return view(found->transfer.state);
}

// What memory has of a page, the newest first.
Result<Listing> Core::list_for(const ParticipantId& participant, const TransferFilter& filter, const TransferId& after,
                               std::size_t limit) const {
  Listing out;
  out.filter = filter;
  out.participant = participant;
  out.all = operates(participant);
  out.limit = limit;
  out.below = next_ordinal_;
  out.archived_at = archived_.empty() ? 0 : archived_at_;
  if (!after.is_zero()) {
    if (const auto it = transfers_.find(after); it != transfers_.end()) {
      out.below = it->second.ordinal;
    } else if (const auto* scheduled = schedule_.find(after)) {
      out.below = scheduled->ordinal;
    } else {
      USTP_TRY(const auto found, kept(after));
      out.below = found ? found->transfer.ordinal : 0;
    }
  }
  std::size_t looks = 0;
  for (auto it = order_.lower_bound(out.below); it != order_.begin() && out.found.size() < limit;) {
    if (looks++ == kLooksMax) {
      out.floor = it->first;
      return out;
    }
    const auto& [ordinal, id] = *--it;
    out.last = id;
    if (const auto* scheduled = schedule_.find(id)) {
      if (sees(participant, *scheduled) && fits(*scheduled, filter)) out.found.emplace_back(ordinal, view(*scheduled));
      continue;
    }
    const auto& transfer = transfers_.at(id);
    if (sees(participant, transfer) && fits(transfer.state, filter)) out.found.emplace_back(ordinal, view(transfer.state));
  }
  return out;
}

Result<TransferPage> page_of(Listing listing, Archive* archive) {
  TransferPage out;
  TransferId last;
  ArchivePages archived{listing.below, listing.archived_at == 0, {}, 0};
  auto in_memory = listing.found.begin();
  while (out.transfers.size() < listing.limit) {
    USTP_CHECK(archived.refill(archive, listing.archived_at, listing.limit + 1));
    const auto row = archived.rows.empty() ? 0 : archived.rows.front().ordinal;
    const auto found = in_memory == listing.found.end() ? 0 : in_memory->first;
    const bool at_budget = row == 0 && !archived.at_end && found < archived.below;
    if (at_budget || std::max(row, found) < listing.floor) {  // enough looked at for one page
      out.next = at_budget ? last : listing.last;
      return out;
    }
    if (row == 0 && found == 0) return out;
    if (found >= row) {
      if (found == row) archived.rows.pop_front();  // it was brought back
      last = in_memory->second.id;
      out.transfers.push_back(std::move(in_memory++->second));
      continue;
    }
    USTP_TRY(const auto kept, Core::get_kept(archived.rows.front()));
    archived.rows.pop_front();
    const auto& state = kept.transfer.state;
    last = state.id;
    if ((listing.all || kept.transfer.viewer == listing.participant) && fits(state, listing.filter))
      out.transfers.push_back(Core::view(state));
  }
  return out;
}

}  // namespace ustp::gateway
