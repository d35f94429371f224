// GET /v1/events: a page, a page that waits, or a stream of server-sent events (HTML standard, section 9.2).
#include "gateway/api/handler.hpp"
#include "gateway/api/headers.hpp"
#include "gateway/api/open_call.hpp"
#include "gateway/api/render.hpp"

namespace ustp::gateway::api {
namespace {

constexpr std::uint64_t kMaxEvents = 1000, kMaxWaitSeconds = 30;
constexpr std::size_t kPieceEvents = 100;  // of one write: all that is ever kept for a slow reader

struct StreamContext {
  Service* service;
  std::function<void(std::function<void()>)> run;
  Duration heartbeat;
  std::string path, request_id, doc_url;
};

// One follower. Asks for the next piece only when the one before has left.
class EventStream final : public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(StreamContext context, ParticipantId who, std::uint64_t after,
              std::shared_ptr<const EventSeats::Seat> seat)
      : context_(std::move(context)), who_(std::move(who)), after_(after), seat_(std::move(seat)) {}

  void next(std::function<void(Piece)> give) {
    EventQuery query{who_, after_, kPieceEvents, context_.heartbeat, seat_};
    context_.service->events(
        std::move(query), [weak = weak_from_this(), run = context_.run, give](Result<EventPage> page) {
          run([weak, give, page = std::move(page)] {
            if (const auto self = weak.lock()) give(self->piece(page));
          });
        });
  }
  // The head of the stream, with what there was at once.
  std::string begin(const EventPage& page) { return "retry: 1000\n\n" + octets_of(page); }

 private:
  std::string octets_of(const EventPage& page) {
    std::string out;
    for (const auto& event : page.events)
      out.append("id: ").append(make_event_cursor(event.sequence)).append("\nevent: transfer.state\ndata: ")
          .append(render_event(event)).append("\n\n");
    // A sign of life, which tells how far was looked: what others' events moved on is not looked at again.
    if (page.events.empty()) out += ":\nid: " + make_event_cursor(page.next) + "\n\n";
    after_ = page.next;
    return out;
  }
  Piece piece(const Result<EventPage>& page) {
    if (page && !page->gap) return {octets_of(*page), false};
    const auto fault = page ? gap_fault(*page) : Fault{page.error(), {}};
    const auto problem = render_problem(fault, {context_.request_id, context_.path, context_.doc_url});
    return {"event: problem\ndata: " + problem.body + "\n\n", true};
  }

  StreamContext context_;
  ParticipantId who_;
  std::uint64_t after_;
  std::shared_ptr<const EventSeats::Seat> seat_;
};

Response stream_of(const std::shared_ptr<EventStream>& stream, const EventPage& page, bool head) {
  Response out;
  out.content_type = kEventStream;
  if (head) return out;
  out.body = stream->begin(page);
  out.next_piece = [stream](std::function<void(Piece)> give) { stream->next(std::move(give)); };
  return out;
}

std::variant<std::optional<std::uint64_t>, Fault> cursor_of(const Request& request, const Target& target) {
  // A browser that comes back asks for the same address and says in the field how far it is.
  const std::string* text = request.last_event_id ? &*request.last_event_id : parameter(target, "after");
  if (text == nullptr || text->empty()) return std::optional<std::uint64_t>();
  auto cursor = parse_event_cursor(*text);
  if (cursor) return std::optional(*cursor);
  if (request.last_event_id) return Fault{cursor.error(), {}, {}, "Last-Event-ID"};
  return Fault{cursor.error(), {}, "after"};
}

}  // namespace

std::optional<Fault> Handler::events(const OpenCall& call, const Request& request, const Target& target) {
  const bool stream = !accepts(request.accept, kJson);
  if (auto fault = stream ? only_parameters(target, {"after"}) : only_parameters(target, {"after", "limit", "wait"}))
    return fault;
  auto limit = number_parameter(target, "limit", 1, kMaxEvents, 100);
  if (auto* fault = std::get_if<Fault>(&limit)) return std::move(*fault);
  auto wait = number_parameter(target, "wait", 0, kMaxWaitSeconds, 0);
  if (auto* fault = std::get_if<Fault>(&wait)) return std::move(*fault);
  auto after = cursor_of(request, target);
  if (auto* fault = std::get_if<Fault>(&after)) return std::move(*fault);
  call->seat = seats_.take(call->participant);
  if (!call->seat) return Fault{{Code::overloaded, "event requests of this participant"}, {}};

  EventQuery query;
  query.participant = call->participant;
  query.after = std::get<std::optional<std::uint64_t>>(after);
  query.limit = stream ? kPieceEvents : static_cast<std::size_t>(std::get<std::uint64_t>(limit));
  query.wait = Duration::seconds(static_cast<std::int64_t>(std::get<std::uint64_t>(wait)));
  query.asker = call->seat;
  call->waits = query.wait;
  // The closures do not keep the call: a client that has gone takes its seat, and with it the question, along.
  service_.events(std::move(query), [weak = std::weak_ptr(call), run = options_.run, stream](Result<EventPage> page) {
    run([weak, stream, page = std::move(page)] {
      const auto open = weak.lock();
      if (open && open->respond) open->handler->answer_events(open, page, stream);
    });
  });
  return {};
}

void Handler::answer_events(const OpenCall& call, const Result<EventPage>& page, bool stream) {
  if (!page) return fail(*call, {page.error(), {}});
  if (page->gap) return fail(*call, gap_fault(*page));
  if (!stream) {
    Response out;
    out.content_type = kJson;
    out.body = render_events(*page);
    return finish(*call, std::move(out), {});
  }
  StreamContext context{&service_, options_.run, options_.heartbeat, call->path, call->request_id, options_.doc_url};
  const auto events = std::make_shared<EventStream>(std::move(context), call->participant, page->next, call->seat);
  finish(*call, stream_of(events, *page, call->head), {});
}

}  // namespace ustp::gateway::api
