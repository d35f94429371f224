#include "gateway/api/handler.hpp"

#include "gateway/api/headers.hpp"
#include "gateway/api/names.hpp"
#include "gateway/api/open_call.hpp"
#include "gateway/api/order.hpp"
#include "gateway/api/permit.hpp"
#include "gateway/api/render.hpp"
#include "ustp/crypto/crypto.hpp"
#include "ustp/protocol/transfer.hpp"

namespace ustp::gateway::api {
namespace {

constexpr std::size_t kMaxStatements = 64, kMaxStatementOctets = 1u << 20;

// Of the table in spec/04.
std::vector<std::string_view> state_names() {
  std::vector<std::string_view> out{"scheduled", "withdrawn"};  // of orders that have not begun; "refused" is in the table
  for (unsigned number = 1; number < 256; ++number)
    if (const auto name = to_string(static_cast<protocol::State>(number)); name != "unknown") out.push_back(name);
  return out;
}

Response json(std::string body, int status = 200) {
  Response out;
  out.status = status;
  out.content_type = kJson;
  out.body = std::move(body);
  return out;
}

}  // namespace

Handler::Handler(HandlerOptions options, Service& service, std::shared_ptr<Metrics> metrics)
    : options_(std::move(options)), service_(service), metrics_(std::move(metrics)), rate_(options_.requests_per_second),
      seats_(options_.events_each) {
  SystemRandom random;
  run_id_ = random.id<FixedId<struct RunTag, 6>>().hex();
}

std::string Handler::new_request_id() { return run_id_ + '-' + std::to_string(++requests_); }

void Handler::finish(Open& call, Response response, std::string_view code) {
  const auto took = options_.now() - call.started;
  metrics_->answered(call.route, response.status, took);
  if (options_.access)
    options_.access({call.request_id, call.method, call.path, route_name(call.route), code, call.participant,
                     response.status, took});
  response.request_id = call.request_id;
  response.head = call.head;
  call.seat.reset();
  const auto respond = std::exchange(call.respond, nullptr);
  respond(std::move(response));
}

void Handler::fail(Open& call, const Fault& fault) {
  finish(call, render_problem(fault, {call.request_id, call.path, options_.doc_url}), info(fault.error.code).name);
}

Response Handler::refuse(Fault fault, std::string_view path, const std::optional<std::string>& request_id) {
  const std::string id = request_id && is_request_id(*request_id) ? *request_id : new_request_id();
  auto response = render_problem(fault, {id, path, options_.doc_url});
  metrics_->answered(Route::kNone, response.status, {});
  if (options_.access)
    options_.access({id, {}, path, route_name(Route::kNone), info(fault.error.code).name, {}, response.status, {}});
  return response;
}

template <class T, class Render>
Reply<T> Handler::reply(const OpenCall& call, Render render) {
  auto permit = std::make_shared<Permit>(metrics_);
  return [call, permit, run = options_.run, render = std::move(render)](Result<T> result) {
    run([call, permit, render, result = std::move(result)] {
      if (!call->respond) {
        ++permit->metrics->late_replies;
      } else if (result) {
        call->handler->finish(*call, render(*result), {});
      } else {
        Fault fault{result.error(), {}};
        if (call->route == Route::kStartTransfer) fault.pointer = order_field_of(result.error());
        call->handler->fail(*call, fault);
      }
    });
  };
}

std::shared_ptr<Call> Handler::handle(Request request, Respond respond) {
  auto call = std::make_shared<Open>();
  call->handler = this;
  call->respond = std::move(respond);
  call->method = request.method;
  call->participant = request.participant;
  call->request_id =
      request.request_id && is_request_id(*request.request_id) ? *request.request_id : new_request_id();
  call->started = options_.now();
  if (const auto fault = dispatch(call, request)) fail(*call, *fault);
  return call;
}

std::optional<Fault> Handler::dispatch(const OpenCall& call, Request& request) {
  if (!rate_.admit(request.participant, call->started)) return Fault{{Code::rate_limited, {}}, {}};
  const auto answer_options = [&](std::string allow) {
    Response response;
    response.status = 204;
    response.headers.emplace_back("Allow", std::move(allow));
    finish(*call, std::move(response), {});
    return std::optional<Fault>();
  };
  if (request.target == "*" && request.method == "OPTIONS") return answer_options("GET, HEAD, POST, OPTIONS");
  auto parsed = parse_target(request.target);
  if (auto* fault = std::get_if<Fault>(&parsed)) return std::move(*fault);
  const auto& target = std::get<Target>(parsed);
  call->path = target.path;
  const auto routed = route(request.method, target);
  if (const auto* none = std::get_if<NotRouted>(&routed)) {
    if (none->options) return answer_options(none->allow);
    const Fault fault{{none->code, {}}, {}};
    if (none->allow.empty()) return fault;
    auto response = render_problem(fault, {call->request_id, call->path, options_.doc_url});
    response.headers.emplace_back("Allow", none->allow);
    finish(*call, std::move(response), info(none->code).name);
    return {};
  }
  const auto& to = std::get<Routed>(routed);
  call->route = to.row->route;
  call->head = to.head;
  if (request.role < to.row->least()) return Fault{{Code::forbidden, {}}, {}};  // USTP-API-014
  const auto wanted = [&](std::string_view type) { return !type.empty() && accepts(request.accept, type); };
  if (!wanted(to.row->makes) && !wanted(to.row->makes_too))
    return Fault{{Code::not_acceptable, std::string(to.row->makes)}, {}, {}, "Accept"};
  if (!to.row->accepts.empty() && !is_media_type(request.content_type, to.row->accepts))
    return Fault{{Code::unsupported_media, std::string(to.row->accepts)}, {}, {}, "Content-Type"};
  if (to.row->accepts.empty() && !request.body.empty())
    return Fault{{Code::unsupported_media, "no body is taken here"}, {}, {}, "Content-Type"};
  if (metrics_->in_flight.load() >= static_cast<std::int64_t>(options_.in_flight))
    return Fault{{Code::overloaded, "requests in flight"}, {}};
  return perform(call, request, target, to.id);
}

std::optional<Fault> Handler::perform(const OpenCall& call, Request& request, const Target& target,
                                      const TransferId& id) {
  switch (call->route) {
    case Route::kListTransfers: return list_transfers(call, target);
    case Route::kListEvents: return events(call, request, target);
    case Route::kGetPositions: return positions(call, target);
    case Route::kListStatements: return statements(call, target);
    default: break;
  }
  if (auto fault = only_parameters(target, {})) return fault;
  const auto as_transfer = [](const TransferView& view) { return json(render_transfer(view)); };
  switch (call->route) {
    case Route::kStartTransfer: return start_transfer(call, request);
    case Route::kStartBatch: return start_batch(call, request);
    case Route::kCheckTransfer: return check_transfer(call, request);
    case Route::kApplyStatement: return apply_statement(call, request);
    case Route::kGetTransfer:
      service_.get_transfer(call->participant, id, reply<TransferView>(call, as_transfer));
      return {};
    case Route::kCancelTransfer:
      service_.cancel_transfer(call->participant, id, reply<TransferView>(call, as_transfer));
      return {};
    case Route::kGetEvidence:
      service_.evidence(call->participant, id, reply<Bytes>(call, [](const Bytes& bundle) {
        Response out;
        out.content_type = kOctets;
        out.body = as_text(bundle);
        return out;
      }));
      return {};
    case Route::kListInstruments:
      service_.instruments(reply<std::vector<token::Instrument>>(
          call, [](const auto& all) { return json(render_instruments(all)); }));
      return {};
    case Route::kListLedgers:
      service_.ledgers(reply<std::vector<LedgerView>>(call, [](const auto& all) { return json(render_ledgers(all)); }));
      return {};
    case Route::kListParticipants:
      service_.participants(reply<std::vector<wire::ParticipantStatement>>(
          call, [](const auto& all) { return json(render_participants(all)); }));
      return {};
    default: return Fault{{Code::not_found, {}}, {}};
  }
}

std::optional<Fault> Handler::start_transfer(const OpenCall& call, Request& request) {
  const auto at_key = [](Code code, std::string detail) {
    return Fault{{code, std::move(detail)}, {}, {}, "Idempotency-Key"};
  };
  if (!request.idempotency_key) return at_key(Code::idempotency_key_missing, {});
  const auto key = parse_idempotency_key(*request.idempotency_key);
  if (!key) return at_key(key.error().code, key.error().detail);
  TransferOrder order;
  order.participant = call->participant;
  order.key = *key;
  order.payload_hash = crypto::sha256(as_bytes(request.body));
  if (auto fault = read_order(request.body, order)) return fault;
  service_.start_transfer(std::move(order), reply<TransferView>(call, [](const TransferView& view) {
    auto out = json(render_transfer(view), view.scheduled ? 202 : 201);
    out.headers.emplace_back("Location", "/v1/transfers/" + view.id.hex());
    if (view.replayed) out.headers.emplace_back("Idempotency-Replayed", "true");
    return out;
  }));
  return {};
}

std::optional<Fault> Handler::check_transfer(const OpenCall& call, Request& request) {
  TransferOrder order;
  order.participant = call->participant;
  if (auto fault = read_order(request.body, order)) return fault;
  service_.check_transfer(std::move(order), reply<OrderFindings>(call, [doc = options_.doc_url](const auto& found) {
    return json(render_findings(found, doc));
  }));
  return {};
}

namespace {

std::variant<TransferFilter, Fault> filter_of(const Target& target) {
  TransferFilter out;
  const auto one_of = [&](const char* name, const auto& known, std::string& to) -> std::optional<Fault> {
    const auto* text = parameter(target, name);
    if (!text) return {};
    to = *text;
    if (std::find(known.begin(), known.end(), *text) != known.end()) return {};
    return Fault{{Code::unknown_tag, {}}, {}, name};
  };
  std::string role;
  if (auto fault = one_of("status", kStatuses, out.status)) return *std::move(fault);
  if (auto fault = one_of("state", state_names(), out.state)) return *std::move(fault);
  constexpr std::array<std::string_view, 2> kRoles{"sender", "recipient"};
  if (auto fault = one_of("role", kRoles, role)) return *std::move(fault);
  if (!role.empty()) out.sender = role == "sender";
  if (const auto* text = parameter(target, "instrument")) {
    auto id = InstrumentId::parse(*text);
    if (!id) return Fault{id.error(), {}, "instrument"};
    out.instrument = *std::move(id);
  }
  return out;
}

}  // namespace

std::optional<Fault> Handler::list_transfers(const OpenCall& call, const Target& target) {
  if (auto fault = only_parameters(target, {"limit", "after", "status", "state", "role", "instrument"})) return fault;
  auto filter = filter_of(target);
  if (auto* fault = std::get_if<Fault>(&filter)) return std::move(*fault);
  auto limit = number_parameter(target, "limit", 1, options_.page, std::min<std::uint64_t>(20, options_.page));
  if (auto* fault = std::get_if<Fault>(&limit)) return std::move(*fault);
  TransferId after;
  if (const auto* text = parameter(target, "after")) {
    const auto cursor = parse_cursor(*text);
    if (!cursor) return Fault{cursor.error(), {}, "after"};
    after = *cursor;
  }
  const auto count = static_cast<std::size_t>(std::get<std::uint64_t>(limit));
  // One more than asked for tells whether there is a page behind.
  service_.list_transfers(call->participant, std::get<TransferFilter>(std::move(filter)), after, count + 1,
                          reply<TransferPage>(call, [count](TransferPage page) {
                            auto& views = page.transfers;
                            if (views.size() > count) {
                              views.resize(count);
                              page.next = views.back().id;
                            }
                            return json(render_transfers(views, page.next.is_zero() ? "" : make_cursor(page.next)));
                          }));
  return {};
}

std::optional<Fault> Handler::positions(const OpenCall& call, const Target& target) {
  if (auto fault = only_parameters(target, {"instrument"})) return fault;
  const auto* text = parameter(target, "instrument");
  if (!text) return Fault{{Code::missing_field, {}}, {}, "instrument"};
  auto instrument = InstrumentId::parse(*text);
  if (!instrument) return Fault{instrument.error(), {}, "instrument"};
  service_.positions(call->participant, *std::move(instrument),
                     reply<Service::PositionsView>(call, [](const auto& view) { return json(render_positions(view)); }));
  return {};
}

std::optional<Fault> Handler::statements(const OpenCall& call, const Target& target) {
  if (auto fault = only_parameters(target, {"from"})) return fault;
  auto from = number_parameter(target, "from", 1, INT64_MAX, 1);
  if (auto* fault = std::get_if<Fault>(&from)) return std::move(*fault);
  const auto first = std::get<std::uint64_t>(from);
  service_.statements(first, reply<std::vector<wire::SignedStatement>>(call, [first](auto all) {
    std::size_t count = 0, octets = 0;
    while (count < all.size() && count < kMaxStatements && octets < kMaxStatementOctets)
      octets += all[count++].octets.size();
    const bool more = count < all.size();
    all.resize(count);
    return json(render_statements(all, more ? first + count : 0));
  }));
  return {};
}

std::optional<Fault> Handler::apply_statement(const OpenCall& call, const Request& request) {
  auto statement = wire::parse_statement_frame(as_bytes(request.body));
  if (!statement) return Fault{statement.error(), {}};
  service_.apply_statement(*std::move(statement), reply<std::uint64_t>(call, [](std::uint64_t position) {
    auto out = json("{\"sequence\":" + std::to_string(position) + "}", 201);
    out.headers.emplace_back("Location", "/v1/statements?from=" + std::to_string(position));
    return out;
  }));
  return {};
}

}  // namespace ustp::gateway::api
