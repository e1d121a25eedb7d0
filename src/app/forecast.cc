#include "app/forecast.h"

#include "app/case_rows.h"
#include "app/loops.h"
#include "app/scope.h"
#include "app/views.h"
#include "ports/courier.h"

namespace onward::app {

using namespace conversations;

namespace {

constexpr size_t kMaxRows = 5000;

// The outside of a forecast: every message is taken at once.
class TakesAll final : public ports::Courier {
 public:
  void send(std::vector<ports::Parcel> parcels, const Gate& gate, const Done& done) override {
    for (const ports::Parcel& p : parcels) {
      std::string stop = gate(p.message.touch);
      ports::Delivery d;
      d.fate = stop.empty() ? ports::Fate::accepted : ports::Fate::stopped;
      d.stop_reason = stop;
      done(p.message.touch, d);
    }
  }
};

// Where the present ends: what the newest touch and fact are.
struct Horizon {
  int64_t fact = 0;
};

Result<Horizon> horizon_of(Runner& runner) {
  Horizon h;
  TRY_VOID(runner.read(system_caller(), [&](Step& step) -> Status {
    h.fact = step.run("forecast_horizon").integer(0, 0);
    return {};
  }));
  return h;
}

json::object row_of(const Rows& rows, size_t r) {
  Touch t = read_touch(rows, r, 1);
  json::object view = touch_view(t, {rows.integer(r, 0)}, true);
  Instant at = t.sent_at.value_or(t.ended_at.value_or(t.next_at.value_or(t.due_at)));
  view["at"] = format_rfc3339(at);
  return view;
}

Result<Json> collect(Runner& runner, const Caller& caller, const Horizon& h, const ForecastRequest& request) {
  json::array data, skipped;
  TRY_VOID(runner.read(caller, [&](Step& step) -> Status {
    Scope scope = scope_of(caller);
    Params what{h.fact, ports::opt_int(request.conversation.value), scope.owner, scope.agency,
                static_cast<int64_t>(kMaxRows)};
    Rows rows = step.run("forecast_touches", what);
    for (size_t r = 0; r < rows.size(); ++r) data.push_back(row_of(rows, r));
    Rows facts = step.run("forecast_skips", what);
    for (size_t r = 0; r < facts.size(); ++r)
      skipped.push_back(json::object{{"at", format_rfc3339(from_ms(facts.integer(r, 0)))},
                                     {"kind", facts.text(r, 1)},
                                     {"conversation_id", ConversationId{facts.integer(r, 2)}.text()},
                                     {"data", *parse_json(facts.text(r, 3))}});
    return {};
  }));
  std::stable_sort(data.begin(), data.end(),
                   [](const Json& a, const Json& b) { return get_string(a, "at") < get_string(b, "at"); });
  return Json(json::object{{"data", std::move(data)}, {"changes", std::move(skipped)}});
}

Result<ContactId> contact_of(Runner& runner, const Caller& caller, ConversationId id) {
  ContactId contact;
  TRY_VOID(runner.read(caller, [&](Step& step) -> Status {
    contact = TRY(visible_case(step, id)).conversation.contact;
    return {};
  }));
  return contact;
}

}  // namespace

Result<Json> forecast(Runner& runner, ports::Laboratory& laboratory, const Caller& caller,
                      const ForecastRequest& request) {
  ContactId contact;
  if (request.conversation) contact = TRY(contact_of(runner, caller, request.conversation));
  auto store = TRY(laboratory.copy(contact));
  const Services& real = runner.services();
  ManualClock clock(runner.now());
  SeededEntropy entropy(static_cast<uint64_t>(to_ms(clock.now())));
  Runner future({*store, clock, entropy, real.secret, real.base_url, real.mail_domain});
  TakesAll courier;
  Engine engine(future, &courier);
  Horizon h = TRY(horizon_of(future));
  Instant until = clock.now() + std::chrono::days{request.days};
  TRY(advance(engine, clock, until));
  Json out = TRY(collect(future, caller, h, request));
  out.as_object()["from"] = format_rfc3339(runner.now());
  out.as_object()["until"] = format_rfc3339(until);
  json::array limits;
  if (contact) limits.push_back("mailbox caps count this contact's conversations only");
  out.as_object()["limits"] = std::move(limits);
  return out;
}

}  // namespace onward::app
