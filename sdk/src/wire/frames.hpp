#pragma once
// Inside wire only: what all signed frames have in common.
//   "USTP" ‖ u8 kind ‖ u8 0 ‖ u16 content length ‖ u16 signature length ‖ u16 0 ‖ u32 0 ‖ content ‖ signature ‖
//   zeros to a multiple of 8                                                                    (USTP-MSG-001)

#include "octets.hpp"
#include "ustp/wire/frame.hpp"

namespace ustp::wire {

struct SignedPart {
  BytesView content, signature;
};
void begin_frame(Writer& w, FrameKind kind, BytesView content, BytesView signature);
Result<SignedPart> read_signed_part(Reader& r, FrameKind kind, const FrameLimits& limits);
Result<void> verify_with(const KeyLookup& keys, const GatewayId& gateway, const KeyId& key, BytesView content,
                         BytesView signature);

}  // namespace ustp::wire
