#include "adapters/ethereum/rpc/http.hpp"

#include <cpprest/http_client.h>
#include <cpprest/rawptrstream.h>

#include <chrono>

namespace ustp::ethereum {
namespace {

class HttpRpc final : public JsonRpc {
 public:
  HttpRpc(const web::uri& url, const HttpOptions& options)
      : client_(url, config(options)), max_response_(options.max_response) {}

  // cpprestsdk throws from get(); nothing of it leaves this function.
  Result<std::string> post(const std::string& body) override {
    pplx::cancellation_token_source cancel;
    try {
      web::http::http_request request(web::http::methods::POST);
      request.set_body(body, "application/json");
      auto response = client_.request(request, cancel.get_token()).get();
      auto text = read(response, cancel);
      if (!text) return text;
      if (response.status_code() != web::http::status_codes::OK)
        return Error{Code::ledger_message, "HTTP status " + std::to_string(response.status_code())};
      return text;
    } catch (const std::exception& e) {
      return Error{Code::ledger_unavailable, e.what()};
    }
  }

 private:
  static web::http::client::http_client_config config(const HttpOptions& options) {
    web::http::client::http_client_config out;
    out.set_timeout(std::chrono::nanoseconds(options.timeout.ns));
    return out;
  }

  Result<std::string> read(web::http::http_response& response, pplx::cancellation_token_source& cancel) const {
    std::string out;
    std::array<std::uint8_t, 64 * 1024> piece;
    auto stream = response.body();
    for (;;) {
      concurrency::streams::rawptr_buffer<std::uint8_t> buffer(piece.data(), piece.size(), std::ios::out);
      const std::size_t got = stream.read(buffer, piece.size()).get();
      if (got == 0) return out;
      if (out.size() + got > max_response_) {
        cancel.cancel();
        return Error{Code::ledger_message, "answer longer than " + std::to_string(max_response_) + " octets"};
      }
      out.append(reinterpret_cast<const char*>(piece.data()), got);
    }
  }

  web::http::client::http_client client_;
  const std::size_t max_response_;
};

}  // namespace

Result<std::shared_ptr<JsonRpc>> make_http_rpc(HttpOptions options) {
  try {
    const web::uri url(options.url);
    if ((url.scheme() != "http" && url.scheme() != "https") || url.host().empty())
      return Error{Code::config_invalid, "rpc: not an http URL"};
    return std::shared_ptr<JsonRpc>(std::make_shared<HttpRpc>(url, options));
  } catch (const std::exception&) {
    return Error{Code::config_invalid, "rpc: not a URL"};
  }
}

}  // namespace ustp::ethereum
