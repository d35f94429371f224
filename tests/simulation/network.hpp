#pragma once
// Links between gateways: ordered streams that can be cut, stalled in one direction, and fed by a hostile hand. What a
// cut loses, the channel sends again; what the hostile hand adds, the engine must refuse.

#include <array>
#include <deque>
#include <functional>

#include "gateway/engine/core.hpp"
#include "tests/simulation/swarm.hpp"
#include "tests/simulation/trace.hpp"

namespace ustp::simulation {

class Network {
 public:
  // What the network does to a gateway: it is given links and frames while it runs.
  struct Port {
    GatewayId id;
    std::function<bool()> up;                             // the process runs
    std::function<bool()> room;                           // it reads
    std::function<void(gateway::CoreInput)> put;
  };
  // Makes a frame that another key signed look like `frame`; empty: it cannot.
  using Forger = std::function<Bytes(const Bytes& frame)>;

  Network(std::vector<Port> ports, Chance& chance, Trace& trace, Forger forger)
      : ports_(std::move(ports)), chance_(chance), trace_(trace), forger_(std::move(forger)) {}

  void send(std::size_t from, const GatewayId& to, std::uint64_t link, const Bytes& frame, Instant now);
  void close(std::size_t by, const GatewayId& peer, std::uint64_t link, Instant now);
  void gateway_down(std::size_t which, Instant now);
  // One thing that is due: a frame arrives, a link comes up, trouble. False: nothing.
  bool step(Instant now);
  Instant next() const;
  void heal(Instant now);
  bool idle() const;           // no frame is on its way

 private:
  struct Frame {
    Bytes octets;
    Instant due;
  };
  struct Direction {
    std::deque<Frame> frames;
    Instant stalled_until;
    std::vector<Bytes> past;    // some of what went before, for replays
  };
  struct Pair {
    std::size_t a = 0, b = 0;
    std::uint64_t link = 0;     // 0 = down
    Instant reconnect_at, flapping_until;
    std::array<Direction, 2> way;   // a to b, b to a
    std::uint64_t stale = 0;    // a link whose end one side has not noticed
  };
  Pair* pair(std::size_t one, std::size_t other);
  std::size_t index(const GatewayId& id) const;
  void cut(Pair& pair, Instant now, bool late_notice);
  void connect(Pair& pair, Instant now);
  void meddle(Pair& pair, Direction& way, const Bytes& frame, Instant due);

  std::vector<Port> ports_;
  Chance& chance_;
  Trace& trace_;
  Forger forger_;
  std::array<Pair, 3> pairs_{Pair{0, 1, 0, {}, {}, {}, 0}, Pair{0, 2, 0, {}, {}, {}, 0}, Pair{1, 2, 0, {}, {}, {}, 0}};
  std::uint64_t links_ = 0;
};

}  // namespace ustp::simulation
