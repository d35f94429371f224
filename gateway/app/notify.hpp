#pragma once
// systemd's notification protocol (sd_notify(3)) without its library: one datagram to the socket that NOTIFY_SOCKET names.

#include <string_view>

namespace ustp::gateway {

// "READY=1", "STOPPING=1". Without NOTIFY_SOCKET nothing happens. False when there is one and it could not be told: the
// gateway goes on, and the service manager sees a start that does not end.
bool tell_service_manager(std::string_view state) noexcept;

}  // namespace ustp::gateway
