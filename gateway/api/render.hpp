#pragma once
// Answers as JSON. Quantities are decimal strings, times RFC 3339, identifiers as everywhere; every member is always
// there unless the schema in spec/openapi.yaml says otherwise.

#include "gateway/api/http.hpp"
#include "gateway/ports/service.hpp"

namespace ustp::gateway::api {

std::string render_transfer(const TransferView& view);
// `next`: cursor of the page behind, empty when there is none.
std::string render_transfers(const std::vector<TransferView>& views, std::string_view next);
std::string render_event(const TransferEvent& event);
std::string render_events(const EventPage& page);
std::string render_ledgers(const std::vector<LedgerView>& ledgers);
std::string render_participants(const std::vector<wire::ParticipantStatement>& participants);
std::string render_findings(const OrderFindings& found, std::string_view doc_url);
std::string render_instruments(const std::vector<token::Instrument>& instruments);
std::string render_positions(const Service::PositionsView& view);
// Each with its frame, which anybody can verify; `next`: sequence of the page behind, 0 when there is none.
std::string render_statements(const std::vector<wire::SignedStatement>& statements, std::uint64_t next);

// RFC 9457. `instance` is the path asked for.
struct ProblemContext {
  std::string_view request_id, instance;
  std::string_view doc_url{};  // page of the codes; empty: none is told
};
Response render_problem(const Fault& fault, const ProblemContext& context);

// The opaque cursor of a list: which transfer to continue behind.
std::string make_cursor(const TransferId& after);
Result<TransferId> parse_cursor(std::string_view text);
// Of the event stream: the sequence number seen last.
std::string make_event_cursor(std::uint64_t sequence);
Result<std::uint64_t> parse_event_cursor(std::string_view text);
// What to answer where the events behind a cursor are not there.
Fault gap_fault(const EventPage& page);

}  // namespace ustp::gateway::api
