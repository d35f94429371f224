#pragma once
// One connection of a client: handshake, identity, requests in, answers out in order, deadlines. Everything on the
// server's thread. Included by server.cpp and session.cpp only.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <memory>

#include "gateway/api/api.hpp"
#include "gateway/api/identity.hpp"

namespace ustp::gateway::api {

using Time = std::chrono::steady_clock::time_point;

class Session;
// What a session needs of its server.
struct SessionHost {
  const ApiOptions& options;
  Handler& handler;
  Metrics& metrics;
  boost::asio::ssl::context& tls;
  const TokenGate* tokens;  // null: no tokens are taken
  // Whether this participant may have one connection more; counts it.
  std::function<bool(const ParticipantId&)> enter;
  // The connection is closed; `participant` as entered, empty when it never was.
  std::function<void(Session*, const ParticipantId&)> leave;
  std::string date;  // of the Date field, kept by the server
};

class Session {
 public:
  virtual ~Session() = default;
  virtual void start() = 0;
  virtual void check_deadlines(Time now) = 0;
  virtual bool shaking_hands() const = 0;  // nobody yet has said who it is
  virtual void stop() = 0;      // answers what waits, says goodbye, closes within the linger time
  virtual void close_now() = 0;
};
std::shared_ptr<Session> make_session(boost::asio::ip::tcp::socket socket, SessionHost& host);

}  // namespace ustp::gateway::api
