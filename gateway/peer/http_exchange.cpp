#include "gateway/peer/http_exchange.hpp"

#include <array>

namespace ustp::gateway {
namespace {

namespace http = boost::beast::http;
namespace net = boost::asio;

constexpr std::size_t kMaxHeader = 8 * 1024, kMaxProblem = 8 * 1024;

// What each exchange is called and how large it may be: a notice as a JWS, a hello, a statement frame.
struct Form {
  Exchange kind;
  std::string_view path, asked_as, answered_as;
  std::size_t body_max;
};
constexpr std::array kForms = {
    Form{Exchange::kMessage, "/ustp/satp/v1/messages", "application/ustp+jws", "application/json", 272 * 1024},
    Form{Exchange::kHello, "/ustp/satp/v1/hello", "application/ustp+jws", "application/ustp+jws", 4 * 1024},
    Form{Exchange::kStatement, "/ustp/satp/v1/statements", "application/octet-stream", "application/json", 72 * 1024}};
constexpr std::size_t kMaxBody = 272 * 1024;

const Form& form_of(Exchange kind) {
  for (const auto& form : kForms)
    if (form.kind == kind) return form;
  return kForms.front();
}
const Form* form_of(std::string_view path) {
  for (const auto& form : kForms)
    if (form.path == path) return &form;
  return nullptr;
}

void append(Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

// RFC 9457; the members that an error-msg has for its code.
std::string problem_of(const CodeInfo& code) {
  const auto type = code.satp.empty() ? "urn:ustp:problem:" + std::string(code.name)
                                      : "urn:ietf:params:satp:core:error:" + std::string(code.satp);
  return "{\"code\":\"" + std::string(code.name) + "\",\"status\":" + std::to_string(code.http) + ",\"title\":\"" +
         std::string(code.text) + "\",\"type\":\"" + type + "\"}";
}

// The code's name out of a problem, for a log: a peer's text, so nothing but what names are made of.
std::string code_named(const Bytes& body) {
  constexpr std::string_view kMember = "\"code\":\"";
  const auto text = as_text(body);
  const auto at = text.find(kMember);
  if (at == std::string_view::npos) return {};
  const auto rest = text.substr(at + kMember.size(), 64);
  return std::string(rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_")));
}

}  // namespace

void HttpAsker::ask(Exchange kind, BytesView body, Written written) {
  const auto& form = form_of(kind);
  out_.clear();
  append(out_, "POST " + std::string(form.path) + " HTTP/1.1\r\nHost: " + host_ + "\r\nContent-Type: " +
                   std::string(form.asked_as) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  out_.insert(out_.end(), body.begin(), body.end());
  net::async_write(stream_, net::buffer(out_), [written = std::move(written)](HttpError failed, std::size_t) { written(failed); });
}

void HttpAsker::read(Answered answered) {
  parser_.emplace();
  parser_->header_limit(kMaxHeader);
  parser_->body_limit(kMaxProblem);  // hello, acknowledgement and problem are all small
  http::async_read(stream_, in_, *parser_, [this, answered = std::move(answered)](HttpError failed, std::size_t) {
    if (failed) return answered(failed, {});
    auto& message = parser_->get();
    Answer out;
    out.status = message.result_int();
    out.keep_alive = message.keep_alive();
    if (out.status != 200) out.problem = code_named(message.body());
    out.body = std::move(message.body());
    answered({}, std::move(out));
  });
}

void HttpAnswerer::read_header(Header then) {
  too_large_ = false;
  parser_.emplace();
  parser_->header_limit(kMaxHeader);
  parser_->body_limit(kMaxBody);
  http::async_read_header(stream_, in_, *parser_, [this, then = std::move(then)](HttpError failed, std::size_t) {
    too_large_ = failed == http::error::body_limit;
    then(too_large_ ? HttpError() : failed);
  });
}

Result<Exchange> HttpAnswerer::check_header() const {
  const auto& message = parser_->get();
  const auto* form = form_of(std::string_view(message.target().data(), message.target().size()));
  if (form == nullptr) return Error{Code::not_found, "path"};
  if (message.method() != http::verb::post) return Error{Code::method_not_allowed, ""};
  const auto type = message[http::field::content_type];
  if (std::string_view(type.data(), type.size()) != form->asked_as) return Error{Code::unsupported_media, ""};
  if (too_large_) return Error{Code::body_too_large, ""};  // and the parser is of no use any more
  const auto length = parser_->content_length();
  if (length && *length > form->body_max) return Error{Code::body_too_large, ""};
  return form->kind;
}

void HttpAnswerer::read_body(Read then) {
  const auto kind = check_header();
  if (!kind) return then({}, kind.error());
  const auto most = form_of(*kind).body_max;
  http::async_read(stream_, in_, *parser_, [this, kind = *kind, most, then = std::move(then)](HttpError failed, std::size_t) {
    if (failed == http::error::body_limit) return then({}, Error{Code::body_too_large, ""});
    if (failed) return then(failed, Request{});
    auto& body = parser_->get().body();
    if (body.size() > most) return then({}, Error{Code::body_too_large, ""});
    then({}, Request{kind, std::move(body)});
  });
}

void HttpAnswerer::answer(Exchange kind, BytesView body, Written then) {
  write("HTTP/1.1 200 OK\r\nContent-Type: " + std::string(form_of(kind).answered_as), body, std::move(then));
}

void HttpAnswerer::refuse(const Error& error, bool keep_alive, Written then) {
  const auto& code = info(error.code);
  const auto problem = problem_of(code);
  std::string head = "HTTP/1.1 " + std::to_string(code.http) + " Refused\r\nContent-Type: application/problem+json";
  if (error.code == Code::method_not_allowed) head += "\r\nAllow: POST";
  if (!keep_alive) head += "\r\nConnection: close";
  write(std::move(head), as_bytes(problem), std::move(then));
}

void HttpAnswerer::write(std::string head, BytesView body, Written then) {
  out_.clear();
  append(out_, head + "\r\nCache-Control: no-store\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  out_.insert(out_.end(), body.begin(), body.end());
  net::async_write(stream_, net::buffer(out_), [then = std::move(then)](HttpError failed, std::size_t) { then(failed); });
}

}  // namespace ustp::gateway
