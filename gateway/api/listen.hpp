#pragma once
// "127.0.0.1:7201" and "[::1]:0" as Asio's endpoint. Included by the two servers only.

#include <boost/asio/ip/tcp.hpp>

#include "ustp/domain/quantity.hpp"

namespace ustp::gateway::api {

inline Result<boost::asio::ip::tcp::endpoint> parse_listen(std::string_view text) {
  const Error bad{Code::config_invalid, "listen: \"" + std::string(text) + "\" is not ADDRESS:PORT"};
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad;
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(std::string(host), ec);
  const auto port = parse_uint128(text.substr(colon + 1));
  if (ec || !port || *port > 65535) return bad;
  return boost::asio::ip::tcp::endpoint(address, static_cast<std::uint16_t>(*port));
}

// Open, bound and listening.
inline Result<void> open_listener(boost::asio::ip::tcp::acceptor& acceptor, const boost::asio::ip::tcp::endpoint& at) {
  boost::system::error_code ec;
  acceptor.open(at.protocol(), ec);
  if (!ec) acceptor.set_option(boost::asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(at, ec);
  if (!ec) acceptor.listen(boost::asio::socket_base::max_listen_connections, ec);
  if (ec) return Error{Code::io_error, "listen " + at.address().to_string() + ":" + std::to_string(at.port()) + ": " + ec.message()};
  return {};
}

}  // namespace ustp::gateway::api
