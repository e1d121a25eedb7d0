#include "app/sequences.h"

#include <fmt/format.h>

#include "app/cases.h"
#include "app/record.h"
#include "app/scope.h"
#include "app/views.h"
#include "app/yaml.h"
#include "core/conversations/publish.h"

namespace onward::app {
namespace {

constexpr size_t kMaxDocument = 256 * 1024;

json::object sequence_view(const Rows& rows, size_t r) {
  auto number = [&](size_t column) { return rows.is_null(r, column) ? Json(nullptr) : Json(rows.integer(r, column)); };
  return {{"id", SequenceId{rows.integer(r, 0)}.text()},
          {"name", rows.text(r, 1)},
          {"type", rows.text(r, 2)},
          {"created_at", time_text(rows, r, 3)},
          {"updated_at", time_text(rows, r, 4)},
          {"retired_at", time_json(rows, r, 5)},
          {"published", number(6)},
          {"draft", number(7)},
          {"active", rows.integer(r, 8)}};
}

json::object version_view(const Rows& rows, size_t r) {
  return {{"id", VersionId{rows.integer(r, 0)}.text()}, {"number", rows.integer(r, 1)},
          {"published_at", time_json(rows, r, 2)},      {"published_by", text_json(rows.text(r, 3))},
          {"created_at", time_text(rows, r, 4)},        {"active", rows.integer(r, 5)}};
}

Error below_document(Error e) {
  for (FieldError& f : e.fields) f.pointer = "/document" + f.pointer;
  return e;
}

// The number of the version that this document becomes.
struct Place {
  SequenceId sequence;
  int64_t number = 1;
  bool replaces = false;
};

Result<Place> place_of(Step& step, const sequences::Document& d) {
  Rows known = step.run("sequence_by_name", {d.name});
  if (known.empty()) {
    Place p{step.new_id<SequenceId>(), 1, false};
    step.run("sequence_insert", {p.sequence.value, d.name, d.type, to_ms(step.now)});
    return p;
  }
  SequenceId id{known.integer(0, 0)};
  if (known.text(0, 1) != d.type)
    return fail_field("/document/type", "not_allowed",
                      fmt::format("\"{}\" is a sequence of {}; give this one another name", d.name, known.text(0, 1)));
  step.run("sequence_lock", {id.value});
  Rows versions = step.run("sequence_versions", {id.value});
  if (versions.empty()) return Place{id, 1, false};
  bool draft = versions.is_null(0, 2);
  return Place{id, versions.integer(0, 1) + (draft ? 0 : 1), draft};
}

const conversations::VersionedDocument* current_version(const Catalog& catalog, SequenceId id) {
  for (const auto& [key, v] : catalog.versions)
    if (v.sequence == id && v.current) return &v;
  return nullptr;
}

json::object enrollment_row(const Rows& rows, size_t r) {
  return {{"id", EnrollmentId{rows.integer(r, 0)}.text()},
          {"conversation_id", ConversationId{rows.integer(r, 1)}.text()},
          {"sequence_id", SequenceId{rows.integer(r, 2)}.text()},
          {"version_id", VersionId{rows.integer(r, 3)}.text()},
          {"state", rows.text(r, 4)},
          {"step", rows.text(r, 5)},
          {"reason", rows.text(r, 6)},
          {"end_reason", text_json(rows.text(r, 7))},
          {"started_at", time_text(rows, r, 8)},
          {"ended_at", time_json(rows, r, 9)},
          {"name", rows.text(r, 10)},
          {"version", rows.integer(r, 11)}};
}

}  // namespace

const Shape& sequence_body_shape() {
  static const Shape body = shape::object(
      {{"document", sequences::document_shape(), shape::required, "The sequence; see docs/sequences.md"}});
  return body;
}

Result<sequences::Document> checked_document(const Json& j, const Catalog& catalog) {
  auto document = sequences::parse_document(j);
  if (!document) return fail(below_document(std::move(document.error())));
  if (Status s = conversations::check_document(*document, catalog); !s)
    return fail(below_document(std::move(s.error())));
  return document;
}

std::string document_yaml(const Json& document) {
  static const Json schema = sequences::document_shape().json_schema();
  return to_yaml(document, schema);
}

Result<Json> parse_sequence(Step&, const Json& body) {
  auto document = parse_yaml(get_string(body, "yaml"));
  if (!document) {
    for (FieldError& f : document.error().fields) f.pointer = "/yaml";
    return fail(std::move(document.error()));
  }
  return Json{{"document", std::move(*document)}};
}

Result<Json> add_sequence(Step& step, const Json& body) {
  TRY_VOID(step.require_role({Role::owner}));
  const Json* given = find(body, "document");
  if (!given) return fail_field("/document", "required", "is missing");
  std::string text = dump(*given);
  if (text.size() > kMaxDocument) return fail_field("/document", "too_long", "a document has at most 256 KiB");
  sequences::Document d = TRY(checked_document(*given, step.catalog()));
  Place place = TRY(place_of(step, d));
  if (place.replaces) {
    step.run("sequence_draft_replace", {place.sequence.value, place.number, text, to_ms(step.now)});
  } else {
    step.run("sequence_version_insert",
             {step.new_id<VersionId>().value, place.sequence.value, place.number, text, to_ms(step.now)});
  }
  step.run("sequence_touched", {place.sequence.value, to_ms(step.now)});
  step.fact("sequence.drafted", {}, place.sequence.value, {{"name", d.name}, {"version", place.number}});
  return get_sequence(step, place.sequence);
}

Result<json::array> list_sequences(Step& step, const std::string& type, int64_t after, int limit) {
  Rows rows = step.run("sequence_list", {after, int64_t{limit}, ports::opt_text(type)});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(sequence_view(rows, r));
  return out;
}

Result<Json> get_sequence(Step& step, SequenceId id) {
  Rows rows = step.run("sequence_get", {id.value});
  if (rows.empty()) return not_found("sequence");
  json::object out = sequence_view(rows, 0);
  Rows versions = step.run("sequence_versions", {id.value});
  json::array list;
  for (size_t r = 0; r < versions.size(); ++r) list.push_back(version_view(versions, r));
  out["versions"] = std::move(list);
  return Json(std::move(out));
}

Result<Json> get_sequence_version(Step& step, SequenceId id, int number) {
  Rows rows = step.run("sequence_version_get", {id.value, int64_t{number}});
  if (rows.empty()) return not_found("version of this sequence");
  json::object out = version_view(rows, 0);
  Json document = stored_json(rows.text(0, 6), json::object{});
  out["sequence_id"] = id.text();
  out["yaml"] = document_yaml(document);
  out["document"] = std::move(document);
  return Json(std::move(out));
}

Result<Json> retire_sequence(Step& step, SequenceId id) {
  TRY_VOID(step.require_role({Role::owner}));
  Rows rows = step.run("sequence_lock", {id.value});
  if (rows.empty()) return not_found("sequence");
  if (!rows.is_null(0, 1)) return fail(Code::conflict, "this sequence is retired already");
  step.run("sequence_retire", {id.value, to_ms(step.now)});
  step.fact("sequence.retired", {}, id.value);
  step.bump_catalog();
  return get_sequence(step, id);
}

Result<json::array> list_enrollments(Step& step, const EnrollmentFilter& f) {
  Scope scope = scope_of(step.caller);
  Rows rows = step.run("sequence_enrollment_list",
                       {f.after, int64_t{f.limit}, ports::opt_int(f.conversation.value), ports::opt_text(f.state),
                        scope.owner, scope.agency, ports::opt_int(f.sequence.value)});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(enrollment_row(rows, r));
  return out;
}

Result<Json> add_enrollment(Step& step, ConversationId conversation, SequenceId sequence) {
  const auto* v = current_version(step.catalog(), sequence);
  if (!v) return fail_field("/sequence_id", "unknown", "there is no such published sequence");
  Case before = TRY(visible_case(step, conversation));
  if (before.conversation.type != v->document.type)
    return fail_field("/sequence_id", "not_allowed", fmt::format("this is a sequence of {}", v->document.type));
  Case after = TRY(apply_event(step, conversation, conversations::Enroll{v->version}));
  for (auto e = after.enrollments.rbegin(); e != after.enrollments.rend(); ++e)
    if (e->version == v->version) return Json(enrollment_view(*e, conversation, step.catalog()));
  return fail(Code::internal, "the enrollment is not there");
}

Result<Json> stop_enrollment(Step& step, EnrollmentId id, const std::string& reason) {
  Rows rows = step.run("sequence_enrollment_conversation", {id.value});
  if (rows.empty()) return not_found("enrollment");
  ConversationId conversation{rows.integer(0, 0)};
  Case before = TRY(visible_case(step, conversation));
  for (const auto& e : before.enrollments)
    if (e.id == id && e.state != sequences::EnrollmentState::active)
      return fail(Code::conflict, "this enrollment has ended already");
  Case after = TRY(apply_event(step, conversation, conversations::Unenroll{id, reason}));
  for (const auto& e : after.enrollments)
    if (e.id == id) return Json(enrollment_view(e, conversation, step.catalog()));
  return not_found("enrollment");
}

}  // namespace onward::app
