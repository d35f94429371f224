#pragma once
// An intent's octets: the file's name, a line feed, and the message (AppHdr and Document). The envelope is added at each
// delivery, because it carries the epoch and the count of that delivery.

#include <string>

#include "adapters/csd/iso/message.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::csd {

struct PreparedFile {
  std::uint64_t number = 0;   // orders the files of one gateway
  std::string name;           // 20 digits, '-', reference, ".xml"
  std::string message;
};
// Code::inexact_ratio, out_of_range, too_long, missing_field: what the CSD can never express.
Result<iso::Instruction> instruction_for(const ledger::OperationRequest& request, const ledger::LedgerProfile& profile,
                                         Instant now);
std::string file_name(std::uint64_t number, const std::string& reference);
Bytes intent_octets(const PreparedFile& file);
Result<PreparedFile> read_intent(BytesView octets);
// The instruction inside, for its subject. Code::ledger_message.
Result<iso::Subject> subject_of(const PreparedFile& file);

}  // namespace ustp::csd
