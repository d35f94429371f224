#include <doctest/doctest.h>

#include <set>

#include "ustp/domain/operation.hpp"

using namespace ustp;

TEST_CASE("an operation's name gives the stated octets") {
  OperationName name{LedgerId::literal("ab"), GatewayId::literal("g"), {}, 0x0102, OperationKind::kAssign, 3};
  CHECK(to_hex(operation_name_octets(name)) == to_hex(as_bytes("USTP-OP-1")) + "00026162" + "000167" +
                                                   std::string(32, '0') + "0102" + "05" + "0003");
}

TEST_CASE("no two operation names share octets") {
  std::set<Bytes> seen;
  OperationName name{LedgerId::literal("ab"), GatewayId::literal("c"), {}, 0, OperationKind::kLock, 0};
  CHECK(seen.insert(operation_name_octets(name)).second);
  OperationName other = name;
  other.ledger = LedgerId::literal("a"), other.gateway = GatewayId::literal("bc");
  CHECK(seen.insert(operation_name_octets(other)).second);
  other = name, other.leg = 1;
  CHECK(seen.insert(operation_name_octets(other)).second);
  other = name, other.kind = OperationKind::kUnlock;
  CHECK(seen.insert(operation_name_octets(other)).second);
  other = name, other.ordinal = 1;
  CHECK(seen.insert(operation_name_octets(other)).second);
  other = name, other.transfer.mutable_octets()[0] = 1;
  CHECK(seen.insert(operation_name_octets(other)).second);
}
