#include "adapters/ethereum/evm/rlp.hpp"

namespace ustp::ethereum::rlp {
namespace {

Error bad(std::string_view what) { return {Code::ledger_message, "RLP: " + std::string(what)}; }

void append_header(Bytes& out, std::uint8_t short_base, std::size_t size) {
  if (size <= 55) {
    out.push_back(static_cast<std::uint8_t>(short_base + size));
    return;
  }
  std::size_t octets = 0;
  for (std::size_t rest = size; rest != 0; rest >>= 8) ++octets;
  out.push_back(static_cast<std::uint8_t>(short_base + 55 + octets));
  for (std::size_t i = octets; i-- > 0;) out.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
}

struct Header {
  bool is_list = false;
  std::size_t header = 0, payload = 0;
};

Result<Header> read_header(BytesView in) {
  if (in.empty()) return bad("ends early");
  const std::uint8_t first = in[0];
  if (first < 0x80) return Header{false, 0, 1};
  const bool is_list = first >= 0xc0;
  const std::size_t code = first - (is_list ? 0xc0U : 0x80U);
  if (code <= 55) return Header{is_list, 1, code};
  const std::size_t width = code - 55;  // 1..8
  if (in.size() < 1 + width) return bad("ends early");
  if (in[1] == 0) return bad("length with a leading zero");
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < width; ++i) size = size << 8 | in[1 + i];
  if (size <= 55) return bad("length not in its shortest form");
  if (size > in.size()) return bad("ends early");
  return Header{is_list, 1 + width, static_cast<std::size_t>(size)};
}

class Decoder {
 public:
  explicit Decoder(Limits limits) : limits_(limits) {}

  Result<Item> next(BytesView in, std::size_t depth) {
    if (++items_ > limits_.items) return bad("too many items");
    USTP_TRY(const Header header, read_header(in));
    if (in.size() - header.header < header.payload) return bad("ends early");
    Item item;
    item.is_list = header.is_list;
    item.payload = in.subspan(header.header, header.payload);
    item.encoded = in.first(header.header + header.payload);
    if (!item.is_list) {
      if (header.header == 1 && header.payload == 1 && item.payload[0] < 0x80) return bad("octet with a needless prefix");
      return item;
    }
    if (depth >= limits_.depth) return bad("nested too deep");
    for (BytesView rest = item.payload; !rest.empty();) {
      USTP_TRY(Item part, next(rest, depth + 1));
      rest = rest.subspan(part.encoded.size());
      item.parts.push_back(std::move(part));
    }
    return item;
  }

 private:
  Limits limits_;
  std::size_t items_ = 0;
};

Bytes encode_parts(const Bytes* begin, const Bytes* end) {
  std::size_t size = 0;
  for (const Bytes* part = begin; part != end; ++part) size += part->size();
  Bytes out;
  out.reserve(size + 9);
  append_header(out, 0xc0, size);
  for (const Bytes* part = begin; part != end; ++part) append(out, *part);
  return out;
}

}  // namespace

Bytes encode(BytesView octets) {
  Bytes out;
  out.reserve(octets.size() + 9);
  if (octets.size() != 1 || octets[0] >= 0x80) append_header(out, 0x80, octets.size());
  append(out, octets);
  return out;
}
Bytes encode(Uint128 number) {
  Bytes octets;
  for (int shift = 120; shift >= 0; shift -= 8) {
    const auto octet = static_cast<std::uint8_t>(number >> shift);
    if (octet != 0 || !octets.empty()) octets.push_back(octet);
  }
  return encode(BytesView(octets));
}
Bytes encode_list(std::span<const Bytes> parts) { return encode_parts(parts.data(), parts.data() + parts.size()); }
Bytes encode_list(std::initializer_list<Bytes> parts) { return encode_parts(parts.begin(), parts.end()); }

Result<BytesView> Item::octets() const {
  if (is_list) return bad("a list where a string is due");
  return payload;
}
Result<BytesView> Item::octets(std::size_t size) const {
  USTP_TRY(const BytesView out, octets());
  if (out.size() != size) return bad("a string of " + std::to_string(out.size()) + " octets for " + std::to_string(size));
  return out;
}
Result<Uint128> Item::number() const {
  USTP_TRY(const BytesView digits, octets());
  if (!digits.empty() && digits[0] == 0) return bad("number with a leading zero");
  if (digits.size() > 16) return Error{Code::out_of_range, "RLP: number above 128 bits"};
  Uint128 out = 0;
  for (const std::uint8_t digit : digits) out = out << 8 | digit;
  return out;
}
Result<std::uint64_t> Item::number64() const {
  USTP_TRY(const Uint128 value, number());
  if (value > UINT64_MAX) return Error{Code::out_of_range, "RLP: number above 64 bits"};
  return static_cast<std::uint64_t>(value);
}
Result<std::span<const Item>> Item::list(std::size_t least, std::size_t most) const {
  if (!is_list) return bad("a string where a list is due");
  if (parts.size() < least || parts.size() > most) return bad("a list of " + std::to_string(parts.size()) + " parts");
  return std::span<const Item>(parts);
}

Result<Item> decode(BytesView octets, Limits limits) {
  USTP_TRY(Item item, Decoder(limits).next(octets, 0));
  if (item.encoded.size() != octets.size()) return bad("octets after the item");
  return item;
}

}  // namespace ustp::ethereum::rlp
