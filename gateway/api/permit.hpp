#pragma once
// A request that the engine has not answered (private to the handler's files).

#include "gateway/api/handler.hpp"

namespace ustp::gateway::api {

// Lives as long as the engine may still answer: what a client gave up waiting for is still in the engine's queue, so it
// still counts against the limit (no unbounded queue).
struct Handler::Permit {
  explicit Permit(std::shared_ptr<Metrics> of) : metrics(std::move(of)) { ++metrics->in_flight; }
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;
  ~Permit() { --metrics->in_flight; }
  std::shared_ptr<Metrics> metrics;
};

}  // namespace ustp::gateway::api
