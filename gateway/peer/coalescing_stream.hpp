#pragma once
// The stream between WebSocket and TLS: what WebSocket writes is gathered, so that many small frames leave in one TLS
// record and one system call. Gathering is the one copy on the way out (a TLS record wants its octets in one piece).
// While more_follows(true) stands, fewer than one record's octets wait; release() lets them go.
// Reads pass through. One thread. Include in connection.cpp only.

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <atomic>
#include <memory>

#include "ustp/base/bytes.hpp"

namespace ustp::gateway {

class CoalescingStream {
 public:
  using Tls = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
  using next_layer_type = Tls;
  using executor_type = Tls::executor_type;
  using Error = boost::system::error_code;
  static constexpr std::size_t kRecord = 16 * 1024, kCapacity = 64 * 1024;

  CoalescingStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context,
                   std::atomic<std::uint64_t>& writes)
      : tls_(std::move(socket), context), writes_(writes) {}

  executor_type get_executor() noexcept { return tls_.get_executor(); }
  Tls& next_layer() noexcept { return tls_; }
  const Tls& next_layer() const noexcept { return tls_; }

  void more_follows(bool more) { held_ = more; }  // said before a write
  void release() {
    held_ = false;
    if (!pending_.empty()) fly();
  }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return tls_.async_read_some(buffers, std::forward<Handler>(handler));
  }
  // Takes what has room at once; waits for the write under way only when nothing has.
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(Error, std::size_t)>(
        [this](auto real_handler, const Buffers& data) { write(data, std::move(real_handler)); }, handler, buffers);
  }

 private:
  // A write that waits for room.
  struct Waiting {
    virtual ~Waiting() = default;
    virtual void go_on() = 0;
  };

  template <class Buffers, class Handler>
  void write(const Buffers& buffers, Handler handler) {
    if (!failed_ && pending_.size() >= kCapacity) {
      waiting_ = std::make_unique<WaitingWrite<Buffers, Handler>>(*this, buffers, std::move(handler));
      return;
    }
    std::size_t taken = 0;
    if (!failed_)
      for (auto it = boost::asio::buffer_sequence_begin(buffers); it != boost::asio::buffer_sequence_end(buffers); ++it) {
        const boost::asio::const_buffer part(*it);
        const std::size_t n = std::min(part.size(), kCapacity - pending_.size());
        const auto* data = static_cast<const std::uint8_t*>(part.data());
        pending_.insert(pending_.end(), data, data + n);
        taken += n;
        if (n < part.size()) break;
      }
    boost::asio::post(get_executor(), boost::beast::bind_front_handler(std::move(handler), failed_, taken));
    if (!failed_ && !pending_.empty() && (!held_ || pending_.size() >= kRecord)) fly();
  }

  template <class Buffers, class Handler>
  struct WaitingWrite final : Waiting {
    WaitingWrite(CoalescingStream& stream, const Buffers& buffers, Handler handler)
        : stream_(stream), buffers_(buffers), handler_(std::move(handler)) {}
    void go_on() override { stream_.write(buffers_, std::move(handler_)); }
    CoalescingStream& stream_;
    Buffers buffers_;
    Handler handler_;
  };

  // The owner of this stream lives until its last handler has run; async_write's is among them through `keep`.
  void fly() {
    if (flying_now_ || failed_) return;
    flying_now_ = true;
    flying_.swap(pending_);
    pending_.clear();
    writes_.fetch_add(1, std::memory_order_relaxed);
    boost::asio::async_write(tls_, boost::asio::buffer(flying_),
                             [this, keep = keep_alive_.lock()](Error error, std::size_t) { landed(error); });
  }
  void landed(Error error) {
    flying_now_ = false;
    if (error) failed_ = error;
    auto waiting = std::move(waiting_);
    if (waiting) waiting->go_on();
    if (!failed_ && !pending_.empty() && (!held_ || pending_.size() >= kRecord)) fly();
    if (!flying_now_ && on_drained_) std::exchange(on_drained_, nullptr)();
  }

 public:
  // What must outlive a write under way; to be set before the first one.
  void keep_alive(std::weak_ptr<void> owner) { keep_alive_ = std::move(owner); }
  bool drained() const { return !flying_now_ && (failed_ || pending_.empty()); }
  void when_drained(std::function<void()> then) {
    release();
    if (drained()) return then();
    on_drained_ = std::move(then);
  }

 private:
  Tls tls_;
  std::atomic<std::uint64_t>& writes_;
  std::weak_ptr<void> keep_alive_;
  Bytes pending_, flying_;
  std::unique_ptr<Waiting> waiting_;
  std::function<void()> on_drained_;
  Error failed_;
  bool held_ = false, flying_now_ = false;
};

// After the closing handshake WebSocket wants the stream ended. The close frames have said what close_notify would
// say: let what is written leave, then close the socket.
template <class Handler>
void async_teardown(boost::beast::role_type, CoalescingStream& stream, Handler&& handler) {
  auto shared = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
  stream.when_drained([&stream, shared] {
    boost::system::error_code ignored;
    auto& socket = stream.next_layer().next_layer();
    socket.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
    socket.close(ignored);
    boost::asio::post(stream.get_executor(),
                      boost::beast::bind_front_handler(std::move(*shared), boost::system::error_code{}));
  });
}

}  // namespace ustp::gateway
