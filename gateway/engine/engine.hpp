#pragma once
// The engine: the one thread around the core. Inputs from every edge wait in one bounded queue; a batch of them is
// processed, its block goes to the journal, its effects leave when the journal says that it is durable (decision 2).

#include <memory>

#include "gateway/engine/core.hpp"

namespace ustp::gateway {

// Told what happened, on the engine's thread, after it is durable. Return at once.
class EngineListener {
 public:
  virtual ~EngineListener() = default;
  virtual void on_step(const Effects::Step& step) = 0;
  virtual void on_link_closed(const GatewayId& peer, const Error& reason) = 0;
  // Nothing more leaves this gateway; the process must end (decision 3). May come from the journal's thread.
  virtual void on_fatal(const Error& error) = 0;
};

// Where a batch stands. Fault tests end the process at these points.
enum class Boundary : std::uint8_t {
  kProcessed = 1,   // before the journal has it
  kDurable = 2,     // before any effect
  kExecuted = 3,    // the ledger was called, nothing was sent
  kDone = 4,        // every effect left
};
using BoundaryHook = std::function<void(Boundary, const std::vector<Effects::Step>&)>;

struct EngineOptions {
  std::size_t inputs_max = 8192;         // commands and frames that wait; beyond: overloaded, or the link is not read
  std::size_t batch_max = 128;           // messages, orders and outcomes of one block, or what one frame brought
  std::size_t blocks_in_flight = 2;      // not yet durable; more inputs are collected meanwhile
  std::size_t reads_max = 256;           // evidence and position requests that wait for a worker
  std::uint64_t snapshot_octets = 128u << 20;  // of blocks between two snapshots: what a start replays at most
  std::size_t event_waits_max = 1024;    // questions for events that are kept until there is one
  BoundaryHook boundary;                 // empty in production
};

// What the engine is put together from. All outlive it.
struct EngineParts {
  Journal& journal;
  PeerNetwork& peers;
  ledger::Driver& driver;
  crypto::Signer& evidence_signer;       // a signer of its own: bundles are sealed on worker threads
  const Clock& clock;
  EngineListener& listener;
};

class Engine : public Service {
 public:
  // Opens and replays the journal, then starts everything. Errors: those of Journal::open, replay, Driver::start,
  // PeerNetwork::start. `statements` are applied first when they are new.
  virtual Result<void> start(std::vector<wire::SignedStatement> statements) = 0;
  // Stops taking inputs, waits for what was submitted, stops peers and driver. Orders that still wait are answered Code::stopping.
  virtual void stop() = 0;
  // Whether a statement admits the participant now. Thread-safe, cheap.
  virtual bool admitted(const ParticipantId& participant) const = 0;
  // Over everything that decides; after stop() only, for whoever compares it with a replay.
  virtual Hash256 state_hash() const = 0;
};
std::unique_ptr<Engine> make_engine(EngineOptions options, EngineParts parts, std::unique_ptr<Core> core);

}  // namespace ustp::gateway
