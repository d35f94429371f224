#include "gateway/app/app.hpp"

#include <csignal>
#include <iostream>

#include "gateway/api/api.hpp"
#include "gateway/api/render.hpp"
#include "gateway/app/notify.hpp"
#include "gateway/app/parts.hpp"
#include "gateway/app/webhooks.hpp"
#include "gateway/journal/choose.hpp"
#include "gateway/peer/peer_network.hpp"

namespace ustp::gateway {
namespace {

// What the engine tells, as log lines; the end of the process when nothing more may leave.
class Listener final : public EngineListener {
 public:
  explicit Listener(Log& log) : log_(log) {}
  void on_step(const Effects::Step& step) override {
    if (step.alarm)
      log_.write(LogLevel::kError, "transfer_alarm",
                 {{LogField::kTransfer, step.transfer}, {LogField::kState, protocol::to_string(step.to)}});
    const bool ended = protocol::is_terminal(step.to) && step.from != step.to;
    const auto level = ended ? LogLevel::kInfo : LogLevel::kDebug;
    if (!log_.enabled(level)) return;
    log_.write(level, ended ? "transfer_ended" : "transfer_step",
               {{LogField::kTransfer, step.transfer}, {LogField::kState, protocol::to_string(step.to)}});
  }
  void on_link_closed(const GatewayId& peer, const Error& reason) override {
    // Two signed batches under one number: a peer that says different things, or whose key somebody else has.
    const bool alarm = reason.code == Code::equivocation;
    log_.write(alarm ? LogLevel::kError : LogLevel::kWarning, alarm ? "peer_alarm" : "frame_refused",
               {{LogField::kPeer, peer}, {LogField::kReason, to_string(reason)}});
  }
  void on_fatal(const Error& error) override {
    log_.write(LogLevel::kError, "gateway_failed", {{LogField::kCode, error.code}, {LogField::kDetail, error.detail}});
    log_.flush();
    _exit(1);  // decision 3: emit nothing more
  }

 private:
  Log& log_;
};

std::function<void(const PeerEvent&)> link_events(Log& log) {
  return [&log](const PeerEvent& event) {
    std::vector<LogValue> fields{{LogField::kPeer, event.peer}, {LogField::kAddress, event.address}};
    if (!event.up) fields.emplace_back(LogField::kReason, to_string(event.ending));
    if (!event.detail.empty()) fields.emplace_back(LogField::kDetail, event.detail);
    log.write(LogLevel::kInfo, event.up ? "link_up" : "link_down", std::move(fields));
  };
}

std::function<void(const api::AccessRecord&)> access_lines(Log& log) {
  return [&log](const api::AccessRecord& record) {
    if (!log.enabled(LogLevel::kDebug)) return;
    log.write(LogLevel::kDebug, "request",
              {{LogField::kMethod, record.method}, {LogField::kPath, record.route}, {LogField::kStatus, record.status},
               {LogField::kParticipant, record.participant}, {LogField::kDurationMs, record.took.ns / 1'000'000}});
  };
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

class OffsetClock final : public Clock {
 public:
  explicit OffsetClock(Duration offset) : offset_(offset) {}
  Instant now() const override { return clock_.now() + offset_; }

 private:
  SystemClock clock_;
  Duration offset_;
};

// Everything that lives while the gateway runs; members are destroyed in reverse order.
struct Gateway {
  explicit Gateway(Duration clock_offset) : clock(clock_offset) {}

  OffsetClock clock;
  SystemRandom random;
  std::unique_ptr<Log> log;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<crypto::Signer> signer, evidence_signer;
  std::unique_ptr<ledger::Driver> driver;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<PeerNetwork> peers;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<ApiServer> api;
  std::unique_ptr<Hooks> hooks;
  std::unique_ptr<AdminServer> admin;

  Result<void> build(const AppOptions& options, const GatewayConfig& config, Bootstrap& bootstrap);
  Result<void> build_edges(const GatewayConfig& config);
  Result<void> run(Bootstrap bootstrap, const sigset_t& signals);
};

Result<void> Gateway::build(const AppOptions& options, const GatewayConfig& config, Bootstrap& bootstrap) {
  listener = std::make_unique<Listener>(*log);
  USTP_TRY(bootstrap, load_bootstrap(config));
  USTP_TRY(signer, crypto::load_signer_file(config.signing_key));
  USTP_TRY(evidence_signer, crypto::load_signer_file(config.signing_key));
  USTP_TRY(driver, make_driver(config, bootstrap.profile));
  std::error_code failed;
  std::filesystem::create_directories(config.data, failed);
  if (failed) return Error{Code::io_error, config.data.string()};
  JournalChoice choice;
  choice.kind = config.journal.segments ? JournalKind::kSegments : JournalKind::kSqlite;
  choice.data = config.data;
  choice.shard = config.shard;
  choice.segment_octets = config.journal.segment_octets;
  choice.notice = [this](const std::string& what) {
    log->write(LogLevel::kWarning, "journal_tail_cut", {{LogField::kDetail, what}});
  };
  choice.vfs = options.journal_vfs;
  choice.files = options.journal_files;
  choice.sync = options.journal_sync;
  USTP_TRY(journal, choose_journal(std::move(choice)));

  PeerOptions network;
  network.self = config.id;
  network.listen = config.peer_listen;
  network.tls = config.tls;
  network.limits.frame_octets = config.limits.frame_octets;
  network.limits.frames_queued = config.limits.peer_frames_queued;
  network.observe = link_events(*log);
  USTP_TRY(peers, make_peer_network(std::move(network)));

  auto core = std::make_unique<Core>(core_options(config),
                                     protocol::Registry(config.authority, bootstrap.authority_key), *signer, random,
                                     *driver, make_evidence_verifier());
  EngineOptions engine_options;
  engine_options.boundary = options.boundary;
  engine_options.snapshot_octets = config.limits.snapshot_octets;
  // A stream each: none has to give its place to another.
  engine_options.event_waits_max = std::max(engine_options.event_waits_max, config.limits.api_connections);
  engine = make_engine(std::move(engine_options), {*journal, *peers, *driver, *evidence_signer, clock, *listener},
                       std::move(core));
  return build_edges(config);
}

Result<void> Gateway::build_edges(const GatewayConfig& config) {
  ApiOptions options;
  options.listen = config.api_listen;
  options.tls = config.tls;
  const auto admitted = [this, only = config.api_participants](const ParticipantId& participant) {
    if (!only.empty() && std::find(only.begin(), only.end(), participant) == only.end()) return false;
    return engine->admitted(participant);
  };
  options.admitted = admitted;
  options.doc_url = config.api_doc_url;
  if (config.jwt)
    options.tokens = ApiTokens{config.jwt->keys.string(), {config.jwt->issuer, config.jwt->audience, config.jwt->tolerance}};
  options.wall = [this] { return clock.now(); };
  options.keys_notice = [this](const Error* refused) {
    if (refused)
      log->write(LogLevel::kError, "token_keys_refused", {{LogField::kReason, to_string(*refused)}});
    else
      log->write(LogLevel::kInfo, "token_keys_read", {});
  };
  options.access_log = access_lines(*log);
  options.limits.connections = config.limits.api_connections;
  options.limits.body_octets = config.limits.api_body_octets;
  options.limits.requests_per_second = config.limits.api_requests_per_second;
  USTP_TRY(api, make_api_server(std::move(options), *engine));
  USTP_TRY(auto webhooks, hooks_of(config));
  hooks = make_hooks(std::move(webhooks), {*engine, clock, config.id, webhook_folder(config), admitted, api::render_event,
                                           api::make_event_cursor, [this](const std::string& name, const std::string& what) {
                                             log->write(LogLevel::kWarning, "webhook", {{LogField::kPath, name}, {LogField::kDetail, what}});
                                           }});
  USTP_TRY(admin, make_admin_server({config.admin_listen, [this] { return this->api->metrics() + hooks->metrics(); }}, *engine));
  return {};
}

Result<void> Gateway::run(Bootstrap bootstrap, const sigset_t& signals) {
  USTP_CHECK(admin->start());
  USTP_CHECK(engine->start(std::move(bootstrap.statements)));
  USTP_CHECK(api->start());
  USTP_CHECK(hooks->start());
  log->write(LogLevel::kInfo, "started", {{LogField::kLedger, bootstrap.profile.id}});
  tell_service_manager("READY=1");
  int signal = 0;
  sigwait(&signals, &signal);
  log->write(LogLevel::kInfo, "stopping", {{LogField::kReason, signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  tell_service_manager("STOPPING=1");
  api->stop();
  hooks->stop();
  engine->stop();
  admin->stop();
  return {};
}

}  // namespace

int run_gateway(const AppOptions& options) {
  const auto signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread: main alone waits for them
  std::signal(SIGPIPE, SIG_IGN);
  Gateway gateway(options.clock_offset);
  const auto outcome = load_config(options.config, gateway.clock.now(), options.overrides);
  for (const auto& problem : outcome.problems) std::cerr << to_string(problem) << "\n";
  if (!outcome) return 2;
  const auto& config = *outcome.config;
  const auto level = parse_log_level(config.log.level);
  auto log = make_log({level ? *level : LogLevel::kInfo, config.log.json, config.log.file.string()});
  if (!log) {
    std::cerr << to_string(log.error()) << "\n";
    return 2;
  }
  gateway.log = *std::move(log);
  Bootstrap bootstrap;
  auto done = gateway.build(options, config, bootstrap);
  if (done) done = gateway.run(std::move(bootstrap), signals);
  if (!done) {
    gateway.log->write(LogLevel::kError, "gateway_failed",
                       {{LogField::kCode, done.error().code}, {LogField::kDetail, done.error().detail}});
    gateway.log->flush();
    return 1;
  }
  return 0;
}

}  // namespace ustp::gateway
