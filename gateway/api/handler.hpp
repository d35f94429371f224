#pragma once
// What happens to one request, without any socket: limits, routing, reading, the call to the Service, the answer.

#include <memory>

#include "gateway/api/event_seats.hpp"
#include "gateway/api/metrics.hpp"
#include "gateway/api/rate_limit.hpp"
#include "gateway/ports/service.hpp"

namespace ustp::gateway::api {

// One line per answered request, for the log.
struct AccessRecord {
  std::string_view request_id, method, path, route, code;  // code: of a problem, else empty
  const ParticipantId& participant;
  int status = 0;
  Duration took;
};

struct HandlerOptions {
  std::size_t in_flight = 4096;                 // requests the engine has not answered; beyond: 429
  std::uint32_t requests_per_second = 200;      // of one participant; 0: no limit
  std::string doc_url;                          // page of the error codes, for problems; empty: none is told
  std::size_t page = 100;                       // most transfers of one page
  std::size_t events_each = 16;                 // open questions for events of one participant, streams among them
  Duration heartbeat = Duration::seconds(15);   // of a stream that has nothing to tell
  // Brings a closure to the thread that calls handle(). Called from the engine's thread; must not wait. A closure may
  // be dropped when the server has gone.
  std::function<void(std::function<void()>)> run;
  std::function<Instant()> now;                 // monotonic
  std::function<void(const AccessRecord&)> access;  // optional; called on the thread of handle()
};

// One request that waits for its answer.
class Call {
 public:
  virtual ~Call() = default;
  // Answers with a problem of this code instead of what the engine may still say. Nothing when it is answered.
  virtual void give_up(Code code) = 0;
  // What the answer may take beyond what every answer may: the client asked for it.
  virtual Duration patience() const = 0;
};

// One thread: handle(), give_up() and everything given to `run`.
class Handler {
 public:
  using Respond = std::function<void(Response)>;

  Handler(HandlerOptions options, Service& service, std::shared_ptr<Metrics> metrics);
  // Calls `respond` exactly once, at once or later.
  std::shared_ptr<Call> handle(Request request, Respond respond);
  // The answer to what could not be read as a request. Counted under no route.
  Response refuse(Fault fault, std::string_view path, const std::optional<std::string>& request_id);

 private:
  struct Open;
  struct Permit;
  using OpenCall = std::shared_ptr<Open>;
  std::optional<Fault> dispatch(const OpenCall& call, Request& request);
  std::optional<Fault> perform(const OpenCall& call, Request& request, const Target& target, const TransferId& id);
  std::optional<Fault> start_transfer(const OpenCall& call, Request& request);
  std::optional<Fault> start_batch(const OpenCall& call, Request& request);
  std::optional<Fault> check_transfer(const OpenCall& call, Request& request);
  std::optional<Fault> list_transfers(const OpenCall& call, const Target& target);
  std::optional<Fault> events(const OpenCall& call, const Request& request, const Target& target);
  void answer_events(const OpenCall& call, const Result<EventPage>& page, bool stream);
  std::optional<Fault> positions(const OpenCall& call, const Target& target);
  std::optional<Fault> statements(const OpenCall& call, const Target& target);
  std::optional<Fault> apply_statement(const OpenCall& call, const Request& request);
  // The Reply that answers the call with what `render` makes of the value.
  template <class T, class Render>
  Reply<T> reply(const OpenCall& call, Render render);
  void finish(Open& call, Response response, std::string_view code);
  void fail(Open& call, const Fault& fault);

  std::string new_request_id();

  HandlerOptions options_;
  Service& service_;
  std::shared_ptr<Metrics> metrics_;  // replies may come when the handler has gone
  RateLimit rate_;
  EventSeats seats_;
  std::string run_id_;  // random, so that two runs of the gateway never give one request id
  std::uint64_t requests_ = 0;
};

}  // namespace ustp::gateway::api
