#include "app/booking/briefing.h"

#include <set>

#include "app/booking/attributions.h"
#include "app/qualification/answering.h"

namespace onward::app::booking {

using shape::nullable;
using shape::required;

namespace {

std::string text_in(const Json& texts, const std::string& language) {
  for (const std::string& wish : {language, language.substr(0, language.find('-')), std::string("en")})
    if (std::string text = get_string(texts, wish); !text.empty()) return text;
  for (const auto& [tag, text] : texts.as_object()) return std::string(text.as_string());
  return {};
}

class Briefer {
 public:
  Briefer(Step& step, const Appointment& a) : step_(step), a_(a) {}

  json::object history() {
    json::array conversations, appointments;
    Rows rows = step_.run("briefing_conversations", {a_.contact.value, a_.conversation.value});
    for (size_t r = 0; r < rows.size(); ++r)
      if (mine(rows, r, 7, {rows.integer(r, 0)}))
        conversations.push_back(json::object{{"id", ConversationId{rows.integer(r, 0)}.text()},
                                             {"type", rows.text(r, 1)},
                                             {"stage", rows.text(r, 2)},
                                             {"topic", text_json(rows.text(r, 3))},
                                             {"opened_at", time_text(rows, r, 4)},
                                             {"closed_at", time_json(rows, r, 5)},
                                             {"close_reason", text_json(rows.text(r, 6))}});
    rows = step_.run("briefing_appointments", {a_.contact.value, a_.id.value});
    for (size_t r = 0; r < rows.size(); ++r)
      if (mine(rows, r, 4, {rows.integer(r, 6)}))
        appointments.push_back(json::object{{"id", AppointmentId{rows.integer(r, 0)}.text()},
                                            {"start", time_text(rows, r, 1)},
                                            {"zone", rows.text(r, 2)},
                                            {"state", rows.text(r, 3)}});
    return {{"conversations", std::move(conversations)},
            {"appointments", std::move(appointments)},
            {"talks", talks()},
            {"elsewhere", static_cast<int64_t>(elsewhere_.size())}};
  }

  json::array talks() {
    json::array out;
    Rows rows = step_.run("briefing_talks", {a_.contact.value});
    for (size_t r = 0; r < rows.size(); ++r) {
      if (!mine(rows, r, 3, {rows.integer(r, 5)})) continue;
      Json objections = stored_json(rows.text(r, 2), json::array{});
      out.push_back(
          json::object{{"held_at", time_text(rows, r, 0)}, {"summary", rows.text(r, 1)}, {"objections", objections}});
      for (const Json& o : objections.as_array())
        if (o.is_string() && seen_.insert(std::string(o.as_string())).second) objections_.push_back(o);
    }
    return out;
  }
  json::array objections() { return std::move(objections_); }

  json::array read() {
    json::array out;
    Rows rows = step_.run("briefing_read", {a_.contact.value});
    for (size_t r = 0; r < rows.size(); ++r)
      if (mine(rows, r, 3, {rows.integer(r, 5)}))
        out.push_back(json::object{
            {"title", rows.text(r, 0)}, {"views", rows.integer(r, 1)}, {"last_view_at", time_json(rows, r, 2)}});
    return out;
  }

  json::array notes() {
    json::array out;
    Rows rows = step_.run("briefing_notes", {a_.conversation.value, a_.contact.value});
    for (size_t r = 0; r < rows.size(); ++r)
      out.push_back(
          json::object{{"text", rows.text(r, 0)}, {"author", rows.text(r, 1)}, {"at", time_text(rows, r, 2)}});
    return out;
  }

 private:
  // The reader's own: of this conversation, or of another one that the reader sees.
  bool mine(const Rows& rows, size_t r, size_t owner, ConversationId conversation) {
    if (conversation == a_.conversation) return true;
    if (step_.caller.sees({rows.integer(r, owner)}, {rows.integer(r, owner + 1)})) return true;
    elsewhere_.insert(conversation.value);
    return false;
  }

  Step& step_;
  const Appointment& a_;
  std::set<int64_t> elsewhere_;
  std::set<std::string> seen_;
  json::array objections_;
};

Json attribution_of(Step& step, AppointmentId id) {
  // As the system: a host reads why, also when the conversation is a colleague's.
  Rows row = step.run("attribution_list",
                      {int64_t{0}, int64_t{50}, int64_t{0}, int64_t{0}, int64_t{0}, ports::null_value(), id.value});
  if (row.empty()) return nullptr;
  size_t last = row.size() - 1;
  AdvisorId chosen{row.integer(last, 4)};
  json::array reasons;
  Json candidates = stored_json(row.text(last, 8), json::array{});
  for (const Json& c : candidates.as_array())
    if (get_string(c, "advisor") == chosen.text())
      for (const Json& reason : c.at("reasons").as_array()) reasons.push_back(reason);
  Json by = text_json(row.text(last, 10));
  return json::object{{"id", AttributionId{row.integer(last, 0)}.text()},
                      {"chosen", chosen.text()},
                      {"method", row.text(last, 5)},
                      {"reasons", std::move(reasons)},
                      {"candidates", static_cast<int64_t>(candidates.as_array().size())},
                      {"override_by", by},
                      {"override_reason", text_json(row.text(last, 11))}};
}

Shape list_of(std::vector<Field> fields, size_t most = 100) {
  return shape::list(shape::object(std::move(fields)), 0, most);
}

}  // namespace

Result<Json> briefing(Step& step, AppointmentId id, const std::string& language) {
  Appointment a = TRY(find_appointment(step, id));
  Rows type = step.run("meeting_type_get", {a.type.value});
  Rows contact = step.run("briefing_contact", {a.contact.value});
  Rows conversation = step.run("briefing_conversation", {a.conversation.value});
  std::string name = type.empty() ? std::string() : text_in(read_type(type, 0).name, language);
  Briefer b(step, a);
  json::object out;
  out["appointment"] = appointment_view(a);
  out["meeting_type"] = json::object{{"id", a.type.text()}, {"name", name}};
  out["contact"] = nullptr;
  if (!contact.empty())
    out["contact"] = json::object{{"id", a.contact.text()},
                                  {"name", contact.text(0, 0)},
                                  {"language", contact.text(0, 1)},
                                  {"zone", contact.text(0, 2)},
                                  {"organization", text_json(contact.text(0, 3))}};
  out["conversation"] = json::object{{"id", a.conversation.text()},
                                     {"topic", text_json(conversation.text(0, 0))},
                                     {"stage", conversation.text(0, 1)},
                                     {"channel", conversation.text(0, 2)},
                                     {"owner_id", id_json<AdvisorId>(a.owner.value)}};
  out["answers"] = answers_view(step, a.conversation, language, true);
  out["history"] = b.history();
  out["objections"] = b.objections();
  out["read"] = b.read();
  out["notes"] = b.notes();
  out["attribution"] = attribution_of(step, id);
  return Json(std::move(out));
}

Shape briefing_shape() {
  Shape count = shape::integer(0, INT64_MAX), line = shape::line(0, 500);
  Shape history = shape::object({{"conversations",
                                  list_of({{"id", shape::id("cnv"), required},
                                           {"type", line, required},
                                           {"stage", line, required},
                                           {"topic", line, nullable},
                                           {"opened_at", shape::time(), required},
                                           {"closed_at", shape::time(), nullable},
                                           {"close_reason", shape::text(0, 2000), nullable}}),
                                  required},
                                 {"appointments",
                                  list_of({{"id", shape::id("apt"), required},
                                           {"start", shape::time(), required},
                                           {"zone", shape::zone(), required},
                                           {"state", line, required}}),
                                  required},
                                 {"talks",
                                  list_of({{"held_at", shape::time(), required},
                                           {"summary", shape::text(0, 100'000), required},
                                           {"objections", shape::any(64 * 1024), required}}),
                                  required},
                                 {"elsewhere", count, required, "Conversations that the reader does not see"}});
  Shape reason = shape::object({{"key", line, required},
                                {"points", shape::number(-1e6, 1e6), required},
                                {"text", shape::text(0, 300), required}});
  Shape attribution = shape::object({{"id", shape::id("atr"), required},
                                     {"chosen", shape::id("adv"), required},
                                     {"method", line, required},
                                     {"reasons", shape::list(reason, 0, 50), required},
                                     {"candidates", count, required, "How many there were"},
                                     {"override_by", line, nullable},
                                     {"override_reason", shape::text(0, 300), nullable}});
  return shape::object(
      {{"appointment", shape::any(64 * 1024), required, "As GET /appointments/{id}"},
       {"meeting_type", shape::object({{"id", shape::id("mty"), required}, {"name", line, required}}), required},
       {"contact",
        shape::object({{"id", shape::id("con"), required},
                       {"name", line, required},
                       {"language", line, required},
                       {"zone", shape::zone(), required},
                       {"organization", line, nullable}}),
        nullable},
       {"conversation",
        shape::object({{"id", shape::id("cnv"), required},
                       {"topic", line, nullable},
                       {"stage", line, required},
                       {"channel", line, required},
                       {"owner_id", shape::id("adv"), nullable}}),
        required},
       {"answers", shape::list(answer_view_shape(), 0, 1000), required, "Of each question the newest"},
       {"history", history, required},
       {"objections", shape::any(64 * 1024), required, "So far, the newest first"},
       {"read",
        list_of({{"title", line, required}, {"views", count, required}, {"last_view_at", shape::time(), nullable}}),
        required, "What was sent and opened"},
       {"notes",
        list_of(
            {{"text", shape::text(0, 100'000), required}, {"author", line, required}, {"at", shape::time(), required}}),
        required},
       {"attribution", attribution, nullable, "Why this host"}});
}

}  // namespace onward::app::booking
