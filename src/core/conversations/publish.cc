#include "core/conversations/publish.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/crypto.h"

namespace onward::conversations {
namespace {

const Touch* open_touch_of(const Case& c, EnrollmentId id) {
  for (const Touch& t : c.touches)
    if (t.enrollment == id && t.open()) return &t;
  return nullptr;
}

std::string why_it_stays(const Touch& t) {
  if (t.state == TouchState::approved) return "its message is approved";
  if (t.state == TouchState::sending) return "its message is on its way";
  if (t.state == TouchState::in_doubt) return "its message is in doubt";
  if (!t.edited_by.empty()) return "its draft was edited by a person";
  return {};
}

void fault(Error& e, std::string pointer, std::string code, std::string message) {
  if (e.message.empty()) e.message = message;
  e.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
}

void check_template_of(const sequences::Step& step, const std::string& at, const Catalog& catalog, Error& e) {
  bool any = false;
  for (const library::Asset& a : catalog.assets) {
    if (a.kind != "template" || a.key != step.template_key) continue;
    any = true;
    for (const auto* parsed : {&catalog.parsed_subjects, &catalog.parsed_bodies}) {
      auto it = parsed->find(a.id);
      if (it == parsed->end()) {
        fault(e, at + "/template", "template_syntax",
              fmt::format("the template {} ({}) cannot be read", a.key, a.language));
        continue;
      }
      if (Status s = check_template(it->second, template_variables()); !s)
        for (const FieldError& f : s.error().fields) fault(e, at + "/template", f.code, f.pointer + ": " + f.message);
    }
  }
  if (!any) fault(e, at + "/template", "unknown", fmt::format("the library has no template {}", step.template_key));
}

}  // namespace

Result<Move> preview_move(const Case& c, EnrollmentId id, VersionId to, const Catalog& catalog, const Names& names,
                          Instant now) {
  Move m{c.conversation.id, id, Verdict::stays, {}, {}, {}, {}, {}, {}};
  const Touch* open = open_touch_of(c, id);
  if (!open) return fail(Code::conflict, "this enrollment has no open touch");
  m.step_before = m.step_after = open->step;
  m.due_before = m.due_after = open->due_at;
  m.why = why_it_stays(*open);
  if (!m.why.empty()) return m;
  Decision d = TRY(decide(c, MoveVersion{id, to}, catalog, names, now));
  m.verdict = Verdict::moves;
  const Touch* after = open_touch_of(d.next, id);
  m.step_after = after ? after->step : "";
  m.due_after = after ? after->due_at : now;
  for (const Fact& f : d.facts)
    if (f.kind == "step.skipped" && f.subject == id.value)
      m.skipped.push_back(std::string(f.data.at("step").as_string()) + ": " +
                          std::string(f.data.at("reason").as_string()));
  return m;
}

std::string digest_of(const std::vector<Move>& moves) {
  std::string text;
  for (const Move& m : moves)
    text += fmt::format("{} {} {} {} {}\n", m.enrollment.text(), static_cast<int>(m.verdict), m.step_after,
                        to_ms(m.due_after), fmt::join(m.skipped, ","));
  return sha256_hex(text).substr(0, 32);
}

Status check_document(const sequences::Document& d, const Catalog& catalog) {
  Error e{Code::invalid, {}, {}, {}};
  if (!catalog.types.contains(d.type))
    fault(e, "/type", "unknown", fmt::format("there is no conversation type {}", d.type));
  for (size_t i = 0; i < d.steps.size(); ++i) {
    std::string at = fmt::format("/steps/{}", i);
    const sequences::Step& step = d.steps[i];
    if (!step.template_key.empty()) check_template_of(step, at, catalog, e);
    for (size_t k = 0; k < step.only_if.size(); ++k) {
      const auto& names = fact_names();
      if (std::find(names.begin(), names.end(), step.only_if[k].fact) == names.end())
        fault(e, fmt::format("{}/only_if/{}/fact", at, k), "unknown",
              fmt::format("must be one of {}", fmt::join(names, ", ")));
    }
  }
  if (!e.fields.empty()) return fail(std::move(e));
  return {};
}

}  // namespace onward::conversations
