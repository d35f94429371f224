#include <iostream>

#include "ustp/client/client.hpp"
#include "ustp/proofs/proofs.hpp"

int main() {
  const auto transport = ustp::client::make_https_transport({.base_url = "http://not-https"});
  if (transport || transport.error().code != ustp::Code::config_invalid) return 1;
  std::cout << ustp::evidence_verifiers().size() << " kinds of evidence\n";
}
