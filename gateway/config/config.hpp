#pragma once
// The gateway's configuration: paths, ports and trust anchors, read from one TOML file. What changes a verdict is not
// here but in signed statements (decision 19). Every problem is reported at once, each with its place; no socket is
// opened and nothing is written.

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/tls/tls_context.hpp"
#include "ustp/base/ids.hpp"
#include "ustp/base/result.hpp"
#include "ustp/base/time.hpp"

namespace ustp::gateway {

struct CsdLedgerConfig {
  std::filesystem::path inbox, outbox;  // the CSD reads, the CSD writes
  Duration poll = Duration::milliseconds(5);
};
struct EthereumLedgerConfig {
  std::string rpc;                      // http://HOST:PORT…
  std::filesystem::path key;            // 32 octets in hexadecimal
  Duration poll = Duration::milliseconds(20);
};
struct CordaLedgerConfig {
  std::string endpoint;                 // HOST:PORT
};

struct GatewayConfig {
  GatewayId id;
  LedgerId ledger;
  std::uint32_t shard = 0;
  std::filesystem::path data, authority_key, statements, signing_key;
  AuthorityId authority;
  tls::Files tls;
  std::string api_doc_url;                            // page of the error codes; may be empty
  std::string peer_listen, api_listen, admin_listen;  // numeric or named HOST:PORT
  std::vector<ParticipantId> api_participants;        // empty: whoever the statements admit
  struct Jwt {
    std::filesystem::path keys;   // a JWK set
    std::string issuer, audience;
    Duration tolerance = Duration::seconds(30);
  };
  std::optional<Jwt> jwt;                             // none: the API takes certificates alone
  struct Webhook {                                    // a section [webhook-NAME] each
    std::string name, url;                            // https://HOST[:PORT][/PATH]
    ParticipantId participant;
    std::filesystem::path secret, ca;
    std::vector<std::string> statuses;                // of the events that are sent; empty: all
    Duration timeout = Duration::seconds(10), first_retry = Duration::seconds(1), longest_retry = Duration::seconds(300),
             give_up_after = Duration::seconds(72 * 3600);
  };
  std::vector<Webhook> webhooks;
  std::variant<CsdLedgerConfig, EthereumLedgerConfig, CordaLedgerConfig> ledger_access;
  struct Journal {
    bool segments = true;                      // or SQLite
    std::uint64_t segment_octets = 64u << 20;  // a multiple of 4096
  } journal;
  struct Log {
    std::string level = "info";  // debug, info, warning, error
    bool json = true;
    std::filesystem::path file;  // empty: stderr
  } log;
  struct Limits {
    std::size_t open_transfers = 100'000, frame_octets = 4u << 20, peer_frames_queued = 8192, api_connections = 1024,
                api_body_octets = 256u << 10;
    std::uint64_t snapshot_octets = 128u << 20;  // of blocks between two snapshots
    std::size_t events_kept = 100'000;
    std::uint32_t messages_per_batch = 1024, api_requests_per_second = 10'000;
  } limits;
  struct Timing {
    Duration status_retry = Duration::seconds(2), recheck = Duration::seconds(5), requery = Duration::seconds(2),
             skew_limit = Duration::seconds(2), order_within = Duration::seconds(30);
  } timing;
};

struct ConfigProblem {
  std::string file;                // or what else gave the value
  unsigned line = 0, column = 0;  // 0: the file as a whole
  std::string text;
};
std::string to_string(const ConfigProblem& problem);  // "gateway.toml:3:1: …"

// A value that does not come from the file and wins over it (USTP-CFG-006).
struct ConfigOverride {
  std::string section, key;
  std::string value;   // a text; where the key wants a number or a list: its digits, its members between commas
  std::string origin;  // "--set", "environment USTP_GATEWAY_API_LISTEN"
};
// The entries USTP_GATEWAY_SECTION_KEY=VALUE of an environment (a null-terminated list, as `environ`).
std::vector<ConfigOverride> overrides_of_environment(const char* const* environment);
// "section.key=value"; Code::malformed_text.
Result<ConfigOverride> override_of_flag(std::string_view assignment);

// Either a configuration or problems, never both; problems in the order of the file.
struct ConfigOutcome {
  std::optional<GatewayConfig> config;
  std::vector<ConfigProblem> problems;
  std::vector<ConfigProblem> notes;             // nothing is wrong yet, but somebody should know
  std::map<std::string, ConfigProblem> places;  // "section.key" -> where its value stands, for those that are given
  std::vector<std::string> keys;                // every "section.key" that this configuration may have
  explicit operator bool() const { return config.has_value(); }
};

// Reads the file and checks all that it names; `now` is what certificates are held against. Of several overrides of one
// key the last wins.
ConfigOutcome load_config(const std::filesystem::path& file, Instant now, std::span<const ConfigOverride> overrides = {});
// The text alone: syntax, keys, types, ranges. Relative paths are taken from `folder`.
ConfigOutcome parse_config(std::string_view text, const std::string& file, const std::filesystem::path& folder,
                           std::span<const ConfigOverride> overrides = {});

// The configuration in force as TOML, every key with its value; with `origin`, where each comes from as a comment.
std::string show_config(const ConfigOutcome& outcome, bool origin);

inline constexpr std::size_t kMaxWebhooks = 32;
inline constexpr std::size_t kMaxConfigOctets = 256u << 10;

}  // namespace ustp::gateway
