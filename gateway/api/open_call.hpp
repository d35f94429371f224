#pragma once
// A request that waits for its answer, as the handler's own files see it.

#include "gateway/api/handler.hpp"

namespace ustp::gateway::api {

struct Handler::Open final : Call, std::enable_shared_from_this<Open> {
  void give_up(Code code) override {
    if (respond) handler->fail(*this, {{code, {}}, {}});
  }
  Duration patience() const override { return waits; }

  Handler* handler = nullptr;  // used on the handler's thread only
  Respond respond;             // empty once it is answered
  Route route = Route::kNone;
  std::string method, path, request_id;
  ParticipantId participant;
  bool head = false;
  Instant started;
  std::shared_ptr<const EventSeats::Seat> seat;  // of a question for events
  Duration waits;                                // that the client asked for
};

}  // namespace ustp::gateway::api
