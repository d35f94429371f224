// The only unit that knows cpprestsdk. Every task's exception is caught here.
#include <cpprest/containerstream.h>
#include <cpprest/http_client.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <fstream>

#include "ustp/client/transport.hpp"

namespace ustp::client {
namespace {

namespace http = web::http;

// Trusts the one CA of the options and nothing the machine trusts; says who we are; TLS 1.3.
void prepare(boost::asio::ssl::context& context, const TlsOptions& options) {
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_cert_store(native, X509_STORE_new());  // drops the machine's authorities, which cpprest loads by itself
  if (SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION) != 1) throw std::runtime_error("TLS 1.3");
  context.load_verify_file(options.ca_file);
  if (!options.certificate_file.empty()) {
    context.use_certificate_chain_file(options.certificate_file);
    context.use_private_key_file(options.key_file, boost::asio::ssl::context::pem);
  }
  context.set_verify_mode(boost::asio::ssl::verify_peer | boost::asio::ssl::verify_fail_if_no_peer_cert);
}

constexpr std::size_t kMaxToken = 8u << 10;

// One line of printable characters; whatever else would be another header field.
Result<std::string> read_token(const std::string& file) {
  std::ifstream in(file);
  std::string token(kMaxToken + 1, '\0');
  in.read(token.data(), static_cast<std::streamsize>(token.size()));
  token.resize(static_cast<std::size_t>(in.gcount()));
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  const bool fits = !token.empty() && token.size() <= kMaxToken &&
                    std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!fits) return Error{Code::config_invalid, "token_file: " + file};
  return token;
}

class HttpsTransport final : public Transport {
 public:
  HttpsTransport(const TlsOptions& options, const http::client::http_client_config& config)
      : client_(web::uri(options.base_url), config), bound_(options.reply_octets), token_file_(options.token_file) {}

  Result<HttpReply> send(const HttpRequest& request) override {
    try {
      return exchange(request);
    } catch (const http::http_exception& error) {
      const bool late = error.error_code() == std::errc::timed_out;
      return Error{late ? Code::timeout : Code::no_reply, error.what()};
    } catch (const std::exception& error) {
      return Error{Code::no_reply, error.what()};
    }
  }

 private:
  Result<HttpReply> exchange(const HttpRequest& from) {
    http::http_request request(from.method);
    request.set_request_uri(web::uri(from.target));
    for (const auto& [name, value] : from.headers) request.headers().add(name, value);
    if (!token_file_.empty()) {
      USTP_TRY(const auto token, read_token(token_file_));
      request.headers().add("Authorization", "Bearer " + token);
    }
    if (!from.body.empty()) {
      const auto type = request.headers().content_type();
      request.set_body(from.body, type);
    }
    pplx::cancellation_token_source stop;
    const auto response = client_.request(request, stop.get_token()).get();
    HttpReply out;
    out.status = response.status_code();
    out.content_type = response.headers().content_type();
    response.headers().match("X-Request-Id", out.request_id);
    std::int64_t seconds = 0;
    if (response.headers().match("Retry-After", seconds) && seconds > 0 && seconds < 86400)
      out.retry_after = Duration::seconds(seconds);
    // Read in pieces, so that a reply without end is given up at the bound.
    auto body = response.body();
    for (;;) {
      concurrency::streams::container_buffer<std::string> piece;
      const auto count = body.read(piece, 64u << 10).get();
      if (count == 0) break;
      out.body.append(piece.collection(), 0, count);  // the buffer is as large as what was asked for
      if (out.body.size() > bound_) {
        stop.cancel();
        return Error{Code::body_too_large, "reply"};
      }
    }
    return out;
  }

  http::client::http_client client_;
  std::size_t bound_;
  std::string token_file_;
};

}  // namespace

Result<std::unique_ptr<Transport>> make_https_transport(const TlsOptions& options) {
  const bool certified = !options.certificate_file.empty() || !options.key_file.empty();
  if (!std::ifstream(options.ca_file)) return Error{Code::config_invalid, "ca_file: " + options.ca_file};
  for (const auto& [name, file] :
       {std::pair{"certificate_file", options.certificate_file}, std::pair{"key_file", options.key_file}})
    if (certified && !std::ifstream(file)) return Error{Code::config_invalid, std::string(name) + ": " + file};
  if (!options.token_file.empty()) USTP_CHECK(read_token(options.token_file));
  if (!options.base_url.starts_with("https://")) return Error{Code::config_invalid, "base_url: https:// is expected"};
  try {
    boost::asio::ssl::context trial(boost::asio::ssl::context::tls_client);
    prepare(trial, options);  // a file that is no certificate is named now, not at the first call
    http::client::http_client_config config;
    config.set_max_redirects(0);  // who answers elsewhere has not answered
    config.set_timeout(std::chrono::nanoseconds(options.timeout.ns));
    config.set_ssl_context_callback([options](boost::asio::ssl::context& context) { prepare(context, options); });
    return std::unique_ptr<Transport>(new HttpsTransport(options, config));
  } catch (const std::exception& error) {
    return Error{Code::config_invalid, error.what()};
  }
}

}  // namespace ustp::client
