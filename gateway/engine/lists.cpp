// What the API shows of transfers, from memory and from the archive.
#include "gateway/engine/archive.hpp"

namespace ustp::gateway {
namespace {

// A participant sees the transfers it ordered and those that reach its own account (decision 21); whoever runs the
// gateway sees them all.
bool belongs_to(const protocol::TransferState& state, const ParticipantId& participant,
                const protocol::Registry& registry, const GatewayId& self) {
  if (const auto* party = registry.participant(participant); party && party->gateway == self) return true;
  if (state.role == protocol::Role::kSender) return state.owner == participant;
  const auto* account = registry.account(state.terms.target_ledger, state.terms.beneficiary);
  return account && account->participant == participant;
}

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

  template <class Skip>
  Result<void> refill(Archive* archive, std::uint64_t position, std::size_t wanted, const Skip& skip) {
    while (rows.empty() && !at_end && looks < kArchiveLooksMax) {
      const auto most = std::min(wanted, kArchiveLooksMax - looks);
      USTP_TRY(auto found, archive->before(below, position, most));
      at_end = found.size() < most;
      looks += found.size();
      if (!found.empty()) below = found.back().ordinal;
      for (auto& row : found)
        if (!skip(row)) rows.push_back(std::move(row));
    }
    return {};
  }
};

}  // namespace

Result<TransferView> Core::view_for(const ParticipantId& participant, const TransferId& id) const {
  if (const auto* scheduled = schedule_.find(id); scheduled && sees(participant, *scheduled)) return view(*scheduled);
  USTP_TRY(const auto state, lookup(id));
  if (!state || !belongs_to(*state, participant, registry_, options_.self)) return Error{Code::not_found, id.hex()};
  return view(*state);
}

// The newest first. Memory and archive are each in that order and are merged.
Result<TransferPage> Core::list_for(const ParticipantId& participant, const TransferFilter& filter,
                                    const TransferId& after, std::size_t limit) const {
  auto below = next_ordinal_;
  if (!after.is_zero()) {
    if (const auto it = transfers_.find(after); it != transfers_.end()) {
      below = it->second.ordinal;
    } else if (const auto* scheduled = schedule_.find(after)) {
      below = scheduled->ordinal;
    } else {
      USTP_TRY(const auto found, kept(after));
      below = found ? found->transfer.ordinal : 0;
    }
  }
  TransferPage out;
  TransferId last;
  std::size_t looks = 0;
  ArchivePages archived{below, archived_.empty(), {}, 0};
  const auto show = [&](const protocol::TransferState& state) {
    last = state.id;
    if (belongs_to(state, participant, registry_, options_.self) && fits(state, filter))
      out.transfers.push_back(view(state));
  };
  for (auto it = order_.lower_bound(below); out.transfers.size() < limit;) {
    const auto brought_back = [&](const Archived& row) { return transfers_.contains(row.id); };
    USTP_CHECK(archived.refill(archive_, archived_at_, limit + 1, brought_back));
    const auto in_memory = it == order_.begin() ? order_.end() : std::prev(it);
    const auto ordinal = in_memory == order_.end() ? 0 : in_memory->first;
    const bool from_archive = !archived.rows.empty() && archived.rows.front().ordinal > ordinal;
    if (!from_archive && archived.rows.empty() && !archived.at_end && ordinal < archived.below) {
      out.next = last;  // enough of the archive for one page
      return out;
    }
    if (!from_archive && ordinal == 0) return out;
    if (looks++ == kLooksMax) {
      out.next = last;
      return out;
    }
    if (from_archive) {
      USTP_TRY(const auto found, get_kept(archived.rows.front()));
      archived.rows.pop_front();
      show(found.transfer.state);
    } else {
      it = in_memory;
      if (const auto* scheduled = schedule_.find(it->second)) {
        last = it->second;
        if (sees(participant, *scheduled) && fits(*scheduled, filter)) out.transfers.push_back(view(*scheduled));
      } else {
        show(transfers_.at(it->second).state);
      }
    }
  }
  return out;
}

}  // namespace ustp::gateway
