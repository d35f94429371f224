#include "tests/unit/journal/tamper.hpp"

#include <sqlite3.h>

#include <cstring>
#include <fstream>

#include "gateway/journal/segment_reader.hpp"
#include "gateway/journal/sqlite.hpp"

namespace ustp::gateway::test {
namespace {

using namespace journal;

Bytes content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

SegmentSet segments(const Store& store) { return load_segments(make_posix_files(), store.path()).value().value(); }

void write_identity(const Store& store, const SegmentIdentity& identity) {
  const std::filesystem::path folder = store.path();
  std::filesystem::remove(folder / "identity.test");
  overwrite(folder / "identity.test", 0, encode_identity(identity));
  std::filesystem::rename(folder / "identity.test", folder / kIdentityName);
}

}  // namespace

void sql(const std::filesystem::path& file, const std::string& text) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  const int rc = sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr);
  sqlite3_close(db);
  REQUIRE(rc == SQLITE_OK);
}

void overwrite(const std::filesystem::path& file, std::uint64_t at, BytesView octets) {
  if (!std::filesystem::exists(file)) std::ofstream{file};
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  out.seekp(static_cast<std::streamoff>(at));
  out.write(reinterpret_cast<const char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  REQUIRE(out.good());
}

void flip(const std::filesystem::path& file, std::uint64_t at) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(at));
  overwrite(file, at, Bytes{static_cast<std::uint8_t>(~in.get())});
}

Place place_of(const Store& store, std::uint64_t position) {
  const auto set = segments(store);
  for (const auto first : set.firsts) {
    const auto file = set.folder / segment_name(first);
    const auto all = content(file);
    for (std::size_t at = 0; at + kRecordHeader <= all.size(); ++at) {
      if (all[at] != 'U') continue;
      const auto header = parse_header(BytesView(all).subspan(at), set.identity.salt);
      if (header && header->position == position) return {file, at, header->length};
    }
  }
  FAIL("no record of position " << position);
  return {};
}

Bytes octets_of(const Store& store, std::uint64_t position) {
  if (store.kind == Kind::kSegments) {
    const auto place = place_of(store, position);
    const auto all = content(place.file);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(place.at + kRecordHeader);
    return {begin, begin + static_cast<std::ptrdiff_t>(place.length)};
  }
  auto db = Connection::open(store.path(), "", OpenMode::kRead).value();
  auto query = db.prepare("SELECT octets FROM block WHERE position = ?").value();
  query.bind(1, position);
  REQUIRE(query.step().value());
  const auto octets = query.octets(0);
  return {octets.begin(), octets.end()};
}

void put(const Store& store, std::uint64_t position, const Bytes& octets) {
  if (store.kind == Kind::kSegments) {
    const auto place = place_of(store, position);
    REQUIRE(place.length == octets.size());
    return overwrite(place.file, place.at + kRecordHeader, octets);
  }
  sql(store.path(), "UPDATE block SET octets = x'" + to_hex(octets) + "' WHERE position = " + std::to_string(position));
}

void spoil(const Store& store, std::uint64_t position, int octet) {
  auto octets = octets_of(store, position);
  octets[static_cast<std::size_t>(octet - 1)] = 0xee;
  put(store, position, octets);
}

void erase(const Store& store, std::uint64_t position) {
  if (store.kind == Kind::kSqlite) return sql(store.path(), "DELETE FROM block WHERE position = " + std::to_string(position));
  const auto place = place_of(store, position);
  overwrite(place.file, place.at, Bytes(kRecordHeader + place.length));
}

void take_over(const Store& store) {
  if (store.kind == Kind::kSqlite) return sql(store.path(), "UPDATE journal SET epoch = epoch + 1");
  auto identity = segments(store).identity;
  ++identity.identity.epoch;
  write_identity(store, identity);
}

void set_version(const Store& store, std::uint64_t version) {
  if (store.kind == Kind::kSqlite) return sql(store.path(), "UPDATE journal SET version = " + std::to_string(version));
  auto identity = segments(store).identity;
  identity.identity.version = version;
  write_identity(store, identity);
}

void forget_stop(const Store& store) {
  auto identity = segments(store).identity;
  identity.durable = {};
  write_identity(store, identity);
}

}  // namespace ustp::gateway::test
