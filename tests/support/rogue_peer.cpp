// A gateway that does wrong with the right certificate and key, towards a real one: it takes its place on the channel and
// carries out one attack after the other, each on a connection of its own. Prints "NAME link REASON" when the other side
// ended the link, "NAME answered MESSAGES" when it answered the question sent behind the attack.
//   ustp-rogue-peer --self ID --peer ID --endpoint wss://HOST:PORT --ca F --certificate F --key F --signing-key F
//                   --other-key F --peer-key PEM-TEXT --journal F ATTACK…
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <map>
#include <mutex>

#include "gateway/engine/entries.hpp"
#include "gateway/journal/inspect.hpp"
#include "gateway/peer/peer_network.hpp"
#include "ustp/wire/frame.hpp"

namespace {

using namespace ustp;
using wire::Message;

constexpr auto kPatience = std::chrono::seconds(15);

// What happened on the network's thread, for the thread that attacks.
class Inbox final : public gateway::PeerSink {
 public:
  void on_link_up(const GatewayId&, std::uint64_t link) override { say([&] { link_ = link; }); }
  void on_link_down(const GatewayId&, std::uint64_t link) override {
    say([&] { if (link == link_) link_ = 0; });
  }
  bool on_frame(const GatewayId&, std::uint64_t, Bytes&& frame) override {
    say([&] { frames_.push_back(std::move(frame)); });
    return true;
  }
  void on_end(const std::string& detail) { say([&] { ending_ = detail; }); }

  // Until `found` says so under the lock; false after kPatience.
  template <class Found>
  bool wait(Found found) {
    std::unique_lock hold(mutex_);
    return changed_.wait_for(hold, kPatience, [&] { return found(*this); });
  }
  std::uint64_t link_ = 0;
  std::vector<Bytes> frames_;
  std::string ending_;
  void forget() {
    const std::lock_guard hold(mutex_);
    frames_.clear();
    ending_.clear();
  }

 private:
  template <class Change>
  void say(Change change) {
    {
      const std::lock_guard hold(mutex_);
      change();
    }
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
};

struct Rogue {
  std::map<std::string, std::string> args;
  std::unique_ptr<crypto::Signer> signer, other;
  std::unique_ptr<gateway::PeerNetwork> network;
  Inbox inbox;
  SystemRandom random;
  SystemClock clock;
  GatewayId self, peer;
  std::vector<Bytes> frames;                              // that the honest gateway had sent to this peer
  std::map<wire::MessageType, std::pair<Message, Bytes>> last;  // its messages, the newest of each type
  wire::BatchHeader header;                               // of the next batch
  wire::Hello theirs;
  std::shared_ptr<const crypto::Verifier> peer_key;

  Result<void> prepare();
  bool connect(const std::function<void(wire::Hello&)>& spoil = {});
  void push(Bytes frame) { network->send(peer, inbox.link_, std::make_shared<const Bytes>(std::move(frame))); }
  Bytes sealed(const std::vector<Bytes>& messages, crypto::Signer& key) {
    std::vector<wire::OutgoingMessage> out;
    for (const auto& octets : messages) out.push_back({random.id<Salt>(), octets});
    return wire::seal_batch(header, out, key).value();
  }
  Bytes question() {
    auto ask = last.at(wire::MessageType::kTransferProposal).first;
    ask.previous = {};
    ask.body = wire::StatusRequest{};
    return wire::encode(ask);
  }
  Message spoiled(wire::MessageType type, const std::function<void(Message&)>& spoil) {
    auto message = last.at(type).first;
    spoil(message);
    return message;
  }
  void message(const Message& forged) { push(sealed({wire::encode(forged), question()}, *signer)); }
  std::string outcome();
};

Result<void> Rogue::prepare() {
  self = GatewayId::parse(args["--self"]).value();
  peer = GatewayId::parse(args["--peer"]).value();
  USTP_TRY(signer, crypto::load_signer_file(args["--signing-key"]));
  USTP_TRY(other, crypto::load_signer_file(args["--other-key"]));
  USTP_TRY(const auto spki, crypto::spki_from_pem(args["--peer-key"]));
  USTP_TRY(peer_key, crypto::make_verifier(spki));
  const auto keep = [&](const gateway::Block& block, BytesView, const Hash256&) -> Result<void> {
    USTP_TRY(const auto decoded, gateway::decode_entries(block.payload));
    for (const auto& entry : decoded.entries) {
      const auto* frame = std::get_if<gateway::FrameEntry>(&entry);
      if (!frame || frame->incoming || frame->peer != peer) continue;
      frames.push_back(frame->frame);
      USTP_TRY(const auto batch, wire::parse_batch(frame->frame));
      for (const auto& item : batch.items)
        if (const auto message = wire::decode(item.octets))
          last.insert_or_assign(message->type(), std::pair{*message, Bytes(item.octets.begin(), item.octets.end())});
    }
    return {};
  };
  USTP_CHECK(gateway::journal::inspect(args["--journal"], 1, keep));
  if (!last.contains(wire::MessageType::kTransferComplete)) return Error{Code::not_found, "a completed transfer"};
  gateway::PeerOptions options;
  options.self = self;
  options.tls = {args["--ca"], args["--certificate"], args["--key"]};
  options.backoff = {Duration::milliseconds(10), Duration::milliseconds(200)};
  options.observe = [this](const gateway::PeerEvent& event) {
    if (!event.up && event.link != 0) inbox.on_end(event.detail);
  };
  USTP_TRY(network, gateway::make_peer_network(std::move(options)));
  USTP_CHECK(network->start(inbox));
  return {};
}

// A new link with the hellos exchanged; the header is then that of the batch the other side waits for.
bool Rogue::connect(const std::function<void(wire::Hello&)>& spoil) {
  network->set_peers({});
  if (!inbox.wait([](Inbox& in) { return in.link_ == 0; })) return false;
  inbox.forget();
  network->set_peers({{peer, args["--endpoint"]}});
  if (!inbox.wait([](Inbox& in) { return in.link_ != 0 && !in.frames_.empty(); })) return false;
  const auto key = [this](const GatewayId&, const KeyId&) { return Result(peer_key); };
  const auto hello = wire::receive_hello(inbox.frames_.front(), key);
  if (!hello) return false;
  theirs = *hello;
  auto ours = theirs;
  ours.sender = self;
  ours.recipient = peer;
  std::swap(ours.sent, ours.received);
  ours.time = clock.now();
  if (spoil) spoil(ours);
  push(wire::seal_hello(ours, *signer).value());
  header = {};
  header.sender = self;
  header.recipient = peer;
  header.sequence = theirs.received.sequence + 1;
  header.previous = theirs.received.hash;
  header.time = clock.now();
  return true;
}

// Why the link ended, or the types of the messages that came, of which the last is the answer to the question.
std::string Rogue::outcome() {
  std::string types;
  std::size_t seen = 0;
  const bool told = inbox.wait([&](Inbox& in) {
    if (in.link_ == 0) return true;
    bool answered = false;
    for (; seen < in.frames_.size(); ++seen) {
      const auto batch = wire::parse_batch(in.frames_[seen]);
      if (!batch) continue;
      for (const auto& item : batch->items) {
        const auto message = wire::decode(item.octets);
        if (!message) continue;
        types += (types.empty() ? "" : ",") + std::string(to_string(message->type()));
        if (const auto* error = std::get_if<wire::ErrorMessage>(&message->body)) types += ":" + std::string(info(error->code).name);
        answered |= message->type() == wire::MessageType::kStatusReport;
      }
    }
    return answered;
  });
  if (!told) return "silent " + types;
  return inbox.link_ == 0 ? "link " + inbox.ending_ : "answered " + types;
}

using Type = wire::MessageType;
const std::map<std::string, std::function<void(Rogue&)>>& attacks() {
  static const std::map<std::string, std::function<void(Rogue&)>> table{
      {"honest", [](Rogue& r) { r.push(r.sealed({r.question()}, *r.signer)); }},
      {"abort_after_final", [](Rogue& r) {
         r.message(r.spoiled(Type::kCommitFinal, [&](Message& m) {
           auto decision = std::get<wire::CommitFinal>(m.body).decision;
           decision.outcome = wire::DecisionOutcome::kAbort;
           decision.time = r.clock.now();
           m.body = wire::SessionAbort{Code::cancelled, decision};
         }));
       }},
      {"replayed_frame", [](Rogue& r) {
         for (const auto& frame : r.frames) r.push(frame);
         r.push(r.sealed({r.question()}, *r.signer));
       }},
      {"replayed_messages", [](Rogue& r) {  // in a batch of their own, rightly numbered and signed
         std::vector<Bytes> all;
         for (const auto& [type, one] : r.last)
           if (type <= Type::kTransferComplete) all.push_back(one.second);
         all.push_back(r.question());
         r.push(r.sealed(all, *r.signer));
       }},
      {"other_session", [](Rogue& r) {
         r.message(r.spoiled(Type::kCommitFinal, [](Message& m) { m.session.mutable_octets()[0] ^= 1; }));
       }},
      {"skipped_number", [](Rogue& r) {
         ++r.header.sequence;
         r.push(r.sealed({r.question()}, *r.signer));
       }},
      {"broken_chain", [](Rogue& r) {
         r.header.previous.mutable_octets()[0] ^= 1;
         r.push(r.sealed({r.question()}, *r.signer));
       }},
      {"skipped_step", [](Rogue& r) {  // a commit-final of a transfer that nobody proposed
         r.message(r.spoiled(Type::kCommitFinal, [&](Message& m) { m.transfer = r.random.id<TransferId>(); }));
       }},
      {"other_body", [](Rogue& r) {
         r.message(r.spoiled(Type::kTransferProposal, [](Message& m) { m.extensions = {{"note", false, {1}}}; }));
       }},
      {"equivocation", [](Rogue& r) {  // its last batch, said otherwise
         r.header = wire::parse_batch(r.frames.back()).value().header;
         r.header.time.ns++;
         r.push(r.sealed({r.question()}, *r.signer));
       }},
      {"other_key", [](Rogue& r) { r.push(r.sealed({r.question()}, *r.other)); }},
      {"other_sender", [](Rogue& r) {
         r.header.sender = GatewayId::parse("gw-corda").value();
         r.push(r.sealed({r.question()}, *r.signer));
       }},
      {"zero_transfer", [](Rogue& r) {
         r.message(r.spoiled(Type::kTransferProposal, [](Message& m) { m.transfer = {}; }));
       }},
      {"zero_hash", [](Rogue& r) {
         r.message(r.spoiled(Type::kCommitFinal, [](Message& m) { m.previous = {}; }));
       }},
      {"zero_root", [](Rogue& r) {
         auto frame = r.sealed({r.question()}, *r.signer);
         const auto root = wire::parse_batch(frame).value().header.root;
         const auto at = std::search(frame.begin(), frame.end(), root.view().begin(), root.view().end());
         std::fill_n(at, root.view().size(), std::uint8_t{0});
         r.push(frame);
       }},
  };
  return table;
}

std::string carry_out(Rogue& rogue, const std::string& name) {
  if (name == "hello_of_another") {  // TLS says one thing, the signed hello another
    if (!rogue.connect([](wire::Hello& h) { h.sender = GatewayId::parse("gw-corda").value(); })) return "no link";
    return rogue.outcome();
  }
  const auto attack = attacks().find(name);
  if (attack == attacks().end()) return "unknown";
  if (!rogue.connect()) return "no link";
  attack->second(rogue);
  return rogue.outcome();
}

}  // namespace

int main(int argc, char** argv) {
  Rogue rogue;
  int i = 1;
  for (; i + 1 < argc && std::string_view(argv[i]).starts_with("--"); i += 2) rogue.args[argv[i]] = argv[i + 1];
  if (const auto done = rogue.prepare(); !done) {
    std::cerr << to_string(done.error()) << "\n";
    return 2;
  }
  for (; i < argc; ++i) std::cout << argv[i] << " " << carry_out(rogue, argv[i]) << std::endl;
  rogue.network->stop();
  return 0;
}
