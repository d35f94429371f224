#pragma once
// The protocol between a driver and a ledger program, over one TCP connection on the loopback or a protected network:
// frames {be32 length of the rest, version 1, type, body}. Big-endian, texts with a 16-bit length, everything bounded.
//   client: hello {role, epoch}                        ledger: welcome {code 0 or why not, ledger id}
//   gateway: questions                                 ledger: answers, in any order, any number of times
//   reader: ask {instrument, after, limit}             ledger: snapshot
// A lost connection says nothing about what was asked on it: it is asked again (decision 8).

#include <variant>

#include "adapters/corda/access.hpp"

namespace ustp::corda {

inline constexpr std::size_t kMaxFrame = 4 * 1024 * 1024, kMaxBatch = 512, kMaxPage = 1000;

enum class Role : std::uint8_t { kGateway = 1, kReader = 2 };  // a reader may only ask for snapshots
struct Hello {
  Role role = Role::kGateway;
  std::uint64_t epoch = 0;
};
struct Welcome {
  Code refused{};  // 0: welcome
  LedgerId ledger;
};
struct Questions {
  std::vector<Question> items;
};
struct Answers {
  std::vector<Answer> items;
};
struct AskSnapshot {
  InstrumentId instrument;
  AccountId after;  // empty: from the first
  std::uint16_t limit = kMaxPage;
};
using Message = std::variant<Hello, Welcome, Questions, Answers, AskSnapshot, Snapshot>;

Bytes encode_frame(const Message& message);  // with its length before it
// A frame's content without the length. Codes of the wire category.
Result<Message> decode_frame(BytesView content);

// Cuts a stream of octets into frames.
class FrameBuffer {
 public:
  // Room to read into; grow() says how much came.
  std::span<std::uint8_t> room();
  void grow(std::size_t octets) { filled_ += octets; }
  // The next whole frame's content, valid until the next call of room(); empty when more octets are needed.
  // Code::frame_too_large ends the connection.
  Result<BytesView> next();

 private:
  Bytes buffer_;
  std::size_t begin_ = 0, filled_ = 0;
};

}  // namespace ustp::corda
