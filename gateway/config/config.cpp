#include "gateway/config/config.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "gateway/config/checks.hpp"
#include "gateway/tls/endpoint.hpp"

namespace ustp::gateway {
namespace {

using config::Reader;

std::string listen_address(Reader& reader, const std::string& section) {
  const auto text = reader.text(section, "listen", true);
  if (!text) return {};
  if (!tls::parse_host_port(*text, true)) reader.problem(section, "listen", "must be HOST:PORT");
  return *text;
}

void read_gateway(Reader& reader, GatewayConfig& out) {
  out.id = reader.id<GatewayId>("gateway", "id");
  out.ledger = reader.id<LedgerId>("gateway", "ledger");
  out.authority = reader.id<AuthorityId>("gateway", "authority");
  if (const auto shard = reader.integer("gateway", "shard", 0, 65535)) out.shard = static_cast<std::uint32_t>(*shard);
  out.data = reader.path("gateway", "data", true);
  out.authority_key = reader.path("gateway", "authority_key", true);
  out.statements = reader.path("gateway", "statements", true);
  out.signing_key = reader.path("gateway", "signing_key", true);
}

void read_edges(Reader& reader, GatewayConfig& out) {
  out.tls.ca = reader.path("tls", "ca", true).string();
  out.tls.certificate = reader.path("tls", "certificate", true).string();
  out.tls.key = reader.path("tls", "key", true).string();
  out.peer_listen = listen_address(reader, "peer");
  out.api_listen = listen_address(reader, "api");
  out.admin_listen = listen_address(reader, "admin");
  if (const auto url = reader.text("api", "doc_url", false)) {
    out.api_doc_url = *url;
    if (!url->starts_with("https://") || url->find('#') != std::string::npos)
      reader.problem("api", "doc_url", "must begin with https:// and have no fragment");
  }
  if (const auto names = reader.list("api", "participants"))
    for (const auto& name : *names) {
      auto id = ParticipantId::parse(name);
      if (id)
        out.api_participants.push_back(*id);
      else
        reader.problem("api", "participants", id.error().detail);
    }
}

void read_jwt(Reader& reader, GatewayConfig& out) {
  bool given = false;
  for (const char* key : {"keys", "issuer", "audience", "tolerance_ms"}) given = given || reader.has("jwt", key);
  GatewayConfig::Jwt jwt;
  jwt.keys = reader.path("jwt", "keys", given);
  jwt.issuer = reader.text("jwt", "issuer", given).value_or("");
  jwt.audience = reader.text("jwt", "audience", given).value_or("");
  if (const auto ms = reader.integer("jwt", "tolerance_ms", 0, 300'000)) jwt.tolerance = Duration::milliseconds(*ms);
  if (given) out.jwt = std::move(jwt);
}

bool is_hook_name(const std::string& name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void read_webhook(Reader& reader, const std::string& name, GatewayConfig& out) {
  const auto section = "webhook-" + name;
  GatewayConfig::Webhook hook;
  hook.name = name;
  if (!is_hook_name(name)) reader.problem(section, "url", "a webhook's name has 1 to 32 letters a to z, digits and '-'");
  hook.participant = reader.id<ParticipantId>(section, "participant");
  if (const auto url = reader.text(section, "url", true)) {
    hook.url = *url;
    constexpr std::string_view kScheme = "https://";
    const bool https = url->starts_with(kScheme);
    const auto host = https ? url->substr(kScheme.size(), url->find('/', kScheme.size()) - kScheme.size()) : std::string();
    if (host.empty() || url->find_first_of("#@ ") != std::string::npos)
      reader.problem(section, "url", "must be https://HOST[:PORT][/PATH]");
  }
  hook.secret = reader.path(section, "secret", true);
  hook.ca = reader.path(section, "ca", true);
  if (auto statuses = reader.list(section, "statuses")) hook.statuses = *std::move(statuses);
  for (const auto& status : hook.statuses) {
    constexpr std::string_view kKnown[] = {"scheduled", "open", "in_doubt", "suspense", "completed", "aborted", "unexecutable"};
    if (std::find(std::begin(kKnown), std::end(kKnown), status) == std::end(kKnown))
      reader.problem(section, "statuses", "'" + status + "' is the status of no transfer");
  }
  const auto ms = [&](const char* key, std::int64_t least, std::int64_t most, std::int64_t unit, Duration& to) {
    if (const auto value = reader.integer(section, key, least, most)) to = Duration::milliseconds(*value * unit);
  };
  ms("timeout_ms", 100, 60'000, 1, hook.timeout);
  ms("first_retry_ms", 10, 3'600'000, 1, hook.first_retry);
  ms("longest_retry_ms", 10, 86'400'000, 1, hook.longest_retry);
  ms("give_up_after_s", 1, 30 * 86'400, 1000, hook.give_up_after);
  if (hook.longest_retry.ns < hook.first_retry.ns) reader.problem(section, "longest_retry_ms", "is below first_retry_ms");
  out.webhooks.push_back(std::move(hook));
}

void read_webhooks(Reader& reader, GatewayConfig& out) {
  const auto names = reader.names("webhook-");
  for (const auto& name : names) read_webhook(reader, name, out);
  if (names.size() > kMaxWebhooks) reader.problem("webhook-" + names.back(), "url", "more than 32 webhooks");
}

void read_poll(Reader& reader, Duration& poll) {
  if (const auto ms = reader.integer("ledger", "poll_ms", 1, 60'000)) poll = Duration::milliseconds(*ms);
}

void read_ledger(Reader& reader, GatewayConfig& out) {
  const auto kind = reader.choice("ledger", "kind", true, {"csd", "ethereum", "corda"});
  if (kind == "csd") {
    CsdLedgerConfig csd;
    csd.inbox = reader.path("ledger", "inbox", true);
    csd.outbox = reader.path("ledger", "outbox", true);
    if (!csd.inbox.empty() && csd.inbox == csd.outbox) reader.problem("ledger", "outbox", "is the inbox");
    read_poll(reader, csd.poll);
    out.ledger_access = csd;
  } else if (kind == "ethereum") {
    EthereumLedgerConfig ethereum;
    constexpr std::string_view kScheme = "http://";
    if (const auto rpc = reader.text("ledger", "rpc", true)) {
      ethereum.rpc = *rpc;
      const bool http = rpc->starts_with(kScheme);
      const auto rest = http ? rpc->substr(kScheme.size()) : std::string();
      if (!http || !tls::parse_host_port(rest.substr(0, rest.find('/')), false))
        reader.problem("ledger", "rpc", "must be http://HOST:PORT");
    }
    ethereum.key = reader.path("ledger", "key", true);
    read_poll(reader, ethereum.poll);
    out.ledger_access = ethereum;
  } else if (kind == "corda") {
    CordaLedgerConfig corda;
    if (const auto endpoint = reader.text("ledger", "endpoint", true)) {
      corda.endpoint = *endpoint;
      if (!tls::parse_host_port(*endpoint, false)) reader.problem("ledger", "endpoint", "must be HOST:PORT");
    }
    out.ledger_access = corda;
  } else {  // the kind is wrong: which keys belong to it is not known, so none of them is called unknown
    for (const char* key : {"inbox", "outbox", "rpc", "key", "endpoint"}) (void)reader.text("ledger", key, false);
    (void)reader.integer("ledger", "poll_ms", 1, 60'000);
  }
}

void read_journal(Reader& reader, GatewayConfig& out) {
  const auto kind = reader.choice("journal", "kind", false, {"segments", "sqlite"});
  if (kind) out.journal.segments = *kind == "segments";
  const auto octets = reader.integer("journal", "segment_octets", 1 << 20, std::int64_t{1} << 30);
  if (!octets) return;
  out.journal.segment_octets = static_cast<std::uint64_t>(*octets);
  if (*octets % 4096 != 0) reader.problem("journal", "segment_octets", "must be a multiple of 4096");
  if (kind == "sqlite") reader.problem("journal", "segment_octets", "belongs to the kind segments");
}

template <class Number>
void read_number(Reader& reader, const char* key, std::int64_t least, std::int64_t most, Number& out) {
  if (const auto value = reader.integer("limits", key, least, most)) out = static_cast<Number>(*value);
}
void read_milliseconds(Reader& reader, const char* key, std::int64_t most, Duration& out) {
  if (const auto ms = reader.integer("timing", key, 1, most)) out = Duration::milliseconds(*ms);
}

void read_rest(Reader& reader, GatewayConfig& out) {
  if (const auto level = reader.choice("log", "level", false, {"debug", "info", "warning", "error"}))
    out.log.level = *level;
  out.log.json = reader.choice("log", "format", false, {"json", "text"}).value_or("json") == "json";
  out.log.file = reader.path("log", "file", false);
  auto& limits = out.limits;
  read_number(reader, "open_transfers", 1, 10'000'000, limits.open_transfers);
  read_number(reader, "frame_octets", 128 << 10, 64 << 20, limits.frame_octets);
  read_number(reader, "messages_per_batch", 1, 65'535, limits.messages_per_batch);
  read_number(reader, "peer_frames_queued", 1, 1'000'000, limits.peer_frames_queued);
  read_number(reader, "snapshot_octets", 4096, std::int64_t{1} << 40, limits.snapshot_octets);
  read_number(reader, "events_kept", 1, 10'000'000, limits.events_kept);
  read_number(reader, "api_connections", 1, 100'000, limits.api_connections);
  read_number(reader, "api_body_octets", 1024, 16 << 20, limits.api_body_octets);
  read_number(reader, "api_requests_per_second", 1, 1'000'000, limits.api_requests_per_second);
  auto& timing = out.timing;
  read_milliseconds(reader, "status_retry_ms", 3'600'000, timing.status_retry);
  read_milliseconds(reader, "recheck_ms", 3'600'000, timing.recheck);
  read_milliseconds(reader, "requery_ms", 3'600'000, timing.requery);
  read_milliseconds(reader, "order_within_ms", 3'600'000, timing.order_within);
  read_milliseconds(reader, "skew_limit_ms", 2000, timing.skew_limit);  // decision 14: above 2 s there is no vote
}

ConfigOutcome read_config(std::string_view text, const std::string& file, const std::filesystem::path& folder,
                          std::span<const ConfigOverride> overrides, std::optional<Instant> check_files_at) {
  ConfigOutcome out;
  auto sections = config::parse_document(text, file, out.problems);
  if (!sections) return out;
  for (const auto& one : overrides) config::put_over(*sections, one);
  Reader reader(std::move(*sections), file, folder, out.problems);
  GatewayConfig config;
  read_gateway(reader, config);
  read_edges(reader, config);
  read_jwt(reader, config);
  read_webhooks(reader, config);
  read_ledger(reader, config);
  read_journal(reader, config);
  read_rest(reader, config);
  reader.refuse_unknown();
  if (check_files_at) config::check_files(config, *check_files_at, reader);
  out.notes = reader.notes();
  out.places = reader.places();
  out.keys = reader.keys();
  std::stable_sort(out.problems.begin(), out.problems.end(), [](const auto& a, const auto& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  if (out.problems.empty()) out.config = std::move(config);
  return out;
}

}  // namespace

std::string to_string(const ConfigProblem& problem) {
  std::string out = problem.file + ":";
  if (problem.line > 0) out += std::to_string(problem.line) + ":" + std::to_string(problem.column) + ":";
  return out + " " + problem.text;
}

ConfigOutcome parse_config(std::string_view text, const std::string& file, const std::filesystem::path& folder,
                           std::span<const ConfigOverride> overrides) {
  return read_config(text, file, folder, overrides, std::nullopt);
}

ConfigOutcome load_config(const std::filesystem::path& file, Instant now, std::span<const ConfigOverride> overrides) {
  std::error_code ec;
  std::ifstream in(file, std::ios::binary);
  if (!std::filesystem::is_regular_file(file, ec) || !in)
    return {std::nullopt, {{file.string(), 0, 0, "cannot be read"}}, {}, {}, {}};
  std::string text(kMaxConfigOctets + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return read_config(text, file.string(), file.parent_path(), overrides, now);
}

}  // namespace ustp::gateway
