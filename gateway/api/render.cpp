#include "gateway/api/render.hpp"

#include "gateway/api/json_writer.hpp"
#include "gateway/api/names.hpp"
#include "gateway/api/order.hpp"
#include "gateway/api/routes.hpp"
#include "ustp/base/big_endian.hpp"

namespace ustp::gateway::api {
namespace {

JsonWriter& date(JsonWriter& w, std::string_view name, Date value) {
  return value.year == 0 ? w : w.field(name, to_string(value));
}
JsonWriter& instant(JsonWriter& w, std::string_view name, Instant value) {
  return value.ns == 0 ? w : w.field(name, to_rfc3339(value));
}

void write_lots(JsonWriter& w, const std::vector<token::Lot>& lots) {
  w.name("lots").open_list();
  for (const auto& lot : lots) {
    w.open_object().field("quantity", lot.quantity.str());
    date(w, "acquired", lot.acquired).stated("origin", lot.origin);
    instant(w, "locked_until", lot.locked_until).field("restriction", name_of(kRestrictions, lot.restriction));
    w.close_object();
  }
  w.close_list();
}

void write_chain(JsonWriter& w, std::string_view name, const token::HoldingChain& chain) {
  w.name(name).open_object().name("links").open_list();
  for (const auto& link : chain.links)
    w.open_object()
        .field("party", link.party)
        .stated("account", link.account.str())
        .field("capacity", name_of(kHoldingCapacities, link.capacity))
        .close_object();
  w.close_list().stated("beneficial_owner", chain.beneficial_owner).close_object();
}

void write_terms(JsonWriter& w, const token::TransferTerms& terms) {
  w.open_object()
      .field("instrument", terms.instrument.str())
      .name("instrument_version").number(terms.instrument_version)
      .name("source_ratio_version").number(terms.source_ratio_version)
      .name("target_ratio_version").number(terms.target_ratio_version)
      .field("quantity", terms.quantity.str());
  write_lots(w, terms.lots);
  w.field("sender_gateway", terms.sender_gateway.str())
      .field("recipient_gateway", terms.recipient_gateway.str())
      .field("source_ledger", terms.source_ledger.str())
      .field("target_ledger", terms.target_ledger.str())
      .field("originator", terms.originator.str())
      .field("beneficiary", terms.beneficiary.str());
  write_chain(w, "originator_chain", terms.originator_chain);
  write_chain(w, "beneficiary_chain", terms.beneficiary_chain);
  w.field("ownership_effect", name_of(kOwnershipEffects, terms.ownership_effect))
      .field("transaction_type", terms.transaction_type)
      .field("entitled_party", name_of(kEntitledParties, terms.entitled_party));
  date(w, "trade_date", terms.trade_date)
      .field("cum_ex", name_of(kCumEx, terms.cum_ex))
      .stated("venue", terms.venue.str())
      .stated("liable_operator", terms.liable_operator.str())
      .stated("place_of_settlement", terms.place_of_settlement)
      .stated("governing_law", terms.governing_law)
      .stated("jurisdiction", terms.jurisdiction)
      .stated("reference", terms.reference);
  instant(w, "vote_by", terms.vote_by);
  instant(w, "complete_by", terms.complete_by).name("statement_position").number(terms.statement_position);
  w.close_object();
}

void write_reason(JsonWriter& w, const std::optional<Error>& reason) {
  w.name("reason");
  if (!reason) {
    w.null();
    return;
  }
  const auto& code = info(reason->code);
  w.open_object().field("code", code.name).field("detail", reason->detail).name("retryable").boolean(code.retryable);
  w.close_object();
}

// How far it is, of a transfer or of an event.
template <class Seen>
void write_progress(JsonWriter& w, const Seen& seen) {
  w.field("role", seen.sender ? "sender" : "recipient")
      .field("state", seen.state)
      .field("status", seen.status)
      .name("waiting_on");
  seen.waiting_on.empty() ? w.null() : w.text(seen.waiting_on);
  write_reason(w, seen.reason);
}

void write_transfer(JsonWriter& w, const TransferView& view) {
  w.open_object().field("id", view.id.hex()).field("settlement", view.settlement.hex());
  write_progress(w, view);
  w.name("terms");
  write_terms(w, view.terms);
  w.name("timeline").open_list();
  for (const auto& step : view.timeline)
    w.open_object().field("state", step.name).field("at", to_rfc3339(step.at)).close_object();
  w.close_list();
  instant(w, "not_before", view.not_before).close_object();
}

}  // namespace

std::string render_transfer(const TransferView& view) {
  JsonWriter w;
  write_transfer(w, view);
  return w.take();
}

std::string render_transfers(const std::vector<TransferView>& views, std::string_view next) {
  JsonWriter w;
  w.open_object().name("transfers").open_list();
  for (const auto& view : views) write_transfer(w, view);
  w.close_list().stated("next", next).close_object();
  return w.take();
}

namespace {
std::string doc_url_of(std::string_view page, std::string_view code) {
  return page.empty() ? std::string() : std::string(page).append("#").append(code);
}

void write_event(JsonWriter& w, const TransferEvent& event) {
  w.open_object()
      .field("cursor", make_event_cursor(event.sequence))
      .name("sequence").number(event.sequence)
      .field("type", "transfer.state")
      .field("transfer", event.transfer.hex());
  write_progress(w, event);
  w.field("at", to_rfc3339(event.at)).close_object();
}
}  // namespace

std::string render_event(const TransferEvent& event) {
  JsonWriter w;
  write_event(w, event);
  return w.take();
}

std::string render_events(const EventPage& page) {
  JsonWriter w;
  w.open_object().name("events").open_list();
  for (const auto& event : page.events) write_event(w, event);
  w.close_list().field("next", make_event_cursor(page.next)).name("more").boolean(page.more).close_object();
  return w.take();
}

std::string render_findings(const OrderFindings& found, std::string_view doc_url) {
  JsonWriter w;
  w.open_object().name("ok").boolean(found.findings.empty()).name("findings").open_list();
  for (const auto& one : found.findings) {
    const auto& code = info(one.code);
    w.open_object()
        .field("code", code.name)
        .stated("rule", one.rule)
        .field("title", code.text)
        .field("detail", one.detail)
        .name("retryable").boolean(code.retryable)
        .stated("pointer", order_field_of({one.code, one.detail}))
        .stated("doc_url", doc_url_of(doc_url, code.name))
        .close_object();
  }
  w.close_list().name("statement_position").number(found.statements).close_object();
  return w.take();
}

Response render_problem(const Fault& fault, const ProblemContext& context) {
  const auto& code = info(fault.error.code);
  Response out;
  out.status = code.http;
  out.content_type = kProblemJson;
  out.request_id = context.request_id;
  JsonWriter w;
  w.open_object()
      .field("type", "urn:ustp:problem:" + std::string(code.name))
      .field("title", code.text)
      .name("status").number(static_cast<std::uint64_t>(code.http))
      .stated("detail", fault.error.detail)
      .field("code", code.name)
      .field("category", code.category)
      .name("retryable").boolean(code.retryable)
      .stated("pointer", fault.pointer)
      .stated("parameter", fault.parameter)
      .stated("header", fault.header)
      .stated("restart_after", fault.restart_after)
      .field("request_id", context.request_id)
      .stated("instance", context.instance)
      .stated("doc_url", doc_url_of(context.doc_url, code.name))
      .field("doc", "spec/registry/errors.csv#" + std::to_string(static_cast<int>(code.code)))
      .close_object();
  out.body = w.take();
  // RFC 6750, section 3. The codes say all that is said about a token; none of them needs quoting.
  if (code.http == 401)
    out.headers.emplace_back("WWW-Authenticate",
                             "Bearer realm=\"ustp\"" + (code.code == Code::unauthenticated ? std::string() :
                                 ", error=\"invalid_token\", error_description=\"" + std::string(code.name) + "\""));
  if (code.code == Code::forbidden)
    out.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"ustp\", error=\"insufficient_scope\"");
  // A busy or stopping gateway says when; a conflict that may pass says nothing, for nobody knows.
  if (code.retryable && (code.http == 429 || code.http == 503)) out.headers.emplace_back("Retry-After", "1");
  return out;
}

// One octet of version before the id, so that another kind of cursor can come later.
std::string make_cursor(const TransferId& after) {
  Bytes octets{1};
  append(octets, after.view());
  return to_base64url(octets);
}

Result<TransferId> parse_cursor(std::string_view text) {
  USTP_TRY(const auto octets, from_base64url(text));
  if (octets.size() != 1 + TransferId::kSize || octets[0] != 1) return Error{Code::malformed_text, "not a cursor"};
  return TransferId::from_bytes(BytesView(octets).subspan(1));
}

std::string make_event_cursor(std::uint64_t sequence) {
  Bytes octets{2};
  append_be(octets, sequence);
  return to_base64url(octets);
}

Result<std::uint64_t> parse_event_cursor(std::string_view text) {
  USTP_TRY(const auto octets, from_base64url(text));
  if (octets.size() != 1 + sizeof(std::uint64_t) || octets[0] != 2)
    return Error{Code::malformed_text, "not a cursor of events"};
  return read_be(BytesView(octets).subspan(1));
}

Fault gap_fault(const EventPage& page) {
  Fault fault{*page.gap, {}, "after"};
  fault.restart_after = make_event_cursor(page.restart);
  return fault;
}

}  // namespace ustp::gateway::api
