#pragma once
// Changing finished buffers, to make what no encoder makes.

#include <string_view>
#include <vector>

#include "ustp/base/bytes.hpp"

namespace ustp::vectors {

// The octet at `at` becomes `value`.
Bytes with_octet(Bytes octets, std::size_t at, std::uint8_t value);
// The first place of `from` becomes `to`, which must be as long.
Bytes replaced(Bytes octets, std::string_view from, std::string_view to);
// The field at the end of `path` (numbers of fields from the root, as the schema has them) becomes absent.
Bytes without_field(Bytes octets, const std::vector<int>& path);
// The octets at the place of a field of the table or struct at the end of `path`.
Bytes with_field(Bytes octets, const std::vector<int>& path, BytesView value);
// Where the field at the end of `path` points to, its first octets become `value`.
Bytes with_target(Bytes octets, const std::vector<int>& path, BytesView value);

}  // namespace ustp::vectors
