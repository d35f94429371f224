#pragma once
// The error codes of spec/registry/errors.csv and the value that carries one. Codes are append-only; each has a
// category, tells whether trying again can help, and maps to an HTTP status and, where there is one, to a SATP code.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ustp {

enum class Code : std::uint16_t {
#define USTP_ERROR(name, number, category, retryable, http, satp, text) name = number,
#include <ustp/base/error_codes.inc>
#undef USTP_ERROR
};

struct CodeInfo {
  Code code;
  std::string_view name;      // stable, snake_case; what APIs and logs show
  std::string_view category;  // input, wire, protocol, token, ledger, journal, api, governance
  bool retryable;             // the same request may succeed later
  int http;                   // RFC 9110 status
  std::string_view satp;      // SATP error code, empty when SATP has none
  std::string_view text;
};

// Thread-safe, never fails: a number outside the registry is answered with `internal`.
const CodeInfo& info(Code code) noexcept;
std::span<const CodeInfo> all_codes() noexcept;

// What went wrong and where. `detail` names the field, position or file; it never holds a secret or personal data.
struct [[nodiscard]] Error {
  Code code{};
  std::string detail;

  friend bool operator==(const Error&, const Error&) = default;
};

// "name: text (detail)", for people.
std::string to_string(const Error& error);

}  // namespace ustp
