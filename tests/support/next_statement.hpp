#pragma once
// The next statement of an authority's log, signed: how every test world comes to its participants and instruments.

#include "ustp/wire/statement.hpp"

namespace ustp::test {

inline wire::SignedStatement next_statement(const std::vector<wire::SignedStatement>& log, wire::StatementBody body,
                                            crypto::Signer& authority, Instant effective_from) {
  wire::Statement statement;
  statement.authority = AuthorityId::literal("association");
  statement.sequence = log.size() + 1;
  if (!log.empty()) statement.previous = crypto::sha256(log.back().octets);
  statement.effective_from = effective_from;
  statement.body = std::move(body);
  return wire::sign_statement(statement, authority).value();
}

}  // namespace ustp::test
