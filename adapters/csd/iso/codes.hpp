#pragma once
// Names that reader and writer share.

#include "adapters/csd/iso/message.hpp"
#include "adapters/csd/iso/xml.hpp"

namespace ustp::csd::iso {

inline constexpr std::string_view kEnvelopeNs = "urn:ustp:csd:drop:1";
inline constexpr std::string_view kOperationNs = "urn:ustp:csd:operation:1";
inline constexpr std::string_view kIsoNs = "urn:iso:std:iso:20022:tech:xsd:";
inline constexpr std::string_view kHead = "head.001.001.02";

// One row per message definition.
struct Definition {
  std::string_view id;    // MsgDefIdr, and the end of the namespace
  std::string_view root;  // the child of Document
};
inline constexpr Definition kMovement{"semt.013.001.06", "IntraPosMvmntInstr"},
    kMovementStatus{"semt.014.001.07", "IntraPosMvmntStsAdvc"},
    kMovementConfirmation{"semt.015.001.09", "IntraPosMvmntConf"},
    kSettlement{"sese.023.001.11", "SctiesSttlmTxInstr"},
    kSettlementStatus{"sese.024.001.12", "SctiesSttlmTxStsAdvc"},
    kSettlementConfirmation{"sese.025.001.11", "SctiesSttlmTxConf"},
    kStatusQuery{"sese.021.001.06", "SctiesTxStsQry"},
    kStatementQuery{"semt.021.001.08", "SctiesStmtQry"},
    kStatement{"semt.002.001.11", "SctiesBalCtdyRpt"};

// Sub-balances. ISO has no code for an earmark: T2S's own triplet is used.
enum class SubBalance : std::uint8_t { kAvailable, kBlocked, kEarmarked, kRestricted };

// How each kind moves within an account, or from which sub-balance it delivers.
struct KindRow {
  OperationKind kind;
  bool movement;
  SubBalance from, to;
  bool names_related;  // the sub-balance or the linked instruction is the related operation's
};
inline constexpr KindRow kKinds[] = {
    {OperationKind::kLock, true, SubBalance::kAvailable, SubBalance::kBlocked, false},
    {OperationKind::kUnlock, true, SubBalance::kBlocked, SubBalance::kAvailable, true},
    {OperationKind::kExtinguish, false, SubBalance::kBlocked, SubBalance::kAvailable, true},
    {OperationKind::kCreate, true, SubBalance::kAvailable, SubBalance::kEarmarked, false},
    {OperationKind::kAssign, false, SubBalance::kEarmarked, SubBalance::kAvailable, true},
    {OperationKind::kDestroy, true, SubBalance::kEarmarked, SubBalance::kAvailable, true},
    {OperationKind::kSuspend, false, SubBalance::kEarmarked, SubBalance::kRestricted, true},
    {OperationKind::kRelease, false, SubBalance::kRestricted, SubBalance::kAvailable, true},
};
const KindRow* row_of(OperationKind kind);  // null: no such kind
Result<OperationKind> kind_of(std::string_view name);

// The parts that several messages have.
void write_instrument(XmlWriter& w, const InstrumentId& instrument);
Result<InstrumentId> read_instrument(const Element& parent);  // parent/FinInstrmId
std::string unit_text(const Quantity& quantity);
Result<Quantity> read_unit(const Element& parent, std::string_view path, std::uint8_t scale);

std::string write_holdings_query(const HoldingsQuery& query);
std::string write_holdings(const Holdings& holdings);
Result<Message> read_holdings_query(Header header, const Element& root);
Result<Message> read_holdings(Header header, const Element& root);
std::string app_hdr(const Header& header, const Definition& definition);
std::uint8_t constexpr kMaxUnitScale = 17;

}  // namespace ustp::csd::iso
