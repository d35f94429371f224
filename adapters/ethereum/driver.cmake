# The driver (needs cpprestsdk for HTTP), its JSON-RPC client, and the tool that deploys the token contract.
ustp_library(ethereum_rpc SOURCES rpc/client.cpp DEPENDS ustp_ethereum_evm PRIVATE_DEPENDS nlohmann_json::nlohmann_json)
ustp_library(ethereum_intent SOURCES intent.cpp token_contract.cpp DEPENDS ustp_ethereum_evm)
ustp_library(ethereum_deploy SOURCES deploy/deploy.cpp DEPENDS ustp_ethereum_rpc PRIVATE_DEPENDS nlohmann_json::nlohmann_json)
if(USTP_BUILD_NET)
  ustp_library(ethereum_http SOURCES rpc/http.cpp DEPENDS ustp_base PRIVATE_DEPENDS cpprestsdk::cpprest FAT)
  ustp_library(ethereum_driver
    SOURCES driver.cpp holdings.cpp watcher.cpp watcher_settle.cpp
    DEPENDS ustp_ledger ustp_crypto ustp_ethereum_intent ustp_ethereum_rpc
    PRIVATE_DEPENDS ustp_ethereum_http ustp_ethereum_proof Threads::Threads)
  ustp_program(ustp-eth-deploy SOURCES deploy/main.cpp
    DEPENDS ustp_ethereum_deploy ustp_ethereum_http ustp_ethereum_intent CLI11::CLI11)
endif()
