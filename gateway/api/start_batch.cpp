// POST /v1/transfers:batch (USTP-API-015): every order goes to the Service by itself; the answers are gathered.
#include "gateway/api/batch_order.hpp"
#include "gateway/api/handler.hpp"
#include "gateway/api/json_writer.hpp"
#include "gateway/api/open_call.hpp"
#include "gateway/api/order.hpp"
#include "gateway/api/permit.hpp"
#include "gateway/api/render.hpp"

namespace ustp::gateway::api {
namespace {

struct Gathered {
  std::vector<std::string> answers;  // JSON, by the order's place
  std::size_t missing = 0;
};

std::string answer_of(const std::string& key, int status, std::string_view name, std::string_view document, bool replayed) {
  JsonWriter w;
  w.open_object().stated("idempotency_key", key).name("status").number(static_cast<std::uint64_t>(status));
  if (replayed) w.name("replayed").boolean(true);
  w.name(name).json(document).close_object();
  return w.take();
}

Response gathered_response(const Gathered& gathered) {
  Response out;
  out.status = 207;
  out.content_type = kJson;
  JsonWriter w;
  w.open_object().name("answers").open_list();
  for (const auto& one : gathered.answers) w.json(one);
  w.close_list().close_object();
  out.body = w.take();
  return out;
}

}  // namespace

std::optional<Fault> Handler::start_batch(const OpenCall& call, Request& request) {
  std::vector<BatchItem> items;
  if (auto fault = read_batch(request.body, items)) return fault;
  if (metrics_->in_flight.load() + static_cast<std::int64_t>(items.size()) > static_cast<std::int64_t>(options_.in_flight))
    return Fault{{Code::overloaded, "requests in flight"}, {}};
  rate_.charge(call->participant, call->started, items.size() - 1);

  const auto gathered = std::make_shared<Gathered>();
  gathered->answers.resize(items.size());
  gathered->missing = items.size();
  // On the handler's thread.
  const auto take = [call, gathered](std::size_t place, std::string answer) {
    gathered->answers[place] = std::move(answer);
    if (--gathered->missing == 0 && call->respond) call->handler->finish(*call, gathered_response(*gathered), {});
  };
  const auto refusal = [call, doc = options_.doc_url](const std::string& key, const Fault& fault) {
    const auto problem = render_problem(fault, {call->request_id, call->path, doc});
    return answer_of(key, problem.status, "problem", problem.body, false);
  };
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto& item = items[i];
    if (item.fault) {
      take(i, refusal(item.key, *item.fault));
      continue;
    }
    item.order.participant = call->participant;
    auto permit = std::make_shared<Permit>(metrics_);
    service_.start_transfer(std::move(item.order), [take, refusal, permit, i, key = item.key, run = options_.run, call](Result<TransferView> result) {
      run([take, refusal, permit, i, key, call, result = std::move(result)] {
        if (!call->respond) {
          ++permit->metrics->late_replies;
        } else if (result) {
          take(i, answer_of(key, result->scheduled ? 202 : 201, "transfer", render_transfer(*result), result->replayed));
        } else {
          Fault fault{result.error(), {}};
          const auto field = order_field_of(result.error());
          if (!field.empty()) fault.pointer = "/orders/" + std::to_string(i) + "/order" + std::string(field);
          take(i, refusal(key, fault));
        }
      });
    });
  }
  return {};
}

}  // namespace ustp::gateway::api
