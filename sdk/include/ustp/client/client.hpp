#pragma once
// A participant's client of a gateway's API (spec/openapi.yaml). Blocking; thread-safe as its transport is. Calls that
// may be repeated are repeated with growing, jittered waits; others never are. No type of an HTTP or JSON library.

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <variant>

#include "ustp/base/random.hpp"
#include "ustp/client/transport.hpp"
#include "ustp/token/token.hpp"

namespace ustp::client {

struct RetryPolicy {
  unsigned attempts = 4;                              // 1: never again
  Duration first_wait = Duration::milliseconds(200);  // doubled each time, each wait drawn from its upper half
  Duration longest_wait = Duration::seconds(5);       // also bounds a Retry-After
};

// Why a call gave no value.
struct Failure {
  enum class Kind : std::uint8_t {
    kRefused,      // the gateway answered with a problem (RFC 9457)
    kUnreachable,  // no answer; for a call that changes something the outcome is not known
    kReply,        // an answer that cannot be understood
  };
  Kind kind = Kind::kRefused;
  Error error;             // a code that is not in this build's registry shows as `internal`; see `code`
  std::string code;        // the name as the gateway sent it
  int status = 0;          // HTTP; 0 when no answer came
  bool retryable = false;  // the gateway says that the same request may succeed later
  std::string pointer;     // JSON pointer of the field that is at fault
  std::string request_id;  // for the gateway's operator
  std::string restart_after;  // of a cursor that is of no use any more: the one to go on with
};
std::string to_string(const Failure& failure);  // for people

template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : data_(std::in_place_index<0>, std::move(value)) {}            // NOLINT: implicit by design
  Outcome(Failure failure) : data_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT
  explicit operator bool() const { return data_.index() == 0; }
  // Reading the wrong alternative is a bug and terminates.
  const T& operator*() const {
    return data_.index() == 0 ? *std::get_if<0>(&data_) : (std::abort(), *std::get_if<0>(&data_));
  }
  const T* operator->() const { return &**this; }
  const Failure& failure() const {
    return data_.index() == 1 ? *std::get_if<1>(&data_) : (std::abort(), *std::get_if<1>(&data_));
  }

 private:
  std::variant<T, Failure> data_;
};

struct TransferOrder {
  InstrumentId instrument;
  std::string quantity;  // decimal, in security units
  AccountId originator, beneficiary;
  LedgerId target_ledger;
  std::vector<token::Lot> lots;  // empty: one unrestricted lot
  token::OwnershipEffect ownership_effect = token::OwnershipEffect::kChange;
  std::string transaction_type = "TRAD";
  token::EntitledParty entitled_party = token::EntitledParty::kTransferee;
  Date trade_date;
  token::CumEx cum_ex = token::CumEx::kUnspecified;
  Mic venue;
  std::string place_of_settlement, governing_law, jurisdiction, reference, beneficial_owner;
  Duration vote_within;  // 0: the gateway's default
  Instant not_before;    // begins then; 0: at once
};
struct BatchOrder {
  IdempotencyKey key;
  TransferOrder order;
  std::string json;      // the order as the API takes it; where it is not empty, instead of `order`
};

// What the gateway says about a transfer. Texts as sent; `json` is the whole object, for what has no member here.
struct Transfer {
  TransferId id;
  std::string settlement;
  std::string role;           // "sender", "recipient"
  std::string state, status;  // status: scheduled, open, in_doubt, suspense, completed, aborted, unexecutable
  std::string waiting_on;     // peer, ledger, home, resolution; empty when nothing
  std::string reason_code, reason_detail;
  std::string instrument, quantity, source_ledger, target_ledger, originator, beneficiary, reference;
  struct Step {
    std::string state, at;
  };
  std::vector<Step> timeline;
  std::string json;
  // Nothing more happens by itself: completed, aborted or unexecutable.
  bool is_final() const { return status == "completed" || status == "aborted" || status == "unexecutable"; }
};
struct TransferPage {
  std::vector<Transfer> transfers;
  std::string next;  // give it to the next call; empty at the end
  std::string json;
};

struct Positions {
  std::string ledger, instrument;
  std::string outstanding_base_units, provisional_base_units, backing_base_units;
  struct Row {
    std::string account, capacity, quantity, locked, blocked;  // in security units; in base units where not exact
  };
  std::vector<Row> rows;
  struct Elsewhere {
    std::string ledger, quantity;
  };
  std::vector<Elsewhere> elsewhere;
  std::string json;
};
struct InstrumentList {
  struct Row {
    std::string id, name, version, issued, issuer_ledger, home_gateway, status;
    std::vector<std::string> ledgers;
  };
  std::vector<Row> rows;
  std::string json;
};

// One change of a transfer's state. Texts as sent.
struct Event {
  std::string cursor;          // keep it with what the event led to; the next call goes on behind it
  std::uint64_t sequence = 0;  // of the gateway: strictly increasing, an event's for ever
  std::string type;            // "transfer.state"; pass over what you do not know
  TransferId transfer;
  std::string role, state, status, waiting_on, reason_code, reason_detail, at;
  std::string json;            // the whole object
};
struct EventPage {
  std::vector<Event> events;
  std::string next;            // cursor of the last one looked at; further than that of the last event
  bool more = false;           // the next call finds something at once
  std::string json;
};
struct FollowOptions {
  std::string after;                     // the cursor kept last; empty: from the oldest that the gateway keeps
  unsigned page = 100;                   // at most 1000
  Duration wait = Duration::seconds(20); // of one question, for something new; at most 30 s, below the transport's timeout
  unsigned failures = 0;                 // so many calls in a row without an answer end it; 0: never
  // After each answer, also an empty one, with the cursor to go on behind; false ends it.
  std::function<bool(const std::string& cursor)> between;
};

class Client {
 public:
  // `wait` passes the time between attempts; it is injected so that tests need not.
  using Wait = std::function<void(Duration)>;
  Client(std::unique_ptr<Transport> transport, std::unique_ptr<Random> random, Wait wait, RetryPolicy retry = {});

  // The same key with the same order gives the same transfer, however often it is sent.
  Outcome<Transfer> start_transfer(const TransferOrder& order, const IdempotencyKey& key);
  // As many calls as it takes (up to 1,000 orders each, below `octets`), each repeated as start_transfer is. In order: each
  // order's own answer, the last call's failure for those it got no answer to. The same keys with the same orders give the same.
  std::vector<Outcome<Transfer>> start_batch(std::span<const BatchOrder> orders, std::size_t octets = 200'000);
  Outcome<Transfer> cancel_transfer(const TransferId& id);  // never repeated by itself
  Outcome<Transfer> transfer(const TransferId& id);
  Outcome<TransferPage> transfers(unsigned limit, const std::string& after);
  // What happened behind the cursor, to your transfers only. `wait`: with nothing to tell the gateway waits so long.
  // Code::cursor_expired, cursor_ahead: go on behind `failure().restart_after`, and list the transfers for what was missed.
  Outcome<EventPage> events(const std::string& after, unsigned limit = 100, Duration wait = {});
  // Gives `take` every event once, in order, across lost connections and restarts of the gateway, until it gives false.
  // The value is the cursor to go on behind. Blocks; `take` runs on the caller's thread.
  Outcome<std::string> follow(const FollowOptions& options, const std::function<bool(const Event&)>& take);
  Outcome<Bytes> evidence(const TransferId& id);
  Outcome<Positions> positions(const InstrumentId& instrument);
  Outcome<InstrumentList> instruments();
  // One statement frame; applied twice it is the same statement. Gives its sequence number.
  Outcome<std::uint64_t> apply_statement(BytesView frame);

 private:
  enum class Repeat : bool { kNever, kYes };
  Outcome<HttpReply> call(const HttpRequest& request, Repeat repeat);
  static bool passes(const Failure& failure);
  Duration wait_before(unsigned attempt, Duration asked);

  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Random> random_;
  Wait wait_;
  RetryPolicy retry_;
};

}  // namespace ustp::client
