#pragma once
// What this implementation makes of a vector's input: an output or an error. One function per family of kinds; each
// gives nothing for a kind that is not its own.

#include <optional>

#include "sdk/vectors/value.hpp"
#include "ustp/wire/bundle.hpp"

namespace ustp::vectors {

using Judgement = std::optional<Result<Value>>;
Judgement judge_form(const std::string& kind, const Value& input);    // identifiers, times, quantities, ratios
Judgement judge_proof(const std::string& kind, const Value& input);   // keys, trees, operations, claims
Judgement judge_wire(const std::string& kind, const Value& input);    // messages and frames
Judgement judge_record(const std::string& kind, const Value& input);  // statements, bundles, evidence
Judgement judge_json(const std::string& kind, const Value& input);    // messages in JSON, signed or not

struct Verdict {
  bool as_stated = false;
  std::string why;     // when not
};
Verdict check(const Vector& vector);

// Domain values under the names and in the forms of the schemas (spec/vectors/README.md).
Value value_of(const wire::Message& message);
Value value_of(const wire::Statement& statement);
Value value_of(const Quantity& quantity);
Value value_of(Date date);

template <class T>
Value hex(const T& id) {
  return id.hex();
}
inline Value decimal(std::uint64_t v) { return std::to_string(v); }
inline Value decimal(Instant v) { return std::to_string(v.ns); }
template <class T>
Value small(T v) {
  return static_cast<std::int64_t>(v);
}
// Keys of a vector: [{gateway, spki}].
wire::KeyLookup keys_of(const Value& list);
// What a receiver knows of the channel: {sender, recipient, channel, head}.
Result<wire::ChannelExpectation> expectation_of(const Value& input);

}  // namespace ustp::vectors
