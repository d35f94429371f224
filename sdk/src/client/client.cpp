#include "ustp/client/client.hpp"

#include <algorithm>

#include "json.hpp"

namespace ustp::client {
namespace {

// Answers that say "not now" about the gateway, not about the transfer.
bool may_pass(const HttpReply& reply, const Failure& failure) {
  return reply.status == 408 || reply.status == 429 || reply.status == 503 || reply.status == 504 ||
         failure.error.code == Code::idempotency_in_progress;
}
Failure unreachable(const Error& error) {
  Failure out;
  out.kind = Failure::Kind::kUnreachable;
  out.error = error;
  out.code = info(error.code).name;
  out.retryable = true;
  return out;
}
Failure not_understood(const HttpReply& reply, const Error& error) {
  Failure out;
  out.kind = Failure::Kind::kReply;
  out.error = error;
  out.code = info(error.code).name;
  out.status = reply.status;
  out.request_id = reply.request_id;
  return out;
}

template <class T>
Outcome<T> read(const Outcome<HttpReply>& reply, Result<T> (*from)(const std::string&)) {
  if (!reply) return reply.failure();
  auto value = from(reply->body);
  if (!value) return not_understood(*reply, value.error());
  return std::move(*value);
}

// What stands in a target as it is.
bool is_cursor(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}
Failure no_cursor() {
  Failure out;
  out.error = {Code::malformed_text, "after: not a cursor"};
  out.code = "malformed_text";
  return out;
}

HttpRequest get(std::string target) {
  return {"GET", std::move(target), {{"Accept", "application/json"}}, {}};
}

}  // namespace

std::string to_string(const Failure& f) {
  std::string out = f.code.empty() ? "http_" + std::to_string(f.status) : f.code;
  if (f.kind == Failure::Kind::kUnreachable) out = "the gateway cannot be reached: " + out;
  if (!f.error.detail.empty()) out += ": " + f.error.detail;
  if (!f.pointer.empty()) out += " (at " + f.pointer + ")";
  if (f.kind == Failure::Kind::kReply) out += " (an answer that cannot be understood)";
  if (!f.request_id.empty()) out += " [request " + f.request_id + "]";
  return out;
}

Client::Client(std::unique_ptr<Transport> transport, std::unique_ptr<Random> random, Wait wait, RetryPolicy retry)
    : transport_(std::move(transport)), random_(std::move(random)), wait_(std::move(wait)), retry_(retry) {}

// Exponential, drawn from the upper half, so that clients that failed together do not come back together.
Duration Client::wait_before(unsigned attempt, Duration asked) {
  auto longest = retry_.first_wait.ns;
  for (unsigned i = 1; i < attempt && longest < retry_.longest_wait.ns; ++i) longest *= 2;
  longest = std::min(longest, retry_.longest_wait.ns);
  std::array<std::uint8_t, 4> draw{};
  random_->fill(draw);
  const auto part = (std::int64_t{draw[0]} << 8 | draw[1]) * (longest / 2) / 65536;
  return std::max(Duration{longest / 2 + part}, std::min(asked, retry_.longest_wait));
}

Outcome<HttpReply> Client::call(const HttpRequest& request, Repeat repeat) {
  for (unsigned attempt = 1;; ++attempt) {
    const bool last = repeat == Repeat::kNever || attempt >= retry_.attempts;
    auto reply = transport_->send(request);
    if (!reply) {
      if (last || reply.error().code == Code::body_too_large) return unreachable(reply.error());
      wait_(wait_before(attempt, {}));
      continue;
    }
    if (reply->status >= 200 && reply->status < 300) return std::move(*reply);
    auto failure = failure_from_reply(*reply);
    if (last || !may_pass(*reply, failure)) return failure;
    wait_(wait_before(attempt, reply->retry_after));
  }
}

Outcome<Transfer> Client::start_transfer(const TransferOrder& order, const IdempotencyKey& key) {
  HttpRequest request{"POST", "/v1/transfers", {}, order_to_json(order)};
  request.headers = {
      {"Accept", "application/json"}, {"Content-Type", "application/json"}, {"Idempotency-Key", key.str()}};
  return read(call(request, Repeat::kYes), transfer_from_json);
}
std::vector<Outcome<Transfer>> Client::start_batch(std::span<const BatchOrder> orders, std::size_t octets) {
  constexpr std::size_t kMost = 1000;
  std::vector<Outcome<Transfer>> out;
  out.reserve(orders.size());
  while (out.size() < orders.size()) {
    HttpRequest request{"POST", "/v1/transfers:batch", {{"Accept", "application/json"}, {"Content-Type", "application/json"}}, "{\"orders\":["};
    std::size_t count = 0;
    for (; count < kMost && out.size() + count < orders.size(); ++count) {
      const auto item = batch_item(orders[out.size() + count]);
      if (count > 0 && request.body.size() + item.size() + 3 > octets) break;
      request.body += (count > 0 ? "," : "") + item;
    }
    request.body += "]}";
    const auto answers = read(call(request, Repeat::kYes), batch_from_json);
    if (answers && answers->size() == count) {
      out.insert(out.end(), answers->begin(), answers->end());
      continue;
    }
    auto failure = answers ? not_understood({}, {Code::malformed_text, "reply: answers"}) : answers.failure();
    out.resize(orders.size(), failure);  // what comes behind is not sent: the gateway is away or does not take it
  }
  return out;
}
Outcome<Transfer> Client::cancel_transfer(const TransferId& id) {
  HttpRequest request{"POST", "/v1/transfers/" + id.hex() + ":cancel", {{"Accept", "application/json"}}, {}};
  return read(call(request, Repeat::kNever), transfer_from_json);
}
Outcome<Transfer> Client::transfer(const TransferId& id) {
  return read(call(get("/v1/transfers/" + id.hex()), Repeat::kYes), transfer_from_json);
}
Outcome<TransferPage> Client::transfers(unsigned limit, const std::string& after) {
  auto target = "/v1/transfers?limit=" + std::to_string(limit);
  if (!after.empty()) {
    if (!is_cursor(after)) return no_cursor();
    target += "&after=" + after;
  }
  return read(call(get(std::move(target)), Repeat::kYes), page_from_json);
}
Outcome<EventPage> Client::events(const std::string& after, unsigned limit, Duration wait) {
  auto target = "/v1/events?limit=" + std::to_string(limit);
  if (!is_cursor(after)) return no_cursor();
  if (!after.empty()) target += "&after=" + after;
  if (const auto seconds = wait.ns / 1'000'000'000; seconds > 0) target += "&wait=" + std::to_string(seconds);
  return read(call(get(std::move(target)), Repeat::kYes), events_from_json);
}

// What another try may mend: no answer, or one about the gateway and not about the question.
bool Client::passes(const Failure& failure) {
  return failure.kind == Failure::Kind::kUnreachable || failure.status == 408 || failure.status == 429 ||
         failure.status == 503 || failure.status == 504;
}

Outcome<std::string> Client::follow(const FollowOptions& options, const std::function<bool(const Event&)>& take) {
  auto cursor = options.after;
  for (unsigned failed = 0;;) {
    const auto page = events(cursor, options.page, options.wait);
    if (!page) {
      if (!passes(page.failure()) || ++failed == options.failures) return page.failure();
      wait_(wait_before(retry_.attempts, {}));
    } else {
      failed = 0;
      for (const auto& event : page->events) {
        cursor = event.cursor;
        if (!take(event)) return cursor;
      }
      cursor = page->next;
    }
    if (options.between && !options.between(cursor)) return cursor;
  }
}

Outcome<Bytes> Client::evidence(const TransferId& id) {
  HttpRequest request{"GET", "/v1/transfers/" + id.hex() + "/evidence", {{"Accept", "application/octet-stream"}}, {}};
  const auto reply = call(request, Repeat::kYes);
  if (!reply) return reply.failure();
  const auto octets = as_bytes(reply->body);
  return Bytes(octets.begin(), octets.end());
}
Outcome<Positions> Client::positions(const InstrumentId& instrument) {
  return read(call(get("/v1/positions?instrument=" + instrument.str()), Repeat::kYes), positions_from_json);
}
Outcome<InstrumentList> Client::instruments() {
  return read(call(get("/v1/instruments"), Repeat::kYes), instruments_from_json);
}
Outcome<std::uint64_t> Client::apply_statement(BytesView frame) {
  HttpRequest request{"POST", "/v1/statements", {}, std::string(as_text(frame))};
  request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/octet-stream"}};
  return read(call(request, Repeat::kYes), sequence_from_json);
}

}  // namespace ustp::client
