// Replay: the state from the journal alone. step() is never called (decision 1).
#include "gateway/engine/core.hpp"
#include "gateway/engine/inputs.hpp"

namespace ustp::gateway {
namespace {

struct Frames {
  std::map<std::pair<bool, GatewayId>, std::vector<wire::BatchView>> views;

  Result<const wire::BatchView*> find(const MessageRef& ref) const {
    const auto it = views.find({ref.incoming, ref.peer});
    if (it == views.end() || ref.frame >= it->second.size() || ref.item >= it->second[ref.frame].items.size())
      return Error{Code::journal_damaged, "a message reference leads nowhere"};
    return &it->second[ref.frame];
  }
};

Result<std::vector<protocol::Outgoing>> sent_of(const Frames& frames, const StepEntry& entry) {
  std::vector<protocol::Outgoing> out;
  for (const auto& ref : entry.sent) {
    USTP_TRY(const auto* batch, frames.find(ref));
    const auto octets = batch->items[ref.item].octets;
    USTP_TRY(auto message, decode_item(*batch, ref.item));
    out.push_back({ref.peer, message.type(), Bytes(octets.begin(), octets.end())});
  }
  return out;
}

}  // namespace

Result<void> Core::replay(const Block& block) {
  const auto at = [&](const Error& e) { return Error{e.code, e.detail + ", position " + std::to_string(block.position)}; };
  auto decoded = decode_entries(block.payload);
  if (!decoded) return at(decoded.error());
  Frames frames;
  std::deque<wire::JsonSigned> held;
  bool stated = false;
  for (const auto& entry : decoded->entries) {
    const auto* frame = std::get_if<FrameEntry>(&entry);
    if (!frame) continue;
    auto view = open_frame(frame->frame, held, options_.limits);
    if (!view) return at(view.error());
    auto& channel = channels_[frame->peer];
    const auto head = head_of(frame->frame, *view);
    if (frame->incoming) {
      channel.received = head;
    } else {
      channel.sent = head;
      channel.unacknowledged.emplace_back(head.sequence, std::make_shared<const Bytes>(frame->frame));
    }
    frames.views[{frame->incoming, frame->peer}].push_back(*std::move(view));
  }
  for (const auto& entry : decoded->entries) {
    if (const auto* step = std::get_if<StepEntry>(&entry)) {
      if (auto done = replay_step(*step, frames.views, block.position); !done) return at(done.error());
    } else if (const auto* key = std::get_if<IdempotencyEntry>(&entry)) {
      if (!transfers_.contains(key->transfer) && !schedule_.find(key->transfer))
        return at({Code::journal_damaged, "the key of an order that is not there"});
      keep_order(key->participant, key->key, key->payload, key->transfer);
    } else if (const auto* statement = std::get_if<StatementEntry>(&entry)) {
      auto parsed = wire::parse_statement_frame(statement->frame);
      if (!parsed) return at(parsed.error());
      if (auto done = registry_.apply(*parsed); !done) return at(done.error());
      stated = true;
    } else if (const auto* tombstone = std::get_if<TombstoneEntry>(&entry)) {
      auto batch = frames.find(tombstone->question);
      if (!batch) return at(batch.error());
      auto question = decode_item(**batch, tombstone->question.item);
      if (!question) return at(question.error());
      const auto state = protocol::abort_tombstone(options_.self, tombstone->question.peer, *question, tombstone->time,
                                                   encoding_of(**batch));
      keep_tombstone(state, tombstone->time, block.position);
    } else if (const auto* notice = std::get_if<NoticeEntry>(&entry)) {
      auto batch = frames.find(notice->notice);
      if (!batch) return at(batch.error());
      auto message = decode_item(**batch, notice->notice.item);
      if (!message) return at(message.error());
      if (!std::holds_alternative<wire::MoveNotice>(message->body))
        return at({Code::journal_damaged, "a notice that is none"});
      const auto hash = wire::message_hash((*batch)->items[notice->notice.item].octets);
      auto done = home_book_.on_notice(*message, hash, notice->notice.peer, registry_);
      if (!done) return at(done.error());
    } else if (const auto* later = std::get_if<ScheduleEntry>(&entry)) {
      absorb(later->scheduled);
    } else if (const auto* twice = std::get_if<EquivocationEntry>(&entry)) {
      channels_[twice->peer].equivocated = twice->sequence;
      ++counters_.equivocations;
    }
  }
  if (stated) bind_channels();
  (void)home_book_.take_counted();  // their receipts are in the frames
  position_ = block.position;
  return {};
}

Result<void> Core::replay_step(const StepEntry& entry,
                               const std::map<std::pair<bool, GatewayId>, std::vector<wire::BatchView>>& views,
                               std::uint64_t position) {
  const Frames frames{views};
  USTP_TRY(auto sent, sent_of(frames, entry));
  USTP_TRY(auto* known, recall(entry.record.transfer));
  auto& transfer = known ? *known : first_seen(entry.record.transfer);
  protocol::Input input = protocol::RecheckInput{};
  switch (entry.kind) {
    case StepEntry::Kind::kOrder: {
      if (sent.empty()) return Error{Code::journal_damaged, "an order without its proposal"};
      USTP_TRY(const auto* batch, frames.find(entry.sent.front()));
      USTP_TRY(auto message, decode_item(*batch, entry.sent.front().item));
      const auto* proposal = std::get_if<wire::TransferProposal>(&message.body);
      if (!proposal) return Error{Code::journal_damaged, "an order without its proposal"};
      input = protocol::OrderInput{message.transfer,   message.settlement, message.session,
                                   proposal->leg_salt, proposal->terms,    entry.owner,
                                   proposal->encoding};
      break;
    }
    case StepEntry::Kind::kMessage: {
      USTP_TRY(const auto* batch, frames.find(entry.message));
      USTP_TRY(auto message, decode_item(*batch, entry.message.item));
      input = message_input(entry.message.peer, std::move(message), *batch, entry.message.item,
                            &transfer.state, registry_, options_.self);
      break;
    }
    case StepEntry::Kind::kOutcome:
      input = entry.outcome;
      close_operation(entry.outcome.outcome.id);
      break;
    case StepEntry::Kind::kDeadline: input = protocol::DeadlineInput{}; break;
    case StepEntry::Kind::kCancel: input = protocol::CancelInput{}; break;
    case StepEntry::Kind::kRecheck: break;
  }
  protocol::apply(transfer.state, entry.record, input, sent);
  absorb(transfer, entry.record, position);
  if (entry.intents.size() != entry.record.operations.size())
    return Error{Code::journal_damaged, "operations without intents"};
  for (std::size_t i = 0; i < entry.intents.size(); ++i) {
    if (!entry.intents[i].octets.empty()) driver_.restore(entry.intents[i]);
    open_operation(transfer, entry.record.operations[i], entry.intents[i], entry.record.time);
  }
  return {};
}

}  // namespace ustp::gateway
