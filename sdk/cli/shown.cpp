#include "sdk/cli/shown.hpp"

#include <nlohmann/json.hpp>

#include "sdk/vectors/judge.hpp"
#include "ustp/wire/json_message.hpp"
#include "ustp/wire/json_signature.hpp"

namespace ustp::cli {
namespace {

using Json = nlohmann::ordered_json;
using namespace wire;

std::string text(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }
Json of_message(const Message& message) { return Json::parse(vectors::to_text(vectors::value_of(message))); }
Json of_head(const ChannelHead& head) { return {{"sequence", head.sequence}, {"hash", head.hash.hex()}}; }
Json of_header(const BatchHeader& h) {
  return {{"version", std::to_string(h.version_major) + "." + std::to_string(h.version_minor)},
          {"sender", h.sender.str()},
          {"recipient", h.recipient.str()},
          {"channel", h.channel},
          {"sequence", h.sequence},
          {"count", h.count},
          {"root", h.root.hex()},
          {"previous", h.previous.hex()},
          {"key", h.key.hex()},
          {"time", to_rfc3339(h.time)}};
}
Result<Message> read(BytesView octets) { return is_json_message(octets) ? decode_json(octets) : decode(octets); }
// What a message says, or why it cannot be read: one that does not decode is no reason to hide the others.
Json of_octets(BytesView octets) {
  Json out = {{"hash", message_hash(octets).hex()}};
  if (const auto message = read(octets)) {
    out["type"] = to_string(message->type());
    out["message"] = of_message(*message);
  } else {
    out["error"] = to_string(message.error());
  }
  return out;
}
Result<Json> of_batch(BytesView frame) {
  USTP_TRY(const auto batch, parse_batch(frame));
  auto messages = Json::array();
  for (const auto& item : batch.items) {
    auto one = of_octets(item.octets);
    one["salt"] = item.salt.hex();
    messages.push_back(std::move(one));
  }
  return Json{{"frame", "batch"},
              {"header", of_header(batch.header)},
              {"header_hash", header_hash(batch.header).hex()},
              {"messages", std::move(messages)}};
}
// Its signature is msg verify's business: any key will do here.
Result<Json> of_statement(BytesView frame) {
  USTP_TRY(const auto signed_one, parse_statement_frame(frame));
  USTP_TRY(const auto statement, decode_statement(signed_one.octets));
  return Json{{"frame", "statement"}, {"key", signed_one.key.hex()}, {"statement", Json::parse(statement_to_json(statement))}};
}

struct Line {
  std::string type, from, at;
};
Result<Line> line_of(const ProvenMessage& proven) {
  USTP_TRY(const auto header, proven_header(proven));
  const auto message = decode_proven(proven);
  return Line{message ? std::string(to_string(message->type())) : "unreadable: " + to_string(message.error()),
              header.sender.str() + " to " + header.recipient.str() + (is_json_proof(proven) ? ", message " : ", batch ") +
                  std::to_string(header.sequence),
              to_rfc3339(header.time)};
}

}  // namespace

Result<std::string> message_as_json(BytesView octets) {
  USTP_CHECK([&]() -> Result<void> {
    const auto message = read(octets);
    return message ? Result<void>() : Result<void>(message.error());
  }());
  return text(of_octets(octets));
}

// A batch header begins with 0x00, a frame with "USTP", a buffer of this length with zeros at octet 3.
bool is_jws(BytesView octets) { return as_text(octets).starts_with("eyJ"); }

Result<std::string> jws_as_json(std::string_view jws) {
  USTP_TRY(const auto held, parse_json_signed(jws));
  USTP_TRY(const auto header, proven_header(proven_json(held)));
  return text({{"frame", "jws"},
               {"header", of_header(header)},
               {"header_hash", held.signed_hash.hex()},
               {"messages", Json::array({of_octets(held.message)})}});
}

Result<std::string> frame_as_json(BytesView frame) {
  USTP_TRY(const auto kind, frame_kind(frame));
  if (kind == FrameKind::kBatch) {
    USTP_TRY(const auto batch, of_batch(frame));
    return text(batch);
  }
  if (kind == FrameKind::kStatement) {
    USTP_TRY(const auto statement, of_statement(frame));
    return text(statement);
  }
  if (kind == FrameKind::kAck) {
    USTP_TRY(const auto ack, parse_ack(frame));
    return text({{"frame", "acknowledgement"}, {"channel", ack.channel}, {"received", of_head(ack.received)}});
  }
  return Error{Code::unknown_tag, "a hello is read by `ustp msg verify` alone: nobody is to act on one without its signature"};
}

Result<std::string> bundle_as_json(const OpenedBundle& opened) {
  const auto& b = opened.bundle;
  auto statements = Json::array(), messages = Json::array();
  for (const auto& one : b.statements) {
    USTP_TRY(const auto statement, decode_statement(one.octets));
    statements.push_back(Json::parse(statement_to_json(statement)));
  }
  for (const auto& one : b.messages) {
    USTP_TRY(const auto header, proven_header(one));
    auto shown = of_octets(one.octets);
    shown["header"] = of_header(header);
    messages.push_back(std::move(shown));
  }
  return text({{"transfer", b.transfer.hex()},
               {"exporter", b.exporter.str()},
               {"exported", to_rfc3339(b.exported)},
               {"key", opened.key.hex()},
               {"statements", std::move(statements)},
               {"messages", std::move(messages)}});
}

Result<std::string> bundle_as_lines(const OpenedBundle& opened) {
  const auto& b = opened.bundle;
  std::string out = "transfer " + b.transfer.hex() + "\nexported by " + b.exporter.str() + " at " + to_rfc3339(b.exported) + "\n" +
                    std::to_string(b.statements.size()) + " statements\n";
  for (const auto& one : b.messages) {
    USTP_TRY(const auto line, line_of(one));
    out += line.at + "  " + line.type + "  " + line.from + "\n";
  }
  return out + "nothing of this was checked: ustp evidence verify does that\n";
}

}  // namespace ustp::cli
