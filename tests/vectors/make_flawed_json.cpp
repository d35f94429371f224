// JSON messages with one flaw each: those of the text itself, then those of members (make_flawed_json_members.cpp).
#include "tests/vectors/json_edit.hpp"
#include "tests/vectors/maker.hpp"

namespace ustp::vectors {

void flawed_json_members(Maker& m);

namespace {

const std::string kMark = "\"reference\":\"TRADE-0001\"";

class FlawedText {
 public:
  explicit FlawedText(Maker& m) : m_(m), proposal_(json_sample(1)), prepare_(json_sample(7)) {}

  void text(const std::string& flaw, const std::string& text, const char* code) {
    m_.flawed(flaw, Members{{"text", text}}, code);
  }
  void octets(const std::string& flaw, const std::string& octets, const char* code) {
    m_.flawed(flaw, Members{{"octets", octets_value(as_bytes(octets))}}, code);
  }
  // The proposal with another text as its reference, given as it stands between the quotes.
  void reference(const std::string& flaw, const std::string& inside, const char* code) {
    octets(flaw, with_text(proposal_, kMark, "\"reference\":\"" + inside + "\""), code);
  }
  // The proposal with another number as its instrument version.
  void number(const std::string& digits, const char* code) {
    text("the number " + digits, with_text(proposal_, "\"instrumentVersion\":3", "\"instrumentVersion\":" + digits),
         code);
  }
  void grammar();
  void limits();
  void characters();
  void canonical();
  void numbers();
  void duplicates();

 private:
  Maker& m_;
  const std::string proposal_, prepare_;
};

void FlawedText::grammar() {
  m_.about("json_message", {"USTP-JSN-010", "USTP-JSN-011"});
  text("nothing", "", "json_invalid");
  text("a list", "[]", "json_invalid");
  text("a text", "\"x\"", "json_invalid");
  text("null", "null", "json_invalid");
  text("a number", "1", "json_invalid");
  text("no JSON", "{session}", "json_invalid");
  octets("a message of the other encoding", std::string("\x10\0\0\0\x08\0\0\0USM1\0\0\0\0", 16), "json_invalid");
  text("cut in the middle", proposal_.substr(0, proposal_.size() / 2), "json_invalid");
  text("the last brace is missing", proposal_.substr(0, proposal_.size() - 1), "json_invalid");
  text("a brace too many", proposal_ + "}", "json_invalid");
  text("a second message behind", prepare_ + prepare_, "json_invalid");
  text("a comma before the brace", prepare_.substr(0, prepare_.size() - 1) + ",}", "json_invalid");
  text("a comma is missing", with_text(prepare_, ",\"sessionId\"", "\"sessionId\""), "json_invalid");
  text("single quotes", with_text(prepare_, "\"sessionId\"", "'sessionId'"), "json_invalid");
  text("a name without quotes", with_text(prepare_, "\"sessionId\"", "sessionId"), "json_invalid");
  text("a comment", "/* x */" + prepare_, "json_invalid");
  text("a comment inside", with_text(prepare_, ",\"sessionId\"", ",/* x */\"sessionId\""), "json_invalid");
  octets("a byte order mark", "\xef\xbb\xbf" + prepare_, "json_invalid");
  octets("a zero octet behind", prepare_ + std::string(1, '\0'), "json_invalid");
  octets("a zero octet and more behind", prepare_ + std::string(1, '\0') + "x", "json_invalid");
  text("NaN", with_text(proposal_, "\"instrumentVersion\":3", "\"instrumentVersion\":NaN"), "json_invalid");
  text("a leading zero", with_text(proposal_, "\"instrumentVersion\":3", "\"instrumentVersion\":03"), "json_invalid");
  text("a plus sign", with_text(proposal_, "\"instrumentVersion\":3", "\"instrumentVersion\":+3"), "json_invalid");
  text("hexadecimal digits", with_text(proposal_, "\"instrumentVersion\":3", "\"instrumentVersion\":0x3"),
       "json_invalid");
  reference("a line feed inside a text", "a\nb", "json_invalid");
  reference("an escape that there is not", "a\\x41", "json_invalid");
  reference("half an escape", "\\u00", "json_invalid");
}

void FlawedText::limits() {
  m_.about("json_message", {"USTP-JSN-011"});
  std::string deep = "1";
  for (int i = 0; i < 8; ++i) deep = "[" + deep + "]";
  text("nine deep", with_text(prepare_, "\"messageType\"", "\"a\":" + deep + ",\"messageType\""), "nesting_too_deep");
  std::string deeper(5000, '[');
  text("5,000 lists in one another", with_text(prepare_, "\"messageType\"", "\"a\":" + deeper), "nesting_too_deep");
  std::string members = "{";
  for (int i = 10; i < 75; ++i) members += (i > 10 ? ",\"m" : "\"m") + std::to_string(i) + "\":1";
  text("65 members", with_member(prepare_, "/extensions", members + "}"), "too_long");
  std::string entries = "[1";
  for (int i = 0; i < 128; ++i) entries += ",1";
  text("129 entries", with_member(prepare_, "/extensions", entries + "]"), "too_long");
  const std::string filler(196'600, 'x');
  octets("more than 196,608 octets", with_text(prepare_, "\"messageType\"", "\"a\":\"" + filler +
         "\",\"messageType\""), "too_long");
  std::string extensions;
  for (int i = 10; i < 26; ++i)
    extensions += (i > 10 ? "," : "") + std::string("{\"name\":\"x") + std::to_string(i) + "\",\"value\":\"" +
                   std::string(5000, 'A') + "\"}";
  octets("more than 65,536 octets, and no notice", with_member(prepare_, "/extensions", "[" + extensions + "]"),
         "too_long");
}

void FlawedText::characters() {
  m_.about("json_message", {"USTP-JSN-013"});
  reference("a high surrogate alone", "\\ud800", "invalid_character");
  reference("a low surrogate alone", "\\udc00", "invalid_character");
  reference("surrogates the wrong way round", "\\udc00\\ud800", "invalid_character");
  reference("two high surrogates", "\\ud800\\ud800", "invalid_character");
  reference("two low surrogates", "\\udc00\\udc00", "invalid_character");
  reference("a high surrogate before U+E000", "\\ud800\\ue000", "invalid_character");
  reference("a high surrogate before a letter", "\\ud800a", "invalid_character");
  reference("a high surrogate before another escape", "\\ud800\\n", "invalid_character");
  reference("a surrogate as UTF-8", "\xed\xa0\x80", "invalid_character");
  reference("a pair of surrogates as UTF-8", "\xed\xa0\x80\xed\xb0\x80", "invalid_character");
  reference("an octet that begins nothing", "\x80", "invalid_character");
  reference("an octet that UTF-8 never has", "\xff", "invalid_character");
  reference("a character cut short", "\xc3", "invalid_character");
  reference("a slash in two octets", "\xc0\xaf", "invalid_character");
  reference("a character in one octet too many", "\xe0\x80\xaf", "invalid_character");
  reference("beyond U+10FFFF", "\xf4\x90\x80\x80", "invalid_character");
  reference("U+FFFE", "\xef\xbf\xbe", "invalid_character");
  reference("U+FDD0", "\xef\xb7\x90", "invalid_character");
  reference("U+FFFF escaped", "\\uffff", "invalid_character");
  reference("U+1FFFF as a pair", "\\ud83f\\udfff", "invalid_character");
  octets("a name that is no UTF-8", with_text(prepare_, "\"sessionId\"", "\"session\xffId\""), "invalid_character");
  octets("half a pair in a name", with_text(prepare_, "\"sessionId\"", "\"\\udfffsessionId\""), "invalid_character");
  reference("a control character, escaped", "a\\nb", "invalid_character");
  reference("a zero, escaped", "a\\u0000b", "invalid_character");
  reference("DEL", "a\x7f", "invalid_character");
}

void FlawedText::canonical() {
  m_.about("json_message", {"USTP-JSN-012"});
  const std::string p = proposal_;
  text("a space behind", p + " ", "json_not_canonical");
  text("a line feed behind", p + "\n", "json_not_canonical");
  text("a space before a colon", with_text(p, "\"reference\":", "\"reference\" :"), "json_not_canonical");
  text("a space after a comma", with_text(p, ",\"reference\"", ", \"reference\""), "json_not_canonical");
  text("a tab in a list", with_text(p, "\"lots\":[", "\"lots\":[\t"), "json_not_canonical");
  text("members in another order",
       with_text(with_text(p, ",\"reference\":\"TRADE-0001\"", ""), "\"beneficiaryAccount\"",
                 "\"reference\":\"TRADE-0001\",\"beneficiaryAccount\""),
       "json_not_canonical");
  reference("a letter escaped", "\\u0054RADE", "json_not_canonical");
  reference("a slash escaped", "TRADE\\/1", "json_not_canonical");
  reference("a quote as \\u0022", "TRADE\\u00221", "json_not_canonical");
  reference("a letter beyond ASCII escaped", "Z\\u00fcrich", "json_not_canonical");
  reference("a pair escaped", "\\ud83c\\udfdb", "json_not_canonical");
  reference("an escape in upper case", "\\u001F", "json_not_canonical");
  text("a name escaped", with_text(p, "\"reference\"", "\"\\u0072eference\""), "json_not_canonical");
}

void FlawedText::numbers() {
  m_.about("json_message", {"USTP-JSN-014"});
  for (const char* digits : {"3.0", "3e0", "3E0", "30e-1", "3.5", "0.3e1", "1e400", "1e-400", "1e99999999999999999999",
                             "-3", "-0", "9007199254740992", "18446744073709551615", "18446744073709551616",
                             "340282366920938463463374607431768211456"})
    number(digits, "json_number");
  number("4294967296", "out_of_range");
  number("9007199254740991", "out_of_range");
  number("0", "json_default");
}

void FlawedText::duplicates() {
  m_.about("json_message", {"USTP-JSN-015"});
  const std::string p = proposal_;
  text("a member twice", with_text(p, kMark, kMark + "," + kMark), "duplicate_field");
  text("a member twice, with another value", with_text(p, kMark, kMark + ",\"reference\":\"TRADE-0002\""),
       "duplicate_field");
  text("the session twice", with_text(prepare_, "\"sessionId\"", "\"sessionId\":\"00\",\"sessionId\""),
       "duplicate_field");
  text("the type twice", with_text(prepare_, "\"messageType\"", "\"messageType\":\"x\",\"messageType\""),
       "duplicate_field");
  text("a member twice, once escaped", with_text(p, kMark, kMark + ",\"\\u0072eference\":\"TRADE-0002\""),
       "duplicate_field");
  text("a member of a lot twice", with_text(p, "\"quantity\":\"400\"", "\"quantity\":\"400\",\"quantity\":\"600\""),
       "duplicate_field");
  text("a member that is not known twice", with_text(prepare_, "\"messageType\"", "\"a\":1,\"a\":1,\"messageType\""),
       "duplicate_field");
}

}  // namespace

Maker make_flawed_json() {
  Maker m("flawed-json-messages", "JSON messages with one flaw each (chapter 03c).");
  FlawedText flawed(m);
  flawed.grammar();
  flawed.limits();
  flawed.characters();
  flawed.canonical();
  flawed.numbers();
  flawed.duplicates();
  flawed_json_members(m);
  return m;
}

}  // namespace ustp::vectors
