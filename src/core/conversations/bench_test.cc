#include "core/conversations/bench_test.h"

#include <algorithm>

namespace onward::conversations {

using contacts::Purpose;

Bench::Bench() : rng_(1, &ids_) {
  catalog.types["advice"] = {.key = "advice", .label = "Advice", .promises = {}, .basis = {}};
  catalog.holidays = &calendar::public_holidays();
  catalog.organization_name = "Firm";
  catalog.base_url = "https://onward.example";
  add_template("hello", "Hello {{contact.first_name}}", "Dear {{contact.name}}, {{preferences_url}}");
  c.conversation = {.id = {1}, .contact = {2}, .organization = {}, .agency = {}, .owner = {3}, .type = "advice"};
  c.conversation.stage = Stage::met;
  c.conversation.stage_at = c.conversation.opened_at = now - std::chrono::hours{1};
  c.contact.emplace();
  c.contact->id = {2};
  c.contact->name = "Zoe Marchand";
  c.contact->email = "zoe@example.org";
  c.contact->consents = {{Purpose::marketing, "any", "granted", "consent", "form", now}};
  c.owner.id = {3};
  c.owner.name = "Ana";
  c.owner.mailbox = {4};
}

Names Bench::names() {
  return {rng_, [] { return std::string("token"); }, [](std::string_view) { return std::string("mac"); }};
}

Decision Bench::does(const Event& event) {
  Result<Decision> d = decide(c, event, catalog, names(), now);
  if (!d) {
    ADD_FAILURE() << "refused: " << d.error().message;
    return {c, {}, {}};
  }
  c = d->next;
  c.conversation.change = Change::none;
  for (Touch& t : c.touches) {
    t.change = Change::none;
    if (!t.open()) ended_[t.id] = t;
  }
  std::erase_if(c.touches, [](const Touch& t) { return !t.open(); });
  std::erase_if(c.promises, [](const Promise& p) { return !p.open(); });
  return std::move(*d);
}

Error Bench::refused(const Event& event) {
  Result<Decision> d = decide(c, event, catalog, names(), now);
  if (d) {
    ADD_FAILURE() << "it was done";
    return {};
  }
  return d.error();
}

sequences::Step Bench::email(std::string key, int days) {
  sequences::Step s;
  s.key = s.title = std::move(key);
  s.template_key = "hello";
  s.delay.amount = days;
  s.delay.at = Minutes{9 * 60 + 30};
  s.base = sequences::Base::previous;
  return s;
}

sequences::Step Bench::task(std::string key, int days) {
  sequences::Step s = email(std::move(key), days);
  s.kind = sequences::StepKind::task;
  s.template_key.clear();
  s.task_kind = "call";
  return s;
}

sequences::Document Bench::document(std::vector<sequences::Step> steps) {
  sequences::Document d;
  d.name = "Sequence";
  d.type = "advice";
  d.steps = std::move(steps);
  return d;
}

VersionId Bench::publish(sequences::Document d, int64_t sequence) {
  int number = 1;
  for (auto& [id, v] : catalog.versions)
    if (v.sequence == SequenceId{sequence}) v.current = false, ++number;
  VersionId id{++last_id_};
  catalog.versions[id] = {{sequence}, id, number, true, std::move(d)};
  return id;
}

AssetId Bench::add_template(const std::string& key, const std::string& subject, const std::string& body) {
  AssetId id{++last_id_};
  catalog.assets.push_back({.id = id, .kind = "template", .key = key, .title = key, .language = "en"});
  catalog.parsed_subjects[id] = *parse_template(subject);
  catalog.parsed_bodies[id] = *parse_template(body);
  return id;
}

AssetId Bench::add_asset(const std::string& title) {
  AssetId id{++last_id_};
  catalog.assets.push_back({.id = id, .kind = "scope", .key = "", .title = title, .language = "en"});
  return id;
}

Touch& Bench::only_open() {
  static Touch none;
  EXPECT_EQ(c.touches.size(), 1u);
  return c.touches.empty() ? none : c.touches.front();
}

Touch* Bench::by_step(std::string_view step) {
  for (Touch& t : c.touches)
    if (t.step == step) return &t;
  return nullptr;
}

Touch& Bench::by_title(std::string_view title) {
  static Touch none;
  for (Touch& t : c.touches)
    if (t.title == title) return t;
  ADD_FAILURE() << "no open touch is called " << title;
  return none;
}

const Touch& Bench::ended(TouchId id) const {
  static const Touch none;
  auto it = ended_.find(id);
  if (it != ended_.end()) return it->second;
  ADD_FAILURE() << "it has not ended";
  return none;
}

Promise& Bench::promise(std::string_view kind) {
  static Promise none;
  for (Promise& p : c.promises)
    if (p.kind == kind) return p;
  ADD_FAILURE() << "no open promise is of kind " << kind;
  return none;
}

bool Bench::active() const {
  return std::any_of(c.enrollments.begin(), c.enrollments.end(),
                     [](const Enrollment& e) { return e.state == sequences::EnrollmentState::active; });
}

Touch& Bench::approved(Purpose purpose) {
  sequences::Step first = email("first", 0);
  first.delay.at.reset();
  first.purpose = purpose;
  does(Enroll{publish(document({first, email("second", 3)}))});
  return only_open();
}

Touch& Bench::written(Purpose purpose) {
  does(Compose{"Ana", "By hand", "Text", Millis{0}});
  c.touches.back().purpose = purpose;
  return c.touches.back();
}

Touch& Bench::claim(int attempt) {
  for (Touch& t : c.touches) {
    if (!t.is_message()) continue;
    t.attempt = attempt - 1;
    now = std::max(now, *t.next_at);
    claimed = t.id;
    does(SendDue{claimed, kToken});
    for (Touch& after : c.touches)
      if (after.id == claimed) {
        EXPECT_EQ(sequences::to_string(after.state), "sending");
        return after;
      }
  }
  ADD_FAILURE() << "there is no message to claim";
  static Touch none;
  return none;
}

Touch& Bench::doubted(int attempt) {
  claim(attempt);
  pass(Minutes{5});
  does(Tick{});
  for (Touch& t : c.touches)
    if (t.id == claimed) {
      EXPECT_EQ(sequences::to_string(t.state), "in_doubt");
      return t;
    }
  ADD_FAILURE() << "it has ended";
  static Touch none;
  return none;
}

SendResult Bench::result(SendResult::Kind kind, int64_t token) const {
  return {.kind = kind, .touch = claimed, .lease_token = token, .evidence = "evidence", .reason = "a stop"};
}

bool has_fact(const Decision& d, std::string_view kind, std::string_view text) {
  return std::any_of(d.facts.begin(), d.facts.end(), [&](const Fact& f) {
    return f.kind == kind && json::serialize(f.data).find(text) != std::string::npos;
  });
}

}  // namespace onward::conversations
