// spec/openapi.yaml lists exactly the routes of the table.
#include <doctest/doctest.h>

#include <fstream>
#include <set>

#include "gateway/api/routes.hpp"

using namespace ustp::gateway::api;

TEST_CASE("the description of the API and the route table name the same operations") {
  std::ifstream in(USTP_SOURCE_DIR "/spec/openapi.yaml");
  REQUIRE(in.good());
  std::set<std::string> described;
  std::string path, method;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("  /", 0) == 0) path = line.substr(2, line.size() - 3);
    for (const char* one : {"get", "post", "put", "patch", "delete"})
      if (line == "    " + std::string(one) + ":") method = one;
    if (line.rfind("      operationId: ", 0) == 0) described.insert(method + " " + path + " " + line.substr(19));
  }
  std::set<std::string> routed;
  for (const auto& row : kRouteTable)
    routed.insert(std::string(row.method == "GET" ? "get" : "post") + " " + std::string(row.pattern) + " " +
                  std::string(row.name));
  CHECK(described == routed);
}
