// Every valid message of the other encoding in JSON, with its twin.
#include "tests/unit/wire/samples.hpp"
#include "tests/vectors/maker.hpp"
#include "ustp/wire/json_message.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;
namespace samples = wire::samples;

const char* requirement(MessageType type) {
  switch (type) {
    case MessageType::kTransferProposal: return "USTP-JSN-022";
    case MessageType::kError: return "USTP-JSN-025";
    case MessageType::kMoveNotice: return "USTP-JSN-024";
    default: return "USTP-JSN-021";
  }
}

}  // namespace

Maker make_json_messages() {
  Maker m("json-messages", "Valid messages in JSON, each with the same message in FlatBuffers (chapter 03c).");
  const Maker twins = make_messages();
  for (const Vector& v : twins.file().vectors) {
    const Bytes octets = octets_of(v.input["octets"]);
    Message message = decode(octets).value();
    if (auto* proposal = std::get_if<TransferProposal>(&message.body)) proposal->encoding = kJsonEncoding;
    const Bytes json = encode_json(message).value();
    m.about("json_message", {"USTP-JSN-001", "USTP-JSN-012", "USTP-JSN-016", "USTP-JSN-017", "USTP-JSN-020",
                             "USTP-JSN-030", requirement(message.type())});
    m.valid(v.title, Members{{"text", std::string(as_text(json))}, {"flatbuffers", octets_value(octets)}});
  }
  // What FlatBuffers leave away when it is 0.
  Message bare = samples::all(false)[0];
  auto& proposal = std::get<TransferProposal>(bare.body);
  proposal.terms.instrument_version = proposal.terms.source_ratio_version = proposal.terms.target_ratio_version = 0;
  proposal.terms.statement_position = 0;
  const Bytes twin = encode(bare);
  proposal.encoding = kJsonEncoding;
  const Bytes json = encode_json(bare).value();
  m.about("json_message", {"USTP-JSN-016", "USTP-JSN-020"});
  m.valid("a proposal without numbers", Members{{"text", std::string(as_text(json))}, {"flatbuffers",
          octets_value(twin)}});
  return m;
}

}  // namespace ustp::vectors
