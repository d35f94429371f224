// The ISO 20022 messages: valid, exact, readable; and what is refused.
#include <doctest/doctest.h>

#include "adapters/csd/iso/message.hpp"
#include "adapters/csd/iso/xml.hpp"
#include "tests/unit/csd/samples.hpp"
#include "tests/unit/csd/xml_checks.hpp"

namespace {

using namespace ustp;
using namespace ustp::test;
namespace iso = csd::iso;

std::string file_of(const iso::Message& message) { return iso::envelope(iso::write(message), {3, 9}); }
std::string lock_file() {
  const auto o = sample_operation(OperationKind::kLock);
  return file_of(iso::Instruction{{"gw-csd", "csd-1", iso::reference(o.id), kSampleTime}, o});
}
std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}
Code code_of(const std::string& file) {
  const auto read = iso::read(as_bytes(file));
  return read ? Code{} : read.error().code;
}
std::string one(const std::string& file, const std::string& path) {
  const auto found = xpath(file, path);
  REQUIRE(found.size() == 1);
  return found.front();
}

}  // namespace

TEST_CASE("every message is read back as it was written") {
  for (const auto& message : sample_messages()) {
    const auto file = file_of(message);
    CAPTURE(file);
    const auto read = iso::read(as_bytes(file));
    REQUIRE_MESSAGE(read.has_value(), (read ? "" : to_string(read.error())));
    CHECK(read->message == message);
    CHECK(read->delivery == iso::Delivery{3, 9});
  }
}

TEST_CASE("every message is valid against the schemas of its version") {
  const auto folder = schema_folder();
  if (folder.empty()) {
    MESSAGE("SKIPPED: ISO 20022 schemas (shared/data/iso20022/xsd) are not here");
    return;
  }
  for (const auto& message : sample_messages()) {
    const auto file = file_of(message);
    CAPTURE(file);
    CHECK(validate_parts(file, folder) == "");
  }
}

TEST_CASE("the schema check sees a missing element") {
  const auto folder = schema_folder();
  if (folder.empty()) return;
  CHECK(validate_parts(replaced(lock_file(), "<FinInstrmId><ISIN>US0378331005</ISIN></FinInstrmId>", ""), folder) != "");
}

TEST_CASE("a lock is a movement from available to blocked, named by the 20 first octets of its id") {
  const auto file = lock_file();
  const std::string body = "/b:BizMsg/d:Document/d:IntraPosMvmntInstr/";
  const auto id = id_of("lock");
  CHECK(one(file, "/b:BizMsg/h:AppHdr/h:MsgDefIdr") == "semt.013.001.06");
  CHECK(one(file, "/b:BizMsg/h:AppHdr/h:BizMsgIdr") == iso::reference(id));
  CHECK(one(file, body + "d:TxId").size() == 32);
  CHECK(one(file, body + "d:SfkpgAcct/d:Id") == "HOLDER&<1>");
  CHECK(one(file, body + "d:FinInstrmId/d:ISIN") == "US0378331005");
  CHECK(one(file, body + "d:IntraPosDtls/d:SttlmQty/d:Unit") == "123.45");
  CHECK(one(file, body + "d:IntraPosDtls/d:BalFr/d:Tp/d:Cd") == "AVAI");
  CHECK(one(file, body + "d:IntraPosDtls/d:BalTo/d:Tp/d:Cd") == "BLOK");
  CHECK(one(file, body + "d:SplmtryData/d:Envlp/u:UstpOp/u:OpId") == id.hex());
}

TEST_CASE("an extinguish delivers from the blocked sub-balance to the backing account, free of payment") {
  const auto o = sample_operation(OperationKind::kExtinguish);
  const auto file = file_of(iso::Instruction{{"gw-csd", "csd-1", iso::reference(o.id), kSampleTime}, o});
  const std::string body = "/b:BizMsg/d:Document/d:SctiesSttlmTxInstr/";
  CHECK(one(file, body + "d:SttlmTpAndAddtlParams/d:Pmt") == "FREE");
  CHECK(one(file, body + "d:Lnkgs/d:Ref/d:IntraPosMvmntId") == iso::reference(o.related));
  CHECK(one(file, body + "d:SttlmParams/d:DlvrgSctiesSubBalTp/d:Id") == "BLOK");
  CHECK(one(file, body + "d:QtyAndAcctDtls/d:SfkpgAcct/d:Id") == "HOLDER&<1>");
  CHECK(one(file, body + "d:RcvgSttlmPties/d:Pty1/d:SfkpgAcct/d:Id") == "BACKING");
}

TEST_CASE("a delivery into suspense names the beneficiary behind the suspense account") {
  const auto o = sample_operation(OperationKind::kSuspend);
  const auto file = file_of(iso::Confirmation{{"csd-1", "gw-csd", "A7", kSampleTime}, o, 7, 3, kSampleTime});
  const std::string body = "/b:BizMsg/d:Document/d:SctiesSttlmTxConf/";
  CHECK(one(file, body + "d:TxIdDtls/d:MktInfrstrctrTxId") == "7");
  CHECK(one(file, body + "d:RcvgSttlmPties/d:Pty1/d:SfkpgAcct/d:Id") == "SUSPENSE");
  CHECK(one(file, body + "d:RcvgSttlmPties/d:Pty2/d:SfkpgAcct/d:Id") == "HOLDER&<1>");
}

TEST_CASE("quantities are exact to the last of ISO's eighteen digits, and beyond them refused") {
  auto o = sample_operation(OperationKind::kLock);
  o.units = Quantity(999'999'999'999'999'999U, 17);
  REQUIRE(iso::check(o).has_value());
  const auto file = file_of(iso::Instruction{{"gw-csd", "csd-1", iso::reference(o.id), kSampleTime}, o});
  CHECK(one(file, "//d:Unit") == "9.99999999999999999");
  CHECK(std::get<iso::Instruction>(iso::read(as_bytes(file))->message).operation.units == o.units);
  o.units = Quantity(static_cast<Uint128>(1'000'000'000'000'000'000U), 17);
  CHECK(iso::check(o).error().code == Code::out_of_range);
  o.units = Quantity(1, 18);
  CHECK(iso::check(o).error().code == Code::out_of_range);
}

TEST_CASE("an account longer than Max35Text cannot be instructed") {
  auto o = sample_operation(OperationKind::kLock);
  o.account = AccountId::literal(std::string(35, 'a'));
  CHECK(iso::check(o).has_value());
  o.account = AccountId::literal(std::string(36, 'a'));
  CHECK(iso::check(o).error().code == Code::too_long);
}

TEST_CASE("facts that contradict each other are refused") {
  const auto good = lock_file();
  REQUIRE(code_of(good) == Code{});
  const auto id = id_of("lock");
  CHECK(code_of(replaced(good, "<TxId>" + iso::reference(id), "<TxId>" + iso::reference(id_of("another")))) != Code{});
  CHECK(code_of(replaced(good, "<OpId>" + id.hex(), "<OpId>" + id_of("another").hex())) != Code{});
  CHECK(code_of(replaced(good, "<BizMsgIdr>", "<BizMsgIdr>X")) != Code{});
  CHECK(code_of(replaced(good, "<Knd>lock", "<Knd>create")) != Code{});
  CHECK(code_of(replaced(good, "<Knd>lock", "<Knd>assign")) != Code{});
  CHECK(code_of(replaced(good, "<Cd>BLOK", "<Cd>AVAI")) != Code{});
  CHECK(code_of(replaced(good, "<SctiesSubBalId><Id>", "<SctiesSubBalId><Id>Z")) != Code{});
  CHECK(code_of(replaced(good, "<Unit>123.45", "<Unit>123.456")) != Code{});
  CHECK(code_of(replaced(good, "<Unit>123.45", "<Unit>1.2345E2")) != Code{});
  CHECK(code_of(replaced(good, "<ISIN>US0378331005", "<ISIN>US0378331006")) != Code{});
  CHECK(code_of(replaced(good, "<MsgDefIdr>semt.013", "<MsgDefIdr>semt.014")) != Code{});
  CHECK(code_of(replaced(good, "<TxId>", "<TxId>A</TxId><TxId>")) != Code{});
}

TEST_CASE("a partial settlement confirms nothing") {
  const auto o = sample_operation(OperationKind::kLock);
  const auto good = file_of(iso::Confirmation{{"csd-1", "gw-csd", "A7", kSampleTime}, o, 7, 3, kSampleTime});
  REQUIRE(code_of(good) == Code{});
  CHECK(code_of(replaced(good, "<AddtlParams>", "<AddtlParams><PrtlSttlm>PAIN</PrtlSttlm>")) == Code::ledger_message);
}

TEST_CASE("a document type, entities and other encodings never reach the parser") {
  const std::string body = lock_file().substr(lock_file().find("<BizMsg"));
  CHECK(code_of("<!DOCTYPE BizMsg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + replaced(body, "gw-csd", "&x;")) ==
        Code::malformed_text);
  std::string bombs = "<!DOCTYPE BizMsg [<!ENTITY a0 \"lol\">";
  for (int i = 1; i < 20; ++i) {
    const auto before = "&a" + std::to_string(i - 1) + ";";
    bombs += "<!ENTITY a" + std::to_string(i) + " \"" + before + before + before + before + before + before + "\">";
  }
  CHECK(code_of(bombs + "]>" + replaced(body, "gw-csd", "&a19;")) == Code::malformed_text);
  CHECK(code_of("<!DOCTYPE BizMsg SYSTEM \"http://127.0.0.1:1/x.dtd\">" + body) == Code::malformed_text);
  CHECK(code_of(replaced(body, "gw-csd", "&undeclared;")) == Code::malformed_text);
  CHECK(code_of(replaced(body, "gw-csd", "<![CDATA[gw-csd]]>")) == Code::malformed_text);
  std::string wide;
  for (const char c : body) wide += std::string(1, c) + '\0';
  CHECK(code_of("\xff\xfe" + wide) == Code::invalid_character);
  CHECK(code_of("<!-- a remark -->" + body) == Code{});
}

TEST_CASE("size, depth and number of elements are bounded") {
  using csd::iso::Document;
  const auto code = [](const std::string& text, const iso::XmlLimits& limits) {
    const auto parsed = Document::parse(as_bytes(text), limits);
    return parsed ? Code{} : parsed.error().code;
  };
  const auto nested = [](int depth) {
    std::string out;
    for (int i = 0; i < depth; ++i) out += "<a>";
    for (int i = 0; i < depth; ++i) out += "</a>";
    return out;
  };
  CHECK(code(nested(24), {}) == Code{});
  CHECK(code(nested(25), {}) == Code::nesting_too_deep);
  CHECK(code(nested(100'000), {}) == Code::malformed_text);  // libxml2's own bound comes first
  std::string many = "<a>";
  for (int i = 0; i < 49'999; ++i) many += "<b/>";
  CHECK(code(many + "</a>", {}) == Code{});
  CHECK(code(many + "<b/></a>", {}) == Code::too_long);
  CHECK(code("<a>" + std::string(1U << 20, 'x') + "</a>", {}) == Code::frame_too_large);
}
