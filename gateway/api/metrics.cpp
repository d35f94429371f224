#include "gateway/api/metrics.hpp"

#include <algorithm>
#include <cstdio>

namespace ustp::gateway::api {
namespace {

// Microseconds as seconds with six decimals: no float on the way.
std::string seconds(std::int64_t us) {
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%06lld", static_cast<long long>(us / 1'000'000),
                static_cast<long long>(us % 1'000'000));
  return text;
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
  out.append(name).append(" ").append(type).append("\n");
}

template <class Value>
void single(std::string& out, std::string_view name, std::string_view type, std::string_view help, const Value& value) {
  head(out, name, type, help);
  out.append(name).append(" ").append(std::to_string(value.load())).append("\n");
}

}  // namespace

void Metrics::answered(Route route, int status, Duration took) {
  const std::int64_t us = std::max<std::int64_t>(0, took.ns / 1000);
  const auto bucket = std::lower_bound(kBoundsUs.begin(), kBoundsUs.end(), us) - kBoundsUs.begin();
  const std::lock_guard lock(mutex_);
  ++by_status_[{route, status}];
  auto& latency = latency_[static_cast<std::size_t>(route)];
  ++latency.buckets[static_cast<std::size_t>(bucket)];
  ++latency.count;
  latency.sum_us += us;
}

std::string Metrics::render() const {
  std::string out;
  single(out, "ustp_api_connections", "gauge", "Open connections.", connections);
  single(out, "ustp_api_requests_in_flight", "gauge", "Requests the engine has not answered.", in_flight);
  single(out, "ustp_api_connections_accepted_total", "counter", "Connections accepted.", connections_accepted);
  single(out, "ustp_api_connections_refused_total", "counter", "Connections closed at once, at the limit.",
         connections_refused);
  single(out, "ustp_api_handshakes_failed_total", "counter", "TLS handshakes that did not complete.", handshakes_failed);
  single(out, "ustp_api_identities_refused_total", "counter", "Certificates and tokens of no admitted participant.",
         identities_refused);
  single(out, "ustp_api_token_keys_refused_total", "counter", "Changes of the token keys' file that could not be used.",
         token_keys_refused);
  single(out, "ustp_api_deadlines_passed_total", "counter", "Connections ended for being slow.", deadlines_passed);
  single(out, "ustp_api_late_replies_total", "counter", "Engine's replies after the client was told 504.", late_replies);
  const std::lock_guard lock(mutex_);
  head(out, "ustp_api_requests_total", "counter", "Requests answered, by route and status.");
  for (const auto& [key, count] : by_status_)
    out.append("ustp_api_requests_total{route=\"").append(route_name(key.first)).append("\",status=\"")
        .append(std::to_string(key.second)).append("\"} ").append(std::to_string(count)).append("\n");
  head(out, "ustp_api_request_seconds", "histogram", "Time from the whole request to its answer.");
  for (std::size_t route = 0; route < kRoutes; ++route) {
    const auto& latency = latency_[route];
    if (latency.count == 0) continue;
    const std::string label = "route=\"" + std::string(route_name(static_cast<Route>(route))) + "\"";
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBoundsUs.size(); ++i) {
      sum += latency.buckets[i];
      out.append("ustp_api_request_seconds_bucket{").append(label).append(",le=\"").append(seconds(kBoundsUs[i]))
          .append("\"} ").append(std::to_string(sum)).append("\n");
    }
    out.append("ustp_api_request_seconds_bucket{").append(label).append(",le=\"+Inf\"} ")
        .append(std::to_string(latency.count)).append("\n");
    out.append("ustp_api_request_seconds_sum{").append(label).append("} ").append(seconds(latency.sum_us)).append("\n");
    out.append("ustp_api_request_seconds_count{").append(label).append("} ").append(std::to_string(latency.count))
        .append("\n");
  }
  return out;
}

}  // namespace ustp::gateway::api
