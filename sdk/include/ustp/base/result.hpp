#pragma once
// Result<T>: a value or an Error, shaped like std::expected (which g++ 12 does not have).

#include <cstdlib>
#include <new>
#include <utility>
#include <variant>

#include "ustp/base/error.hpp"

namespace ustp {

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : data_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error) : data_(std::in_place_index<1>, std::move(error)) {}
  Result(Code code, std::string detail = {}) : Result(Error{code, std::move(detail)}) {}

  bool has_value() const noexcept { return data_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // Reading the wrong alternative is a bug of ours and terminates.
  T& value() & { return has_value() ? *std::get_if<0>(&data_) : (std::abort(), *std::get_if<0>(&data_)); }
  const T& value() const& { return const_cast<Result*>(this)->value(); }
  T&& value() && { return std::move(value()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T value_or(T other) const { return has_value() ? value() : std::move(other); }

  const Error& error() const& { return has_value() ? (std::abort(), *std::get_if<1>(&data_)) : *std::get_if<1>(&data_); }

 private:
  std::variant<T, Error> data_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}
  Result(Code code, std::string detail = {}) : Result(Error{code, std::move(detail)}) {}

  bool has_value() const noexcept { return !failed_; }
  explicit operator bool() const noexcept { return has_value(); }
  const Error& error() const& { return failed_ ? error_ : (std::abort(), error_); }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace ustp

// USTP_TRY(auto x, expression): x = value, or return the error to the caller.
#define USTP_TRY_JOIN2(a, b) a##b
#define USTP_TRY_JOIN(a, b) USTP_TRY_JOIN2(a, b)
#define USTP_TRY_IMPL(tmp, declaration, ...)   \
  auto tmp = (__VA_ARGS__);                    \
  if (!tmp) return ::ustp::Error(tmp.error()); \
  declaration = std::move(tmp).value()
#define USTP_TRY(declaration, ...) USTP_TRY_IMPL(USTP_TRY_JOIN(ustp_try_, __LINE__), declaration, __VA_ARGS__)
// USTP_CHECK(expression): return the error of a Result<void> to the caller.
#define USTP_CHECK(...) \
  if (auto ustp_check = (__VA_ARGS__); !ustp_check) return ::ustp::Error(ustp_check.error())
