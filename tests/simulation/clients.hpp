#pragma once
// Clients of the three APIs and the authority: they give orders, ask again, ask for something else under the same key,
// cancel; accounts are blocked and opened under their feet.

#include "tests/simulation/gateway_process.hpp"

namespace ustp::simulation {

class Clients {
 public:
  Clients(World& world, std::vector<std::unique_ptr<GatewayProcess>>& gateways);
  bool step();                   // one thing a client does; false: nothing is left to do
  void trouble();                // perhaps an account is blocked or opened
  void heal();                   // every account is open again
  bool content() const;          // every order has been answered
  std::uint64_t accepted() const { return accepted_; }
  std::uint64_t refused() const { return refused_; }

 private:
  struct Order {
    std::size_t at = 0;
    gateway::TransferOrder order;
    std::optional<TransferId> transfer;   // as it was told
    bool over = false;                    // refused for good
    std::uint32_t tries = 0;
  };
  void make_order();
  bool tell_statements();
  void send(std::size_t which);
  void send_other_body(std::size_t which);
  void cancel(std::size_t which);
  void answer(std::size_t which, const Result<gateway::TransferView>& view);
  void state(std::size_t ledger, const AccountId& account, token::AccountStatus status);

  World& world_;
  std::vector<std::unique_ptr<GatewayProcess>>& gateways_;
  std::vector<Order> orders_;
  std::uint32_t left_;
  std::vector<wire::SignedStatement> log_;
  std::set<std::pair<std::size_t, AccountId>> stated_, blocked_;
  std::uint64_t accepted_ = 0, refused_ = 0;
};

}  // namespace ustp::simulation
