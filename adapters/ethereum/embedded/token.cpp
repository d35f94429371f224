// From calldata to functions and back. Words are read strictly; an amount above 128 bits is refused as too large.
#include "adapters/ethereum/embedded/token.hpp"

namespace ustp::ethereum::embedded {
namespace {

using Words = std::vector<Word>;
constexpr std::uint64_t kViewGas = 5'000, kActGas = 60'000, kOperateGas = 130'000;

Bytes encoded(std::initializer_list<Word> words) { return abi::encode_words(Words(words)); }
CallResult returned(Bytes output) { return {true, std::move(output), {}, kViewGas}; }
CallResult refused(Bytes output, std::uint64_t gas) { return {false, std::move(output), {}, gas}; }

struct View {
  const char* signature;
  std::size_t words;
  Bytes (*answer)(const Reader&, const TokenConfig&, const Words&);
};
Address first_address(const Words& w) { return address_from(w[0]).value_or({}); }

const View kViews[] = {
    {"operations(bytes32)", 1,
     [](const Reader& s, const TokenConfig&, const Words& w) {
       const Operation o = s.operation(w[0]);
       return encoded({word_from(Uint128{static_cast<std::uint8_t>(o.status)}), word_from(Uint128{o.kind}), o.request_hash,
                       word_from(Uint128{o.block})});
     }},
    {"supply()", 0,
     [](const Reader& s, const TokenConfig& c, const Words&) {
       const Uint128 provisional = s.account(c.custody).balance;
       return encoded({word_from(s.totals().supply - provisional), word_from(provisional)});
     }},
    {"position(address)", 1,
     [](const Reader& s, const TokenConfig&, const Words& w) {
       const Account a = s.account(first_address(w));
       return encoded({word_from(a.balance), word_from(a.locked), word_from(a.frozen), word_from(a.suspended),
                       abi::word_of(a.blocked)});
     }},
    {"balanceOf(address)", 1,
     [](const Reader& s, const TokenConfig&, const Words& w) { return encoded({word_from(s.account(first_address(w)).balance)}); }},
    {"getFrozenTokens(address)", 1,
     [](const Reader& s, const TokenConfig&, const Words& w) {
       const Account a = s.account(first_address(w));
       return encoded({word_from(a.frozen + a.locked)});
     }},
    {"isFrozen(address)", 1,
     [](const Reader& s, const TokenConfig&, const Words& w) { return encoded({abi::word_of(s.account(first_address(w)).blocked)}); }},
    {"isAgent(address)", 1,
     [](const Reader& s, const TokenConfig&, const Words& w) { return encoded({abi::word_of(s.account(first_address(w)).agent)}); }},
    {"paused()", 0, [](const Reader& s, const TokenConfig&, const Words&) { return encoded({abi::word_of(s.totals().paused)}); }},
    {"totalSupply()", 0, [](const Reader& s, const TokenConfig&, const Words&) { return encoded({word_from(s.totals().supply)}); }},
    {"decimals()", 0, [](const Reader&, const TokenConfig& c, const Words&) { return encoded({word_from(Uint128{c.scale})}); }},
    {"custody()", 0, [](const Reader&, const TokenConfig& c, const Words&) { return encoded({word_from(c.custody)}); }},
    {"suspense()", 0, [](const Reader&, const TokenConfig& c, const Words&) { return encoded({word_from(c.suspense)}); }},
    {"owner()", 0, [](const Reader&, const TokenConfig& c, const Words&) { return encoded({word_from(c.owner)}); }},
    {"instrument()", 0,
     [](const Reader&, const TokenConfig& c, const Words&) { return encoded({word_from_text(c.instrument.str()).value()}); }},
};

// The arguments of a call, read as they are taken. A dirty or missing word makes the whole call a plain revert.
class Arguments {
 public:
  explicit Arguments(BytesView octets) : words_(octets.size() / 32), ok_(octets.size() % 32 == 0) {
    for (std::size_t i = 0; i < words_.size(); ++i)
      std::copy_n(octets.data() + 32 * i, 32, words_[i].mutable_octets().begin());
  }
  Word word() { return at_ < words_.size() ? words_[at_++] : fail(); }
  Address address() { return checked(address_from(word()), Address{}); }
  std::uint8_t uint8() { return checked(abi::uint8_from(word()), std::uint8_t{0}); }
  bool boolean() { return checked(abi::bool_from(word()), false); }
  Uint128 amount() {
    const auto value = uint128_from(word());
    too_large_ = too_large_ || !value;
    return value.value_or(0);
  }
  bool ok() const { return ok_ && at_ == words_.size(); }
  bool too_large() const { return too_large_; }

 private:
  Word fail() {
    ok_ = false;
    return {};
  }
  template <class T>
  T checked(Result<T> value, T otherwise) {
    ok_ = ok_ && value.has_value();
    return value.value_or(std::move(otherwise));
  }
  Words words_;
  std::size_t at_ = 0;
  bool ok_ = true, too_large_ = false;
};

struct Act {
  const char* signature;
  std::uint64_t gas;
  Revert (*run)(TokenCall&, Arguments&);
};
// Arguments are read completely before anything runs.
Revert unreadable(const Arguments& a) {
  if (!a.ok()) return Bytes{};
  if (a.too_large()) return custom_error("QuantityTooLarge(bytes32)", Word());
  return std::nullopt;
}
template <class F>
Revert checked(const Arguments& a, F&& run) {
  if (auto bad = unreadable(a)) return bad;
  return run();
}
template <Revert (TokenCall::*F)(const Address&, Uint128)>
Revert on_amount(TokenCall& call, Arguments& a) {
  const Address address = a.address();
  const Uint128 amount = a.amount();
  return checked(a, [&] { return (call.*F)(address, amount); });
}
template <Revert (TokenCall::*F)(const Address&)>
Revert on_address(TokenCall& call, Arguments& a) {
  const Address address = a.address();
  return checked(a, [&] { return (call.*F)(address); });
}

const Act kActs[] = {
    {"operate(bytes32,uint8,bytes32,bytes32,address,uint256)", kOperateGas,
     [](TokenCall& call, Arguments& a) -> Revert {
       TokenCall::Operate o;
       o.id = a.word();
       o.kind = a.uint8();
       o.related = a.word();
       o.request_hash = a.word();
       o.account = a.address();
       o.amount = a.amount();
       if (a.ok() && a.too_large()) return custom_error("QuantityTooLarge(bytes32)", o.id);
       return checked(a, [&] { return call.operate(o); });
     }},
    {"transfer(address,uint256)", kActGas, on_amount<&TokenCall::transfer>},
    {"mint(address,uint256)", kActGas, on_amount<&TokenCall::mint>},
    {"burn(address,uint256)", kActGas, on_amount<&TokenCall::burn>},
    {"freezePartialTokens(address,uint256)", kActGas, on_amount<&TokenCall::freeze>},
    {"unfreezePartialTokens(address,uint256)", kActGas, on_amount<&TokenCall::unfreeze>},
    {"addAgent(address)", kActGas, on_address<&TokenCall::add_agent>},
    {"removeAgent(address)", kActGas, on_address<&TokenCall::remove_agent>},
    {"forcedTransfer(address,address,uint256)", kActGas,
     [](TokenCall& call, Arguments& a) -> Revert {
       const Address from = a.address(), to = a.address();
       const Uint128 amount = a.amount();
       return checked(a, [&] { return call.forced_transfer(from, to, amount); });
     }},
    {"setAddressFrozen(address,bool)", kActGas,
     [](TokenCall& call, Arguments& a) -> Revert {
       const Address address = a.address();
       const bool blocked = a.boolean();
       return checked(a, [&] { return call.set_blocked(address, blocked); });
     }},
    {"pause()", kActGas, [](TokenCall& call, Arguments& a) -> Revert { return checked(a, [&] { return call.set_paused(true); }); }},
    {"unpause()", kActGas, [](TokenCall& call, Arguments& a) -> Revert { return checked(a, [&] { return call.set_paused(false); }); }},
};

// The selectors of a table, hashed once.
template <class Table>
const std::vector<abi::Selector>& selectors(const Table& table) {
  static const std::vector<abi::Selector> made = [&] {
    std::vector<abi::Selector> out;
    for (const auto& row : table) out.push_back(abi::selector(row.signature));
    return out;
  }();
  return made;
}

}  // namespace

Bytes custom_error(const char* signature) { return abi::encode_call(abi::selector(signature), {}); }
Bytes custom_error(const char* signature, const Word& argument) {
  return abi::encode_call(abi::selector(signature), {&argument, 1});
}
Bytes custom_error(const char* signature, const Address& argument) { return custom_error(signature, word_from(argument)); }

Log transfer_log(const TokenConfig& config, const Address& from, const Address& to, Uint128 amount) {
  return {config.contract,
          {abi::event_topic("Transfer(address,address,uint256)"), word_from(from), word_from(to)},
          encoded({word_from(amount)})};
}

std::optional<CallResult> query_token(const Reader& state, const TokenConfig& config, BytesView data) {
  const auto call = abi::split_call(data);
  if (!call) return std::nullopt;
  const auto& known = selectors(kViews);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i] != call->function) continue;
    const auto words = abi::decode_words(call->arguments, kViews[i].words);
    const bool clean = words && (kViews[i].words == 0 || i == 0 || address_from((*words)[0]).has_value());
    if (!clean) return refused({}, kViewGas);
    return returned(kViews[i].answer(state, config, *words));
  }
  return std::nullopt;
}

CallResult call_token(Storage& state, const TokenConfig& config, const Caller& caller, BytesView data) {
  if (auto answer = query_token(state, config, data)) return *answer;
  const auto call = abi::split_call(data);
  if (!call) return refused({}, kViewGas);
  const auto& known = selectors(kActs);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i] != call->function) continue;
    const std::size_t before = state.checkpoint();
    TokenCall running(state, config, caller);
    Arguments arguments(call->arguments);
    if (auto revert = kActs[i].run(running, arguments)) {
      state.rollback(before);
      return refused(std::move(*revert), kActs[i].gas / 4);
    }
    CallResult out{true, {}, running.take_logs(), kActs[i].gas};
    if (i == 1 || i == 8) out.output = encoded({abi::word_of(true)});  // transfer, forcedTransfer
    return out;
  }
  return refused({}, kViewGas);
}

}  // namespace ustp::ethereum::embedded
