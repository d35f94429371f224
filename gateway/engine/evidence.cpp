#include "gateway/engine/evidence.hpp"

#include <algorithm>

#include "gateway/engine/inputs.hpp"

namespace ustp::gateway {
namespace {

struct Found {
  wire::MessageType type{};
  wire::ProvenMessage message;
};

Result<void> take_from(const FrameEntry& entry, const TransferId& transfer, std::vector<Found>& found) {
  std::deque<wire::JsonSigned> held;
  USTP_TRY(auto batch, open_frame(entry.frame, held));
  for (std::uint32_t i = 0; i < batch.items.size(); ++i) {
    const auto message = decode_item(batch, i);
    // What was refused when it came proves nothing; notices go to the home gateway and hold these same messages.
    if (!message || message->transfer != transfer || message->type() > wire::MessageType::kSessionAbort) continue;
    auto proven = prove_item(batch, i);
    const bool known = std::any_of(found.begin(), found.end(),
                                   [&](const Found& other) { return other.message.octets == proven.octets; });
    if (!known) found.push_back({message->type(), std::move(proven)});
  }
  return {};
}

}  // namespace

Result<wire::EvidenceBundle> collect_evidence(const TransferId& transfer, const GatewayId& exporter,
                                              std::vector<wire::SignedStatement> statements,
                                              const std::vector<std::uint64_t>& positions, const BlockReader& read,
                                              Instant now) {
  if (positions.empty()) return Error{Code::unknown_transfer, transfer.hex()};
  std::vector<Found> found;
  for (const auto position : positions) {
    USTP_TRY(auto block, read(position));
    USTP_TRY(auto decoded, decode_entries(block.payload));
    for (const auto& entry : decoded.entries)
      if (const auto* frame = std::get_if<FrameEntry>(&entry)) USTP_CHECK(take_from(*frame, transfer, found));
  }
  // SATP's message types are numbered in the order of the conversation.
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.type < b.type; });
  wire::EvidenceBundle bundle;
  bundle.transfer = transfer;
  bundle.exporter = exporter;
  bundle.exported = now;
  bundle.statements = std::move(statements);
  for (auto& one : found) bundle.messages.push_back(std::move(one.message));
  return bundle;
}

}  // namespace ustp::gateway
