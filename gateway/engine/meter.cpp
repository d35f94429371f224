#include "gateway/engine/meter.hpp"

namespace ustp::gateway {

void Meter::batch(const Core& core, const Effects& effects, std::size_t inputs, std::size_t payload_octets) {
  const std::lock_guard hold(mutex_);
  counters_ = core.counters();
  readiness_.recovery_only = core.recovery_only();
  readiness_.open = core.open_transfers();
  archived_ = core.archived_transfers();
  core.links(readiness_.links);
  if (statements_ != core.registry().position()) {
    statements_ = core.registry().position();
    admitted_.clear();
    for (const auto* participant : core.registry().participants())
      if (participant->admitted) admitted_.insert(participant->participant);
  }
  for (const auto& step : effects.steps) {
    ++entered_[step.to];
    alarms_ += step.alarm;
  }
  inputs_ += inputs;
  if (payload_octets == 0) return;
  ++blocks_;
  octets_ += payload_octets;
}

void Meter::durable_after(Duration waited) {
  const auto us = waited.ns / 1000;
  const std::lock_guard hold(mutex_);
  std::size_t bucket = 0;
  while (bucket < kBucketsUs.size() && us > kBucketsUs[bucket]) ++bucket;
  ++latency_[bucket];
  ++latency_count_;
  latency_sum_us_ += static_cast<std::uint64_t>(us < 0 ? 0 : us);
}

void Meter::effects_left(const Effects& effects) {
  const std::lock_guard hold(mutex_);
  sends_ += effects.sends.size();
  executes_ += effects.executes.size();
  queries_ += effects.queries.size();
}

bool Meter::admitted(const ParticipantId& participant) const {
  const std::lock_guard hold(mutex_);
  return admitted_.contains(participant);
}

Meter::Readiness Meter::readiness() const {
  const std::lock_guard hold(mutex_);
  return readiness_;
}

namespace {

void line(std::string& out, std::string_view name, std::string_view labels, std::uint64_t value) {
  out.append(name).append(labels).append(" ").append(std::to_string(value)).append("\n");
}
void metric(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ");
  out.append(type).append("\n");
}
void single(std::string& out, std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
  metric(out, name, type, help);
  line(out, name, "", value);
}

}  // namespace

std::string Meter::text(std::size_t inputs_waiting, std::uint64_t durable, std::uint64_t snapshot,
                        std::uint64_t snapshot_failures) const {
  const std::lock_guard hold(mutex_);
  std::string out;
  single(out, "ustp_transfers_open", "gauge", "Transfers that are not in a terminal state.", readiness_.open);
  single(out, "ustp_transfers_archived", "gauge", "Transfers that ended and left memory.", archived_);
  metric(out, "ustp_transfer_states_total", "counter", "Transitions taken, by the state entered.");
  for (const auto& [state, count] : entered_)
    line(out, "ustp_transfer_states_total", "{state=\"" + std::string(to_string(state)) + "\"}", count);
  single(out, "ustp_transfer_alarms_total", "counter", "Transfers that a person has to look at.", alarms_);
  single(out, "ustp_recovery_only", "gauge", "1 when a peer has seen more of this gateway than its journal holds.",
         readiness_.recovery_only);
  metric(out, "ustp_peer_link_up", "gauge", "1 when the peer's link is up and its hello came.");
  for (const auto& [peer, up] : readiness_.links)
    line(out, "ustp_peer_link_up", "{peer=\"" + peer.str() + "\"}", up);
  single(out, "ustp_frames_refused_total", "counter", "Frames of peers that were refused.", counters_.frames_refused);
  single(out, "ustp_peer_equivocations_total", "counter",
         "Second batches under one number, kept as evidence (ustp journal equivocations).", counters_.equivocations);
  single(out, "ustp_messages_refused_total", "counter", "Messages of peers that were refused.",
         counters_.messages_refused);
  single(out, "ustp_notices_refused_total", "counter", "Move notices that were refused.", counters_.notices_refused);
  single(out, "ustp_statements", "gauge", "Length of the statement log in force.", statements_);
  single(out, "ustp_engine_inputs_total", "counter", "Inputs processed.", inputs_);
  single(out, "ustp_engine_inputs_waiting", "gauge", "Inputs that wait for the engine.", inputs_waiting);
  single(out, "ustp_journal_blocks_total", "counter", "Blocks submitted to the journal.", blocks_);
  single(out, "ustp_journal_payload_octets_total", "counter", "Octets of their payloads.", octets_);
  single(out, "ustp_journal_durable_position", "gauge", "Position up to which the journal is durable.", durable);
  single(out, "ustp_snapshot_position", "gauge", "Position of the newest snapshot made since the start.", snapshot);
  single(out, "ustp_snapshot_failures_total", "counter", "Snapshots that could not be made or stored.", snapshot_failures);
  single(out, "ustp_peer_frames_sent_total", "counter", "Frames handed to the network.", sends_);
  single(out, "ustp_ledger_executes_total", "counter", "Operations handed to the ledger.", executes_);
  single(out, "ustp_ledger_queries_total", "counter", "Operations asked about.", queries_);
  metric(out, "ustp_journal_durable_seconds", "histogram", "From the submission of a block until it is durable.");
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBucketsUs.size(); ++i) {
    below += latency_[i];
    const auto micros = std::to_string(1'000'000 + kBucketsUs[i] % 1'000'000).substr(1);
    line(out, "ustp_journal_durable_seconds_bucket",
         "{le=\"" + std::to_string(kBucketsUs[i] / 1'000'000) + "." + micros + "\"}", below);
  }
  line(out, "ustp_journal_durable_seconds_bucket", "{le=\"+Inf\"}", latency_count_);
  const auto micros = std::to_string(1'000'000 + latency_sum_us_ % 1'000'000).substr(1);
  out += "ustp_journal_durable_seconds_sum " + std::to_string(latency_sum_us_ / 1'000'000) + "." + micros + "\n";
  line(out, "ustp_journal_durable_seconds_count", "", latency_count_);
  return out;
}

}  // namespace ustp::gateway
