#pragma once
// HTTP/1.1 of the JSON binding (spec/03c, section 6) on a stream that is encrypted already: one request at a time, asked
// or answered. Handlers keep the owner of the stream alive. Include in connection.cpp and http_exchange.cpp only.

#include <boost/beast/http.hpp>

#include <optional>

#include "gateway/peer/coalescing_stream.hpp"
#include "gateway/ports/peer.hpp"

namespace ustp::gateway {

using HttpError = boost::system::error_code;
using HttpBody = boost::beast::http::vector_body<std::uint8_t>;

class HttpAsker {
 public:
  // keep_alive: the connection serves the next request too. `problem`: the code that a refusal names, if it names one.
  struct Answer {
    unsigned status = 0;
    Bytes body;
    bool keep_alive = false;
    std::string problem;
  };
  using Answered = std::function<void(HttpError, Answer)>;
  using Written = std::function<void(HttpError)>;

  HttpAsker(CoalescingStream& stream, std::string host) : stream_(stream), host_(std::move(host)) {}
  // Waits for the next answer: begun before its request, so that the end of an idle connection is seen at once.
  void read(Answered answered);
  void ask(Exchange kind, BytesView body, Written written);

 private:
  CoalescingStream& stream_;
  const std::string host_;
  Bytes out_;
  boost::beast::flat_buffer in_;
  std::optional<boost::beast::http::response_parser<HttpBody>> parser_;
};

class HttpAnswerer {
 public:
  struct Request {
    Exchange kind{};
    Bytes body;
  };
  using Header = std::function<void(HttpError)>;
  using Read = std::function<void(HttpError, Result<Request>)>;
  using Written = std::function<void(HttpError)>;

  explicit HttpAnswerer(CoalescingStream& stream) : stream_(stream) {}
  // The start of the next request; `message()` may be looked at then, for what is no exchange.
  void read_header(Header then);
  const boost::beast::http::request<HttpBody>& message() const { return parser_->get(); }
  bool more_came() const { return in_.size() > 0; }
  // The rest of it: an exchange, or why it is none (USTP-JSN-053).
  void read_body(Read then);
  void answer(Exchange kind, BytesView body, Written then);
  void refuse(const Error& error, bool keep_alive, Written then);

 private:
  Result<Exchange> check_header() const;
  void write(std::string head, BytesView body, Written then);

  CoalescingStream& stream_;
  Bytes out_;
  boost::beast::flat_buffer in_;
  std::optional<boost::beast::http::request_parser<HttpBody>> parser_;
  bool too_large_ = false;
};

}  // namespace ustp::gateway
