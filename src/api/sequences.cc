#include "app/sequences.h"

#include "api/nouns.h"
#include "api/views.h"
#include "app/publishing.h"
#include "app/yaml.h"

namespace onward::api {
namespace {

using namespace shape;

constexpr int64_t kMaxNumber = 1'000'000;
const std::vector<std::string> kStates = {"active", "done", "stopped"};

template <class IdType>
int64_t key_of(const Json& row) {
  return IdType::parse(get_string(row, "id"))->value;
}

Result<int> number_of(const Call& call) {
  std::string given(call.request.param("number"));
  if (given.empty() || given.size() > 6 || given.find_first_not_of("0123456789") != given.npos)
    return fail(Code::not_found, "there is no such version");
  return std::stoi(given);
}

Result<Answer> list_sequences(Step& step, const Call& call) {
  Page page = TRY(page_of(call));
  json::array rows = TRY(app::list_sequences(step, call.query("type"), page.after, page.limit + 1));
  return Answer{200, page_json(std::move(rows), page, key_of<SequenceId>)};
}

Result<Answer> get_version(Step& step, const Call& call) {
  return ok(app::get_sequence_version(step, TRY(call.id<SequenceTag>("id")), TRY(number_of(call))));
}

Result<Answer> preview(Step& step, const Call& call) {
  SequenceId sequence = TRY(call.id<SequenceTag>("id"));
  EnrollmentId after;
  if (find(call.body, "after")) after = TRY(EnrollmentId::parse(get_string(call.body, "after")));
  return ok(app::preview_publication(step, sequence, static_cast<int>(get_int(call.body, "number")), after));
}

Result<Answer> publish(Step& step, const Call& call) {
  SequenceId sequence = TRY(call.id<SequenceTag>("id"));
  return ok(app::publish_sequence(step, sequence, static_cast<int>(get_int(call.body, "number")),
                                  get_bool(call.body, "move"), get_string(call.body, "digest")));
}

Result<Answer> list_enrollments(Step& step, const Call& call) {
  Page page = TRY(page_of(call));
  app::EnrollmentFilter filter{.state = call.query("state"), .after = page.after, .limit = page.limit + 1};
  if (std::string c = call.query("conversation_id"); !c.empty()) filter.conversation = TRY(ConversationId::parse(c));
  if (std::string q = call.query("sequence_id"); !q.empty()) filter.sequence = TRY(SequenceId::parse(q));
  json::array rows = TRY(app::list_enrollments(step, filter));
  return Answer{200, page_json(std::move(rows), page, key_of<EnrollmentId>)};
}

Result<Answer> add_enrollment(Step& step, const Call& call) {
  ConversationId conversation = TRY(ConversationId::parse(get_string(call.body, "conversation_id")));
  return created(app::add_enrollment(step, conversation, TRY(SequenceId::parse(get_string(call.body, "sequence_id")))));
}

void add_enrollments(std::vector<Route>& routes) {
  static const Shape start = object({{"conversation_id", id("cnv"), required}, {"sequence_id", id("seq"), required}});
  static const Shape stop = object({{"reason", line(1, 200), required, "Why it is stopped"}});
  routes.push_back(
      {.method = "GET",
       .path = "/enrollments",
       .summary = "Which conversations are, or were, on which sequence",
       .roles = kReaders,
       .query = paged({{"conversation_id", id("cnv")}, {"sequence_id", id("seq")}, {"state", one_of(kStates)}}),
       .answer = "EnrollmentList",
       .reads = true,
       .handle = list_enrollments});
  routes.push_back({.method = "POST",
                    .path = "/enrollments",
                    .summary = "Start a sequence for a conversation",
                    .roles = kChangers,
                    .body = start,
                    .answer = "Enrollment",
                    .status = 201,
                    .handle = add_enrollment});
  routes.push_back({.method = "POST",
                    .path = "/enrollments/{id}/stop",
                    .summary = "Stop a sequence for a conversation",
                    .roles = kChangers,
                    .body = stop,
                    .answer = "Enrollment",
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(app::stop_enrollment(s, TRY(c.id<EnrollmentTag>("id")), get_string(c.body, "reason")));
                    }});
}

std::vector<Field> version_fields() {
  return {{"id", id("ver"), required},
          {"number", integer(1, kMaxNumber), required},
          {"published_at", time(), nullable, "null: a draft"},
          {"published_by", line(1, 60), nullable},
          {"created_at", time(), required},
          {"active", integer(0, INT64_MAX), required, "Conversations that are on it"}};
}

std::vector<Field> sequence_fields() {
  Shape number = integer(1, kMaxNumber), count = integer(0, INT64_MAX);
  return {{"id", id("seq"), required},
          {"name", line(1, 120), required},
          {"type", line(1, 60), required},
          {"created_at", time(), required},
          {"updated_at", time(), required},
          {"retired_at", time(), nullable},
          {"published", number, nullable, "The newest published version"},
          {"draft", number, nullable, "The version that waits to be published"},
          {"active", count, required, "Conversations that are on it"},
          {"versions", shape::list(object(version_fields()), 0, 10'000), shape::optional, "Newest first; not in lists"},
          {"moved", count, shape::optional, "In the answer of publish"},
          {"stayed", count, shape::optional, "In the answer of publish"}};
}

Shape move_shape() {
  return object(
      {{"conversation_id", id("cnv"), required},
       {"enrollment_id", id("enr"), required},
       {"contact_name", line(0, 200), nullable},
       {"verdict", one_of({"moves", "stays"}), required},
       {"why", line(0, 200), nullable, "Why it stays"},
       {"step_before", line(1, 60), required},
       {"step_after", line(1, 60), nullable, "null: nothing is left, it ends"},
       {"due_before", time(), required},
       {"due_after", time(), nullable},
       {"at_once", boolean(), required, "Its time has passed: it is due when it moves"},
       {"zone", line(1, 60), required},
       {"skipped", shape::list(line(1, 300), 0, 50), required, "Steps that are passed over, with the reason"}});
}

}  // namespace

void add_sequences(std::vector<Route>& routes) {
  static const Shape yaml = object({{"yaml", text(1, app::kMaxYamlBytes), required, "The document as YAML"}});
  routes.push_back({.method = "GET",
                    .path = "/sequences",
                    .summary = "The sequences",
                    .roles = kReaders,
                    .query = paged({{"type", line(1, 60), shape::optional, "Conversation type"}}),
                    .answer = "SequenceList",
                    .reads = true,
                    .handle = list_sequences});
  routes.push_back({.method = "POST",
                    .path = "/sequences",
                    .summary = "A new sequence, or the draft of the next version of the one with its name",
                    .roles = kOwner,
                    .body = app::sequence_body_shape(),
                    .answer = "Sequence",
                    .status = 201,
                    .handle = [](Step& s, const Call& c) { return created(app::add_sequence(s, c.body)); }});
  routes.push_back({.method = "POST",
                    .path = "/sequences/parse",
                    .summary = "Read a YAML document as JSON; nothing is kept",
                    .roles = kReaders,
                    .body = yaml,
                    .answer = "ParsedSequence",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) { return ok(app::parse_sequence(s, c.body)); }});
  routes.push_back({.method = "GET",
                    .path = "/sequences/{id}",
                    .summary = "One sequence with its versions",
                    .roles = kReaders,
                    .answer = "Sequence",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(app::get_sequence(s, TRY(c.id<SequenceTag>("id"))));
                    }});
  routes.push_back({.method = "GET",
                    .path = "/sequences/{id}/versions/{number}",
                    .summary = "One version as JSON and as YAML",
                    .roles = kReaders,
                    .answer = "SequenceVersion",
                    .reads = true,
                    .handle = get_version});
  routes.push_back({.method = "POST",
                    .path = "/sequences/{id}/preview",
                    .summary = "Who would move, stay or skip what if this draft were published",
                    .roles = {Role::owner, Role::auditor},
                    .body = app::publish_preview_shape(),
                    .answer = "PublicationPreview",
                    .reads = true,
                    .handle = preview});
  routes.push_back({.method = "POST",
                    .path = "/sequences/{id}/publish",
                    .summary = "Publish a draft; with move exactly what the preview showed, else 409",
                    .roles = kOwner,
                    .body = app::publish_shape(),
                    .answer = "Sequence",
                    .handle = publish});
  routes.push_back({.method = "POST",
                    .path = "/sequences/{id}/retire",
                    .summary = "Let no conversation start it any more",
                    .roles = kOwner,
                    .answer = "Sequence",
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(app::retire_sequence(s, TRY(c.id<SequenceTag>("id"))));
                    }});
  add_enrollments(routes);
}

void describe_sequences(Schemas& schemas) {
  schemas.add("Sequence", object(sequence_fields()));
  std::vector<Field> version = version_fields();
  version.push_back({"sequence_id", id("seq"), required});
  version.push_back({"document", sequences::document_shape(), required});
  version.push_back({"yaml", text(1, 256 * 1024), required});
  schemas.add("SequenceVersion", object(std::move(version)));
  schemas.add("ParsedSequence", object({{"document", any(256 * 1024), required, "As read; not yet checked"}}));
  Shape count = integer(0, INT64_MAX);
  schemas.add(
      "PublicationPreview",
      object({{"number", integer(1, kMaxNumber), required},
              {"moves", shape::list(move_shape(), 0, 200), required},
              {"next", id("enr"), nullable, "For `after`: more follow"},
              {"counts", object({{"moves", count, required}, {"stays", count, required}, {"ends", count, required}}),
               required},
              {"digest", line(1, 100), required, "Over all moves; publish names it"}}));
  schemas.add("Enrollment", enrollment_view_shape());
}

}  // namespace onward::api
