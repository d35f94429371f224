#pragma once
// What a hostile hand can make without the key, and how wrong a clock can be.

#include "tests/simulation/swarm.hpp"
#include "ustp/wire/frame.hpp"

namespace ustp::simulation {

// The same batch with one message changed, under the same names, signed by a stranger's key that claims to be the
// sender's; empty when the frame is no batch.
Bytes forge(const Bytes& frame, crypto::Signer& stranger);
// From a second to years.
Duration any_offset(Chance& chance);

}  // namespace ustp::simulation
