#pragma once
// The ISO 20022 messages between a gateway and the CSD, as values. What an ISO element can say is said there and
// nowhere else; the rest (full operation id, request hash …) is in SplmtryData (README.md).

#include <string>
#include <variant>
#include <vector>

#include "ustp/base/ids.hpp"
#include "ustp/base/time.hpp"
#include "ustp/domain/operation.hpp"

namespace ustp::csd::iso {

// Business application header, head.001.001.02.
struct Header {
  std::string from, to;  // GatewayId and LedgerId; FinInstnId/Nm
  std::string id;        // BizMsgIdr, at most 35 characters
  Instant created;
  friend bool operator==(const Header&, const Header&) = default;
};

// What an instruction asks and a confirmation confirms.
struct Operation {
  OperationId id;
  OperationKind kind{};
  OperationId related;     // as in the ledger port; zero for lock and create
  TransferId transfer;
  Hash256 request_hash;
  LedgerId ledger;
  InstrumentId instrument;
  Quantity units;          // base units at the book's scale; Unit is DecimalNumber: at most 18 digits, 17 after the point
  AccountId account;       // lock, unlock, extinguish: holder; create, destroy: backing account; else the beneficiary
  AccountId counter;       // extinguish, assign, suspend: backing account; release: suspense account; else empty
  AccountId suspense;      // suspend: where the units go; else empty
  friend bool operator==(const Operation&, const Operation&) = default;
};
bool is_movement(OperationKind kind);  // within one account, semt; else a delivery, sese

// semt.013 or sese.023.
struct Instruction {
  Header header;
  Operation operation;
  friend bool operator==(const Instruction&, const Instruction&) = default;
};
// semt.015 or sese.025: it took effect and is final.
struct Confirmation {
  Header header;
  Operation operation;
  std::uint64_t sequence = 0;  // the CSD's, MktInfrstrctrTxId
  std::uint64_t epoch = 0;     // of the delivery it answers
  Instant at;                  // effective settlement
  friend bool operator==(const Confirmation&, const Confirmation&) = default;
};

enum class Status : std::uint8_t { kPending = 1, kRejected = 2, kUnknown = 3, kNever = 4 };
// Which operation a status or a question is about.
struct Subject {
  OperationId id;
  OperationKind kind{};
  Hash256 request_hash;
  LedgerId ledger;
  friend bool operator==(const Subject&, const Subject&) = default;
};
// semt.014 or sese.024.
struct StatusAdvice {
  Header header;
  Subject subject;
  Status status{};
  Code reason{};               // kRejected
  std::uint64_t sequence = 0, epoch = 0;
  friend bool operator==(const StatusAdvice&, const StatusAdvice&) = default;
};
// sese.021.
struct StatusQuery {
  Header header;
  Subject subject;
  friend bool operator==(const StatusQuery&, const StatusQuery&) = default;
};

// semt.021, asking for semt.002.
struct HoldingsQuery {
  Header header;
  LedgerId ledger;
  InstrumentId instrument;
  friend bool operator==(const HoldingsQuery&, const HoldingsQuery&) = default;
};
// One account in semt.002 with its sub-balances.
struct Holding {
  AccountId account;
  std::string purpose;         // four characters: HOUS, CLNT, ISSR, BACK, TRNS, SUSP
  Quantity units;              // aggregate
  Quantity locked;             // BLOK, by settlements
  Quantity provisional;        // EARM, of the backing account
  Quantity restricted;         // RSTR, by an authority or in suspense
  friend bool operator==(const Holding&, const Holding&) = default;
};
// semt.002, one page.
struct Holdings {
  Header header;
  std::string query;           // BizMsgIdr of the question
  LedgerId ledger;
  InstrumentId instrument;
  std::uint32_t page = 1;
  bool last = true;
  std::vector<Holding> holdings;
  friend bool operator==(const Holdings&, const Holdings&) = default;
};

using Message = std::variant<Instruction, Confirmation, StatusAdvice, StatusQuery, HoldingsQuery, Holdings>;

// How one file came: stated by the writer of the file, outside the message, so that a message prepared once can be
// delivered again. The CSD takes each {message, epoch, number} once.
struct Delivery {
  std::uint64_t epoch = 0;   // fencing epoch of the sender's journal
  std::uint64_t number = 0;  // counts the sender's deliveries within the epoch
  friend bool operator==(const Delivery&, const Delivery&) = default;
};
struct Received {
  Delivery delivery;
  Message message;
};

// TxId: base32 (RFC 4648, no padding) of the first 20 octets of the operation id, 32 characters of Max35Text.
std::string reference(const OperationId& id);
std::string base32(BytesView octets);

// AppHdr and Document, each valid against its schema when `check` passes.
std::string write(const Message& message);
// Code::out_of_range, too_long, missing_field: what ISO's types cannot carry.
Result<void> check(const Operation& operation);
// The file: BizMsg around what write() gave.
std::string envelope(std::string_view message, const Delivery& delivery);

// Reads a file. Refuses what it cannot understand wholly: Code::ledger_message with the element, or an XML error.
Result<Received> read(BytesView file);

}  // namespace ustp::csd::iso
