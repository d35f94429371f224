// The configuration in force, as a file would say it.
#include "gateway/config/config.hpp"

namespace ustp::gateway {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= ' ' && c != 0x7f ? c : '?';
  }
  return out + "\"";
}
std::string quoted(const std::filesystem::path& path) { return quoted(path.string()); }
std::string ms(Duration duration) { return std::to_string(duration.ns / 1'000'000); }

std::string list_of(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& text : texts) out += (out.size() > 1 ? ", " : "") + quoted(text);
  return out + "]";
}
std::string list_of(const std::vector<ParticipantId>& ids) {
  std::vector<std::string> texts;
  for (const auto& id : ids) texts.push_back(id.str());
  return list_of(texts);
}

class Lines {
 public:
  Lines(const ConfigOutcome& outcome, bool origin) : outcome_(outcome), origin_(origin) {}
  void section(const char* name) {
    section_ = name;
    out_ += std::string(out_.empty() ? "" : "\n") + "[" + name + "]\n";
  }
  void line(const char* key, const std::string& value) {
    out_ += std::string(key) + " = " + value;
    if (origin_) out_ += "  # " + origin_of(section_ + "." + key);
    out_ += "\n";
  }
  std::string take() { return std::move(out_); }

 private:
  std::string origin_of(const std::string& name) const {
    const auto it = outcome_.places.find(name);
    if (it == outcome_.places.end()) return "default";
    const auto& place = it->second;
    return place.line == 0 ? place.file : place.file + ":" + std::to_string(place.line);
  }
  const ConfigOutcome& outcome_;
  bool origin_;
  std::string section_, out_;
};

void show_ledger(const GatewayConfig& c, Lines& out) {
  out.section("ledger");
  if (const auto* csd = std::get_if<CsdLedgerConfig>(&c.ledger_access)) {
    out.line("kind", quoted(std::string("csd")));
    out.line("inbox", quoted(csd->inbox));
    out.line("outbox", quoted(csd->outbox));
    out.line("poll_ms", ms(csd->poll));
  } else if (const auto* ethereum = std::get_if<EthereumLedgerConfig>(&c.ledger_access)) {
    out.line("kind", quoted(std::string("ethereum")));
    out.line("rpc", quoted(ethereum->rpc));
    out.line("key", quoted(ethereum->key));
    out.line("poll_ms", ms(ethereum->poll));
  } else if (const auto* corda = std::get_if<CordaLedgerConfig>(&c.ledger_access)) {
    out.line("kind", quoted(std::string("corda")));
    out.line("endpoint", quoted(corda->endpoint));
  }
}

void show_webhooks(const GatewayConfig& c, Lines& out) {
  for (const auto& hook : c.webhooks) {
    const auto section = "webhook-" + hook.name;
    out.section(section.c_str());
    out.line("participant", quoted(hook.participant.str()));
    out.line("url", quoted(hook.url));
    out.line("secret", quoted(hook.secret));
    out.line("ca", quoted(hook.ca));
    if (!hook.statuses.empty()) out.line("statuses", list_of(hook.statuses));
    out.line("timeout_ms", ms(hook.timeout));
    out.line("first_retry_ms", ms(hook.first_retry));
    out.line("longest_retry_ms", ms(hook.longest_retry));
    out.line("give_up_after_s", std::to_string(hook.give_up_after.ns / 1'000'000'000));
  }
}

void show_rest(const GatewayConfig& c, Lines& out) {
  out.section("journal");
  out.line("kind", quoted(std::string(c.journal.segments ? "segments" : "sqlite")));
  if (c.journal.segments) out.line("segment_octets", std::to_string(c.journal.segment_octets));
  out.section("log");
  out.line("level", quoted(c.log.level));
  out.line("format", quoted(std::string(c.log.json ? "json" : "text")));
  if (!c.log.file.empty()) out.line("file", quoted(c.log.file));
  out.section("limits");
  out.line("open_transfers", std::to_string(c.limits.open_transfers));
  out.line("frame_octets", std::to_string(c.limits.frame_octets));
  out.line("messages_per_batch", std::to_string(c.limits.messages_per_batch));
  out.line("snapshot_octets", std::to_string(c.limits.snapshot_octets));
  out.line("events_kept", std::to_string(c.limits.events_kept));
  out.line("peer_frames_queued", std::to_string(c.limits.peer_frames_queued));
  out.line("api_connections", std::to_string(c.limits.api_connections));
  out.line("api_body_octets", std::to_string(c.limits.api_body_octets));
  out.line("api_requests_per_second", std::to_string(c.limits.api_requests_per_second));
  out.section("timing");
  out.line("status_retry_ms", ms(c.timing.status_retry));
  out.line("recheck_ms", ms(c.timing.recheck));
  out.line("requery_ms", ms(c.timing.requery));
  out.line("skew_limit_ms", ms(c.timing.skew_limit));
  out.line("order_within_ms", ms(c.timing.order_within));
}

}  // namespace

std::string show_config(const ConfigOutcome& outcome, bool origin) {
  if (!outcome.config) return {};
  const auto& c = *outcome.config;
  Lines out(outcome, origin);
  out.section("gateway");
  out.line("id", quoted(c.id.str()));
  out.line("ledger", quoted(c.ledger.str()));
  out.line("shard", std::to_string(c.shard));
  out.line("data", quoted(c.data));
  out.line("authority", quoted(c.authority.str()));
  out.line("authority_key", quoted(c.authority_key));
  out.line("statements", quoted(c.statements));
  out.line("signing_key", quoted(c.signing_key));
  out.section("tls");
  out.line("ca", quoted(c.tls.ca));
  out.line("certificate", quoted(c.tls.certificate));
  out.line("key", quoted(c.tls.key));
  out.section("peer");
  out.line("listen", quoted(c.peer_listen));
  out.section("api");
  out.line("listen", quoted(c.api_listen));
  if (!c.api_doc_url.empty()) out.line("doc_url", quoted(c.api_doc_url));
  if (!c.api_participants.empty()) out.line("participants", list_of(c.api_participants));
  if (c.jwt) {
    out.section("jwt");
    out.line("keys", quoted(c.jwt->keys));
    out.line("issuer", quoted(c.jwt->issuer));
    out.line("audience", quoted(c.jwt->audience));
    out.line("tolerance_ms", ms(c.jwt->tolerance));
  }
  out.section("admin");
  out.line("listen", quoted(c.admin_listen));
  show_ledger(c, out);
  show_rest(c, out);
  show_webhooks(c, out);
  return out.take();
}

}  // namespace ustp::gateway
