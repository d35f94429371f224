#include "gateway/engine/event_log.hpp"

#include "gateway/engine/entry_parts.hpp"

namespace ustp::gateway {

using protocol::State;

namespace {
constexpr std::size_t kLooksMax = 16'384;  // of one page: whoever sees little is not scanned for at once
}

std::string_view status_of(State state) {
  switch (state) {
    case State::kCompleted: case State::kReceived: return "completed";
    case State::kAborted: case State::kRefused: return "aborted";
    case State::kUnexecutable: return "unexecutable";
    case State::kInDoubt: return "in_doubt";
    case State::kSuspended: case State::kReleasing: return "suspense";
    default: return "open";
  }
}

std::optional<Error> reason_of(const protocol::TransferState& state) {
  if (state.state == State::kSuspended && !state.rule.empty())
    return Error{Code::not_eligible, "held in suspense: " + state.rule};
  return state.reason;
}

void EventLog::add(const protocol::TransferState& state, const ParticipantId& viewer, Instant at) {
  entries_.push_back(
      {state.id, at, viewer, state.state, {}, state.role == protocol::Role::kSender, reason_of(state)});
  trim();
}

void EventLog::add(const ScheduledOrder& scheduled, Instant at) {
  entries_.push_back({scheduled.id, at, scheduled.order.participant, {}, scheduled.stage, true, scheduled.reason});
  trim();
}

void EventLog::trim() {
  for (; entries_.size() > kept_; ++first_) entries_.pop_front();
}

TransferEvent EventLog::view(const Entry& entry, std::uint64_t sequence) {
  protocol::TransferState state;
  state.state = entry.state;
  TransferEvent out;
  out.sequence = sequence;
  out.transfer = entry.transfer;
  out.sender = entry.sender;
  out.state = to_string(entry.state);
  out.status = status_of(entry.state);
  out.waiting_on = waiting_on(state);
  if (entry.stage != ScheduledOrder::Stage{}) {
    out.state = to_string(entry.stage);
    out.status = status_of(entry.stage);
    out.waiting_on = entry.stage == ScheduledOrder::Stage::kWaiting ? "time" : "";
  }
  out.reason = entry.reason;
  out.at = entry.at;
  return out;
}

EventPage EventLog::page(const ParticipantId& viewer, bool all, std::optional<std::uint64_t> after,
                         std::uint64_t until, std::size_t limit) const {
  EventPage out;
  out.next = after.value_or(first_ - 1);
  out.restart = first_ - 1;
  if (out.next > last()) {  // a journal that was restored to an earlier state
    out.gap = Error{Code::cursor_ahead, std::to_string(out.next) + ", the newest is " + std::to_string(last())};
    return out;
  }
  if (out.next + 1 < first_) {
    out.gap = Error{Code::cursor_expired, std::to_string(out.next) + ", the oldest kept is " + std::to_string(first_)};
    return out;
  }
  until = std::min(until, last());
  for (std::size_t looks = 0; out.next < until && out.events.size() < limit && looks < kLooksMax; ++looks) {
    ++out.next;
    const auto& entry = entries_[out.next - first_];
    if (all || (!entry.viewer.empty() && entry.viewer == viewer)) out.events.push_back(view(entry, out.next));
  }
  out.more = out.next < until;
  return out;
}

void EventLog::put(Writer& w) const {
  w.u64(first_);
  w.u32(static_cast<std::uint32_t>(entries_.size()));
  for (const auto& entry : entries_) {
    w.id(entry.transfer);
    w.u64(static_cast<std::uint64_t>(entry.at.ns));
    w.text(entry.viewer.str());
    w.u8(static_cast<std::uint8_t>(entry.state));
    w.u8(static_cast<std::uint8_t>(entry.stage));
    w.u8(entry.sender);
    w.u8(entry.reason.has_value());
    if (entry.reason) gateway::put(w, *entry.reason);
  }
}

bool EventLog::get(Reader& r) {
  first_ = r.u64();
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    auto& entry = entries_.emplace_back();
    entry.transfer = r.id<TransferId>();
    entry.at = {static_cast<std::int64_t>(r.u64())};
    entry.viewer = r.text_id<ParticipantId>();
    entry.state = static_cast<State>(r.u8());
    entry.stage = static_cast<ScheduledOrder::Stage>(r.u8());
    entry.sender = r.u8() != 0;
    if (r.u8() != 0) entry.reason = get_error(r);
  }
  trim();  // fewer may be kept than when it was written
  return r.ok() && first_ > 0;
}

}  // namespace ustp::gateway
