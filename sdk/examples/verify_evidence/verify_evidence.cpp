// A stranger checks an evidence bundle: he trusts the authority's key and asks nobody.
#include <fstream>
#include <iostream>
#include <iterator>

#include "ustp/proofs/proofs.hpp"

using namespace ustp;

namespace {

Bytes read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

int unusable(const Error& error) {
  std::cerr << "verify_evidence: " << to_string(error) << "\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return unusable({Code::malformed_text, "use: verify_evidence BUNDLE AUTHORITY KEY.pem"});
  const auto authority = AuthorityId::parse(argv[2]);
  if (!authority) return unusable(authority.error());
  const auto spki = crypto::spki_from_pem(as_text(read_file(argv[3])));
  if (!spki) return unusable(spki.error());
  const auto key = crypto::make_verifier(*spki);
  if (!key) return unusable(key.error());
  const auto report = protocol::verify_bundle(read_file(argv[1]), *authority, *key, evidence_verifiers());
  if (!report) return unusable(report.error());  // no bundle at all
  for (const auto& check : report->checks)
    std::cout << (check.ok ? "ok      " : "FAILED  ") << check.name << (check.detail.empty() ? "" : ": " + check.detail) << "\n";
  std::cout << report->transfer.hex() << (report->ok() ? ": verified" : ": NOT verified") << "\n";
  return report->ok() ? 0 : 1;
}
