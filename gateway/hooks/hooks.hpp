#pragma once
// Webhooks: a thread for each subscription that asks the Service for events and sends them to the participant's address.
// See README.md for what is promised.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/hooks/signature.hpp"
#include "gateway/ports/service.hpp"
#include "ustp/base/random.hpp"
#include "ustp/client/transport.hpp"

namespace ustp::gateway {

struct HookOptions {
  std::string name;                      // of its files and metrics: letters, digits, '-'
  ParticipantId participant;             // whose events
  std::string path = "/";                // of the address; the rest is the transport's
  std::vector<std::string> statuses;     // only events with one of these; empty: all
  Duration first_retry = Duration::seconds(1), longest_retry = Duration::seconds(300), give_up_after = Duration::seconds(72 * 3600);
  Duration ask_wait = Duration::seconds(10);  // of one question for events
};
struct Hook {
  HookOptions options;
  crypto::SecretBytes secret;
  std::unique_ptr<client::Transport> transport;
};
struct HookParts {
  Service& service;                      // outlives the hooks
  const Clock& clock;
  GatewayId self;
  std::filesystem::path folder;          // made at the start
  std::function<bool(const ParticipantId&)> admitted;             // thread-safe
  std::function<std::string(const TransferEvent&)> render;        // an Event as JSON
  std::function<std::string(std::uint64_t)> cursor;               // of a sequence number, as the API has it
  std::function<void(const std::string& name, const std::string& what)> notice;  // what an operator should know; thread-safe
};

class Hooks {
 public:
  virtual ~Hooks() = default;            // stops
  virtual Result<void> start() = 0;      // Code::io_error: what is kept cannot be read
  virtual void stop() = 0;               // in the time of one try at most
  virtual std::string metrics() const = 0;  // Prometheus text; thread-safe
};
std::unique_ptr<Hooks> make_hooks(std::vector<Hook> hooks, HookParts parts);

}  // namespace ustp::gateway
