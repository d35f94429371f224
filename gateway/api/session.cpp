#include "gateway/api/session.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <deque>

#include "gateway/api/headers.hpp"
#include "gateway/api/response_text.hpp"

namespace ustp::gateway::api {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

constexpr Time kNever = Time::max();
constexpr std::size_t kReadOctets = 16u << 10, kMaxLinger = 1u << 20;

Time after(Duration d) { return std::chrono::steady_clock::now() + std::chrono::nanoseconds(d.ns); }
std::string text_of(boost::beast::string_view view) { return {view.data(), view.size()}; }

Fault fault_of(error_code ec) {
  if (ec == http::error::header_limit) return {{Code::header_too_large, {}}, {}};
  if (ec == http::error::body_limit) return {{Code::body_too_large, {}}, {}};
  return {{Code::malformed_text, "HTTP: " + ec.message()}, {}};
}

class TlsSession final : public Session, public std::enable_shared_from_this<TlsSession> {
 public:
  TlsSession(asio::ip::tcp::socket socket, SessionHost& host) : stream_(std::move(socket), host.tls), host_(host), identity_(host.tokens) {}

  void start() override;
  void check_deadlines(Time now) override;
  bool shaking_hands() const override { return phase_ == Phase::kHandshake || entered_.empty(); }
  void stop() override;
  void close_now() override;

 private:
  enum class Phase { kHandshake, kOpen, kGoodbye, kClosed };
  // One request's place in the order of answers (RFC 9112 section 9.3.2).
  struct Slot {
    std::shared_ptr<Call> call;
    Time deadline = kNever;
    std::string octets;
    bool ready = false, close = false;
    Instant until{INT64_MAX};  // of the token that asked
    std::function<void(std::function<void(Piece)>)> next_piece{};
  };

  void on_handshake(error_code ec);
  void read();
  void on_read(error_code ec, std::size_t count);
  void watch(error_code ec, std::size_t count);
  void parse();
  bool parse_one();
  std::optional<Fault> check_header();
  std::optional<Fault> find_caller();
  void on_request();
  void refuse(const Fault& fault);
  void answer(std::uint64_t number, Response response);
  void flush();
  void on_written(error_code ec);
  void stream();
  void on_piece(const Piece& piece);
  void goodbye();
  void linger();
  Slot& add_slot();
  const ApiLimits& limits() const { return host_.options.limits; }
  const ApiTimes& times() const { return host_.options.times; }

  asio::ssl::stream<asio::ip::tcp::socket> stream_;
  SessionHost& host_;
  Identity identity_;
  ParticipantId entered_;  // whose place among the connections this one takes
  Caller caller_;          // of the request that is read
  Phase phase_ = Phase::kHandshake;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  bool header_done_ = false, reading_ = false, writing_ = false, ended_ = false;  // ended_: no request is read any more
  std::deque<Slot> slots_;
  std::uint64_t first_slot_ = 0;  // number of slots_.front()
  std::string out_;
  bool close_after_write_ = false;
  std::function<void(std::function<void(Piece)>)> next_piece_;  // while a stream is given
  Instant stream_until_{};
  Time read_by_ = kNever, write_by_ = kNever;
  std::size_t lingered_ = 0;
};

void TlsSession::start() {
  read_by_ = after(times().handshake);
  stream_.async_handshake(asio::ssl::stream_base::server,
                          [self = shared_from_this()](error_code ec) { self->on_handshake(ec); });
}

// Who is not known still gets one answer, so that the person at the other end sees why.
void TlsSession::on_handshake(error_code ec) {
  if (phase_ != Phase::kHandshake) return;
  if (ec) {
    ++host_.metrics.handshakes_failed;
    return close_now();
  }
  phase_ = Phase::kOpen;
  if (const auto certificate = tls::peer_certificate(stream_.native_handle()))
    identity_.show(tls::participant_of(certificate->get()));
  if (const auto* who = identity_.certified()) {
    if (!host_.enter(*who)) {
      ++host_.metrics.connections_refused;
      return close_now();
    }
    entered_ = *who;
  }
  // Who has not said who it is has no longer for its first request than for the handshake.
  read_by_ = after(entered_.empty() ? times().handshake : times().idle);
  read();
}

void TlsSession::read() {
  if (reading_ || ended_ || phase_ != Phase::kOpen || slots_.size() >= limits().pipeline) return;
  reading_ = true;
  stream_.async_read_some(buffer_.prepare(kReadOctets), [self = shared_from_this()](error_code ec, std::size_t count) {
    self->on_read(ec, count);
  });
}

void TlsSession::on_read(error_code ec, std::size_t count) {
  reading_ = false;
  if (phase_ == Phase::kOpen && next_piece_) return watch(ec, count);
  if (phase_ != Phase::kOpen || ended_) return;
  if (ec) {  // the client ended its side; what it asked for is still answered
    ended_ = true;
    read_by_ = kNever;
    if (ec != asio::error::eof && ec != asio::ssl::error::stream_truncated) return close_now();
    if (slots_.empty() && !writing_) return goodbye();
    return;
  }
  buffer_.commit(count);
  parse();
}

void TlsSession::parse() {
  while (!ended_ && phase_ == Phase::kOpen && buffer_.size() > 0 && slots_.size() < limits().pipeline)
    if (!parse_one()) break;
  flush();
  if (slots_.size() >= limits().pipeline) read_by_ = kNever;  // it is we who do not read
  read();
}

// One step of the parser; false: more octets are needed, or nothing more is read.
bool TlsSession::parse_one() {
  if (!parser_) {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits().header_octets));
    parser_->body_limit(limits().body_octets);
    parser_->eager(true);
    header_done_ = false;
    read_by_ = after(times().header);
  }
  error_code ec;
  buffer_.consume(parser_->put(buffer_.data(), ec));
  const bool more = ec == http::error::need_more;
  if (ec && !more) {
    refuse(fault_of(ec));
    return false;
  }
  if (!header_done_ && parser_->is_header_done()) {
    header_done_ = true;
    read_by_ = after(times().body);
    if (const auto fault = check_header()) {
      refuse(*fault);
      return false;
    }
  }
  if (parser_->is_done()) {
    on_request();
    return true;
  }
  return !more && buffer_.size() > 0;
}

// What is refused without reading a body.
std::optional<Fault> TlsSession::check_header() {
  const auto& fields = parser_->get();
  if (static_cast<std::size_t>(std::distance(fields.begin(), fields.end())) > limits().header_fields)
    return Fault{{Code::header_too_large, "fields"}, {}};
  if (auto fault = find_caller()) {
    ++host_.metrics.identities_refused;
    return fault;
  }
  if (fields.version() >= 11 && fields.count(http::field::host) != 1)
    return Fault{{Code::malformed_text, "exactly one Host"}, {}, {}, "Host"};
  for (const char* name : {"Idempotency-Key", "X-Request-Id", "Content-Type", "Last-Event-ID"})
    if (fields.count(name) > 1) return Fault{{Code::duplicate_field, {}}, {}, {}, name};
  const auto expect = fields.find(http::field::expect);
  if (expect == fields.end()) return {};
  if (!boost::beast::iequals(expect->value(), "100-continue"))
    return Fault{{Code::malformed_text, "unknown expectation"}, {}, {}, "Expect"};
  auto& slot = add_slot();
  slot.octets = "HTTP/1.1 100 Continue\r\n\r\n";
  slot.ready = true;
  return {};
}

std::optional<Fault> TlsSession::find_caller() {
  const auto& fields = parser_->get();
  if (fields.count(http::field::authorization) > 1) return Fault{{Code::duplicate_field, {}}, {}, {}, "Authorization"};
  std::optional<std::string> authorization;
  if (const auto at = fields.find(http::field::authorization); at != fields.end()) authorization = text_of(at->value());
  auto found = identity_.caller(authorization, host_.options.wall());
  if (auto* fault = std::get_if<Fault>(&found)) return std::move(*fault);
  caller_ = std::get<Caller>(std::move(found));
  if (!host_.options.admitted(caller_.participant)) return Fault{{Code::unknown_participant, caller_.participant.str()}, {}};
  if (!entered_.empty()) return {};
  if (!host_.enter(caller_.participant)) return Fault{{Code::overloaded, "connections of this participant"}, {}};
  entered_ = caller_.participant;
  return {};
}

void TlsSession::on_request() {
  auto& message = parser_->get();
  Request request;
  request.method = text_of(message.method_string());
  request.target = text_of(message.target());
  const auto field = [&](auto name) {
    const auto at = message.find(name);
    return at == message.end() ? std::optional<std::string>() : text_of(at->value());
  };
  request.content_type = field(http::field::content_type);
  request.accept = field(http::field::accept);
  request.idempotency_key = field("Idempotency-Key");
  request.request_id = field("X-Request-Id");
  request.last_event_id = field("Last-Event-ID");
  request.participant = caller_.participant;
  request.role = caller_.role;
  const bool keep = message.version() >= 11 && message.keep_alive();
  request.body = std::move(message.body());
  parser_.reset();
  read_by_ = after(times().idle);
  ended_ = !keep;

  auto& slot = add_slot();
  const auto number = first_slot_ + slots_.size() - 1;
  slot.close = !keep;
  slot.deadline = after(times().reply);
  slot.until = caller_.until;
  // The handler may answer within the call; flush() comes after it in either case.
  auto call = host_.handler.handle(std::move(request), [self = shared_from_this(), number](Response response) {
    self->answer(number, std::move(response));
  });
  if (number < first_slot_ || slots_[number - first_slot_].ready) return;
  auto& waiting = slots_[number - first_slot_];
  waiting.deadline = waiting.deadline + std::chrono::nanoseconds(call->patience().ns);
  waiting.call = std::move(call);
}

TlsSession::Slot& TlsSession::add_slot() { return slots_.emplace_back(); }

// The framing is lost or the client must not go on: one last answer.
void TlsSession::refuse(const Fault& fault) {
  std::optional<std::string> id;
  std::string path;
  if (parser_) {
    const auto& fields = parser_->get();
    if (const auto at = fields.find("X-Request-Id"); at != fields.end()) id = text_of(at->value());
    if (header_done_) path = text_of(fields.target()).substr(0, 200);
    path = path.substr(0, path.find('?'));
  }
  auto response = host_.handler.refuse(fault, path, id);
  response.close = true;
  parser_.reset();
  ended_ = true;
  read_by_ = kNever;
  auto& slot = add_slot();
  slot.close = slot.ready = true;
  append_response(slot.octets, response, host_.date);
}

void TlsSession::answer(std::uint64_t number, Response response) {
  if (number < first_slot_ || number - first_slot_ >= slots_.size()) return;
  auto& slot = slots_[number - first_slot_];
  if (response.next_piece) {  // it ends with the connection, and nothing that is asked behind it is answered
    slot.close = ended_ = true;
    slot.next_piece = std::move(response.next_piece);
    response.next_piece = [](const auto&) {};  // its length is not stated
    read_by_ = kNever;
  }
  response.close = slot.close;
  append_response(slot.octets, response, host_.date);
  slot.ready = true;
  slot.call.reset();
  slot.deadline = kNever;
  flush();
}

// Answers that are ready leave together, in the order of their requests.
void TlsSession::flush() {
  if (writing_ || phase_ != Phase::kOpen) return;
  out_.clear();
  while (!slots_.empty() && slots_.front().ready && !close_after_write_) {
    close_after_write_ = slots_.front().close;
    next_piece_ = std::move(slots_.front().next_piece);
    stream_until_ = slots_.front().until;
    if (out_.empty()) out_ = std::move(slots_.front().octets);
    else out_ += slots_.front().octets;
    slots_.pop_front();
    ++first_slot_;
  }
  if (out_.empty()) return;
  writing_ = true;
  write_by_ = after(times().write);
  asio::async_write(stream_, asio::buffer(out_),
                    [self = shared_from_this()](error_code ec, std::size_t) { self->on_written(ec); });
}

void TlsSession::on_written(error_code ec) {
  writing_ = false;
  write_by_ = kNever;
  if (phase_ != Phase::kOpen) return;
  if (ec) return close_now();
  if (next_piece_) return stream();
  if (close_after_write_ || (ended_ && slots_.empty())) return goodbye();
  if (read_by_ == kNever && !ended_) read_by_ = after(parser_ ? times().body : times().idle);
  parse();  // what the pipeline's bound had stopped; flushes, reads on
}

// The piece before has left: whoever reads slowly is waited for as long as any answer is, and then cut off.
void TlsSession::stream() {
  if (!host_.options.admitted(entered_) || host_.options.wall() >= stream_until_) return goodbye();
  if (!reading_) watch({}, 0);
  next_piece_([weak = weak_from_this()](const Piece& piece) {
    if (const auto self = weak.lock()) self->on_piece(piece);
  });
}

void TlsSession::on_piece(const Piece& piece) {
  if (phase_ != Phase::kOpen || writing_) return;
  if (piece.last) next_piece_ = nullptr;  // goodbye() comes after it
  out_ = piece.octets;
  writing_ = true;
  write_by_ = after(times().write);
  asio::async_write(stream_, asio::buffer(out_),
                    [self = shared_from_this()](error_code ec, std::size_t) { self->on_written(ec); });
}

// Nothing is read during a stream but its end: without it a client that went away would keep its place.
void TlsSession::watch(error_code ec, std::size_t count) {
  if (ec || (lingered_ += count) > kMaxLinger) return close_now();
  reading_ = true;
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kReadOctets), [self = shared_from_this()](error_code e, std::size_t n) {
    self->on_read(e, n);
  });
}

// close_notify, then what the client still sends is thrown away for a moment: closing on unread octets would reset the
// connection and could take the answer with it.
void TlsSession::goodbye() {
  if (phase_ != Phase::kOpen) return;
  phase_ = Phase::kGoodbye;
  next_piece_ = nullptr;
  read_by_ = kNever;
  write_by_ = after(times().linger);
  stream_.async_shutdown([self = shared_from_this()](error_code ec) {
    if (self->phase_ != Phase::kGoodbye) return;
    if (!ec || ec == asio::error::eof) return self->close_now();
    error_code ignored;
    self->stream_.next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    self->linger();
  });
}

void TlsSession::linger() {
  buffer_.clear();
  stream_.next_layer().async_read_some(buffer_.prepare(kReadOctets), [self = shared_from_this()](error_code ec, std::size_t n) {
    self->lingered_ += n;
    if (self->phase_ != Phase::kGoodbye) return;
    if (ec || self->lingered_ > kMaxLinger) return self->close_now();
    self->linger();
  });
}

void TlsSession::check_deadlines(Time now) {
  const auto self = shared_from_this();
  if (now >= write_by_ || (phase_ == Phase::kHandshake && now >= read_by_)) {
    if (phase_ != Phase::kGoodbye) ++host_.metrics.deadlines_passed;
    if (phase_ == Phase::kHandshake) ++host_.metrics.handshakes_failed;
    return close_now();
  }
  if (phase_ != Phase::kOpen) return;
  if (now >= read_by_) {
    read_by_ = kNever;
    if (parser_) {
      ++host_.metrics.deadlines_passed;
      refuse({{Code::timeout, header_done_ ? "body" : "header"}, {}});
      flush();
    } else if (slots_.empty() && !writing_) {
      return goodbye();  // idle
    }
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (now < slots_[i].deadline) continue;
    const auto number = first_slot_;
    if (const auto call = slots_[i].call) call->give_up(Code::no_reply);
    if (first_slot_ != number) i = static_cast<std::size_t>(-1);  // some left; begin again with those that stay
  }
}

void TlsSession::stop() {
  const auto self = shared_from_this();
  if (phase_ == Phase::kHandshake) return close_now();
  if (phase_ != Phase::kOpen) return;
  ended_ = true;
  read_by_ = kNever;
  if (!slots_.empty()) slots_.back().close = true;
  for (auto number = first_slot_; number < first_slot_ + slots_.size(); ++number) {
    if (number < first_slot_) continue;
    if (const auto call = slots_[number - first_slot_].call) call->give_up(Code::stopping);
  }
  if (slots_.empty() && !writing_) return goodbye();
  write_by_ = after(times().linger);
}

void TlsSession::close_now() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  next_piece_ = nullptr;
  read_by_ = write_by_ = kNever;
  error_code ignored;
  stream_.next_layer().close(ignored);
  // Nobody reads the answers any more; the calls let go of this session.
  for (auto slots = std::exchange(slots_, {}); auto& slot : slots)
    if (slot.call) slot.call->give_up(Code::stopping);
  host_.leave(this, entered_);
}

}  // namespace

std::shared_ptr<Session> make_session(boost::asio::ip::tcp::socket socket, SessionHost& host) {
  return std::make_shared<TlsSession>(std::move(socket), host);
}

}  // namespace ustp::gateway::api
