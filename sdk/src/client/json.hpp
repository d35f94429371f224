#pragma once
// Inside client only: the API's documents <-> the client's types. Unknown members of a reply are passed over, for the
// API may add (decision 18); a member of another type than expected makes the reply one that cannot be understood.

#include "ustp/client/client.hpp"

namespace ustp::client {

std::string order_to_json(const TransferOrder& order);
// One order of a batch.
std::string batch_item(const BatchOrder& order);
// In order; each is the transfer or the problem of one order.
Result<std::vector<Outcome<Transfer>>> batch_from_json(const std::string& body);
Result<Transfer> transfer_from_json(const std::string& body);
Result<TransferPage> page_from_json(const std::string& body);
Result<Positions> positions_from_json(const std::string& body);
Result<InstrumentList> instruments_from_json(const std::string& body);
Result<EventPage> events_from_json(const std::string& body);
Result<std::uint64_t> sequence_from_json(const std::string& body);
// RFC 9457; a body that is no problem document leaves the status as all there is to say.
Failure failure_from_reply(const HttpReply& reply);

}  // namespace ustp::client
