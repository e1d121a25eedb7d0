#include "pages/book_questions.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/qualification/intake.h"
#include "app/qualification/uploads.h"
#include "base/text.h"
#include "pages/book_details.h"
#include "pages/handlers.h"
#include "pages/markdown.h"

namespace onward::pages {

using qualification::Answers;
using qualification::Question;
using qualification::QuestionKind;

namespace {

constexpr size_t kFewOptions = 8;  // more are a list to open

std::string purpose_of(const std::string& slug) { return "questions " + slug; }

std::vector<std::string> words_of(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    std::string_view word = list.substr(0, list.find(','));
    list.remove_prefix(std::min(word.size() + 1, list.size()));
    if (!word.empty()) out.emplace_back(word);
  }
  return out;
}

std::string megabytes(int64_t bytes) { return fmt::format("{:.3g}", static_cast<double>(bytes) / (1 << 20)); }

Field::Kind kind_of(const Question& q) {
  switch (q.kind) {
    case QuestionKind::choice:
      if (q.multiple) return Field::Kind::checks;
      return q.options.size() > kFewOptions ? Field::Kind::select : Field::Kind::radios;
    case QuestionKind::number: return Field::Kind::number;
    case QuestionKind::text: return q.lines ? Field::Kind::area : Field::Kind::text;
    case QuestionKind::date: return Field::Kind::date;
    case QuestionKind::file: return Field::Kind::file;
  }
  return Field::Kind::text;
}

std::string hint_of(const Words& w, const Question& q, const Json& typed) {
  std::string out = qualification::say(q.help, w.language());
  auto add = [&](const std::string& text) { out += (out.empty() ? "" : " ") + text; };
  if (q.kind == QuestionKind::number && !q.unit.empty()) add(w.say("book.unit", {{"unit", q.unit}}));
  if (q.kind != QuestionKind::file) return out;
  std::string kinds;
  for (const std::string& media : q.accept) {
    size_t slash = media.find('/');
    std::string name = media.ends_with("/*") ? media.substr(0, slash) : media.substr(slash + 1);
    kinds += (kinds.empty() ? "" : ", ") + name;
  }
  add(w.say("book.file_hint", {{"kinds", kinds}, {"size", megabytes(std::min(q.max_bytes, app::kMaxUpload))}}));
  if (const Json* file = find(typed, q.key); file && file->is_object())
    add(w.say("book.file_there", {{"name", get_string(*file, "name")}}));
  return out;
}

// What is typed already, as a form field holds it.
void fill(Field& field, const Json* given) {
  if (!given) return;
  auto chosen = [&](const std::string& key) {
    for (Choice& c : field.choices) c.checked = c.checked || c.value == key;
  };
  if (given->is_array())
    for (const Json& key : given->as_array()) chosen(std::string(key.as_string()));
  else if (given->is_string())
    field.value = given->as_string(), chosen(field.value);
  else if (given->is_number())
    field.value = dump(*given);
}

Field field_of(const Words& w, const Question& q, const Json& typed) {
  Field field{.name = std::string(kQuestion) + q.key,
              .label = qualification::say(q.label, w.language()),
              .kind = kind_of(q),
              .required = q.required && q.only_if.empty(),  // a browser must not ask for what others make vanish
              .hint = hint_of(w, q, typed)};
  if (!q.required) field.label = w.say("book.optional", {{"label", field.label}});
  // A page that is sent with the file already there must not ask for it again.
  if (q.kind == QuestionKind::file && find(typed, q.key)) field.required = false;
  if (field.kind == Field::Kind::select) field.choices.push_back(Choice{"", "–", false});
  for (const auto& option : q.options)
    field.choices.push_back(Choice{option.key, qualification::say(option.label, w.language()), false});
  if (q.kind != QuestionKind::file) fill(field, find(typed, q.key));
  return field;
}

// What was sent: answers as check_answers reads them, what was refused on the way, and what was asked.
struct Sent {
  json::object raw;
  std::vector<FieldError> faults;
  std::vector<std::string> asked;
  Answers answers;                     // those that can be read
  std::vector<const Question*> shown;  // with these answers
  bool complete = false;               // everything that is shown was asked, and nothing is wrong
};

void read_fields(const Posted& posted, const qualification::Form& form, const Json& before, Sent& out) {
  out.asked = words_of(posted.typed("asked"));
  for (const Question& q : form.questions) {
    std::string name = std::string(kQuestion) + q.key;
    if (std::ranges::count(out.asked, q.key) == 0) continue;
    if (q.kind == QuestionKind::file) {
      if (const Json* file = find(before, q.key)) out.raw[q.key] = *file;
      continue;
    }
    json::array values;
    for (const auto& [key, value] : posted.form)
      if (key == name && !trim(value).empty()) values.emplace_back(value);
    if (values.empty()) continue;
    if (q.kind == QuestionKind::choice)
      out.raw[q.key] = std::move(values);
    else
      out.raw[q.key] = values.front();
  }
}

// Files are kept with the draft, whatever else is wrong.
void read_files(app::Step& step, const Posted& posted, const qualification::Form& form, FormDraftId draft, Sent& out) {
  for (const http::FormPart& part : posted.files) {
    if (part.filename->empty() || part.content.empty()) continue;
    if (!part.name.starts_with(kQuestion)) continue;
    const Question* q = form.find(std::string_view(part.name).substr(kQuestion.size()));
    if (!q || q->kind != QuestionKind::file || std::ranges::count(out.asked, q->key) == 0) continue;
    qualification::Form alone;
    alone.questions = {*q};
    alone.questions[0].only_if.clear();
    json::object reference{{"id", "new"},
                           {"name", *part.filename},
                           {"media_type", part.media_type},
                           {"bytes", static_cast<int64_t>(part.content.size())}};
    auto fits = check_answers(alone, json::object{{q->key, reference}}, {{}, {}, Date{2000, 1, 1}});
    if (!fits) {
      out.faults.push_back(fits.error().fields.at(0));
      continue;
    }
    reference["id"] = app::add_upload(step, draft, *part.filename, part.media_type, part.content).text();
    out.raw[q->key] = std::move(reference);
  }
}

// Reads what can be read. An answer that the others do not show any more is dropped: the page that asked is older.
void judge(const app::StoredForm& stored, const qualification::Context& in, Sent& out) {
  qualification::Form lenient = stored.form;
  for (Question& q : lenient.questions) q.required = false;
  for (size_t round = 0; round <= lenient.questions.size(); ++round) {
    auto answers = check_answers(lenient, out.raw, in);
    if (answers) {
      out.answers = std::move(*answers);
      break;
    }
    for (FieldError& fault : answers.error().fields) {
      out.raw.erase(std::string_view(fault.pointer).substr(1));
      if (fault.code != "not_shown" && fault.code != "known") out.faults.push_back(std::move(fault));
    }
  }
  out.shown = visible_questions(stored.form, out.answers, in);
  out.complete = out.faults.empty();
  for (const Question* q : out.shown) {
    bool asked = std::ranges::count(out.asked, q->key) > 0;
    bool faulty = std::ranges::any_of(out.faults, [&](const FieldError& f) { return f.pointer == "/" + q->key; });
    out.complete = out.complete && asked;
    if (asked && q->required && !out.answers.contains(q->key) && !faulty) {
      out.faults.push_back({"/" + q->key, "required", "is required"});
      out.complete = false;
    }
  }
}

struct Asking {  // a page of questions as it is to be drawn
  const Visitor& v;
  const Offer& offer;
  std::vector<const Question*> shown;
  Json typed = json::object{};
  std::string hold;
  const Posted* posted = nullptr;
  std::vector<FieldError> faults = {};
  std::string notice = {};
  int status = 200;
};

Form form_of(const Asking& a) {
  const Words& w = a.v.words;
  Form form("questions", "/b/" + a.offer.type().slug + "/questions", w.say("book.go_on"));
  std::string asked;
  for (const Question* q : a.shown) asked += (asked.empty() ? "" : ",") + q->key;
  form.add({.name = "stamp",
            .label = "",
            .kind = Field::Kind::hidden,
            .value = draw_stamp(a.v.house, purpose_of(a.offer.type().slug))});
  form.add({.name = "asked", .label = "", .kind = Field::Kind::hidden, .value = asked});
  if (!a.hold.empty()) form.add({.name = "hold", .label = "", .kind = Field::Kind::hidden, .value = a.hold});
  for (const Question* q : a.shown) form.add(field_of(w, *q, a.typed));
  if (a.posted) {
    http::Pairs kept = a.posted->form;
    std::erase_if(kept, [](const auto& p) { return !std::string_view(p.first).starts_with(kQuestion); });
    form.keep(kept);
  }
  if (!a.faults.empty()) {
    Error error{Code::invalid, "", a.faults, {}};
    for (FieldError& f : error.fields) f.pointer = "/" + std::string(kQuestion) + f.pointer.substr(1);
    form.blame(error, w);
  }
  return form;
}

http::Response draw(const Asking& a) {
  const Words& w = a.v.words;
  const qualification::Form& form = a.offer.form->form;
  json::object model = book_frame(a.v, a.offer, "", Part::need);
  Told told = split_description(text_in(a.offer.type().description, w.language()));
  model["lead"] = told.lead;
  model["content"] = told.rest.empty() ? Json(nullptr) : Json(markdown_html(told.rest));
  model["ways"] = channel_words(w, a.offer.type());
  model["ask_title"] = qualification::say(form.title, w.language());
  model["intro"] = qualification::say(form.intro, w.language());
  model["notice"] = a.notice;
  model["files"] = std::ranges::any_of(a.shown, [](const Question* q) { return q->kind == QuestionKind::file; });
  model["hello"] =
      a.offer.guest ? Json(w.say("book.hello", {{"name", app::first_name(a.offer.guest->name)}})) : Json(nullptr);
  model["form"] = form_of(a).view(w, "");
  return draw_book(a.v, &a.offer, "book_questions", std::move(model), a.status,
                   a.hold.empty() ? Index::yes : Index::no);
}

qualification::Context context_of(app::Step& step, const Visitor& v, const Offer& offer, const json::object& raw,
                                  Answers& known, qualification::Facts& facts) {
  app::Answerer who = answerer_of(v, offer.guest);
  known = app::known_answers(step, *offer.form, who.contact);
  for (const auto& [key, value] : raw) known.erase(std::string(key));
  facts = app::facts_of(step, who);
  return {known, facts, app::today_of(step, who)};
}

std::vector<const Question*> questions_to_ask(const Visitor& v, const Offer& offer, const Json& typed) {
  std::vector<const Question*> out;
  (void)v.house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    Answers known;
    qualification::Facts facts;
    qualification::Context in = context_of(step, v, offer, {}, known, facts);
    qualification::Form lenient = offer.form->form;
    for (Question& q : lenient.questions) q.required = false;
    json::object raw = typed.as_object();
    for (const auto& [key, answer] : known) raw.erase(key);
    auto answers = check_answers(lenient, raw, in);
    out = visible_questions(offer.form->form, answers ? *answers : Answers{}, in);
    return {};
  });
  return out;
}

// What came in, written down; and whether it is all.
Result<Sent> take_in(app::Step& step, Visitor& v, Offer& offer, const Posted& posted) {
  Sent sent;
  app::FormDraft draft;
  if (offer.draft && offer.draft->form == offer.form->id && offer.draft->type == offer.type().id) draft = *offer.draft;
  if (!draft.id) draft.id = app::new_draft(step, offer.type().id, *offer.form);
  draft.type = offer.type().id;
  draft.form = offer.form->id;
  draft.version = offer.form->version;
  read_fields(posted, offer.form->form, draft.answers, sent);
  read_files(step, posted, offer.form->form, draft.id, sent);
  Answers known;
  qualification::Facts facts;
  qualification::Context in = context_of(step, v, offer, sent.raw, known, facts);
  judge(*offer.form, in, sent);
  draft.answers = sent.raw;
  draft.decision = json::object{};
  if (sent.complete) {
    app::Answerer who = answerer_of(v, offer.guest);
    who.draft = draft.id;
    draft.decision = app::qualification_view(TRY(app::qualify(step, *offer.form, draft.answers, who)));
  }
  app::save_draft(step, draft);
  v.trail.draft = sign(v.house, "draft", draft.id.text());
  offer.draft = std::move(draft);
  return sent;
}

}  // namespace

std::string way_on(const Visitor& v, const Offer& offer, const std::string& hold) {
  std::string here = "/b/" + offer.type().slug;
  if (!offer.decided) return v.trail.to(here + "/questions");
  if (!offer.gives_time()) {
    bool call = offer.decided->decision.outcome.kind == qualification::OutcomeKind::call_back;
    return v.trail.to(here + (call ? "/call" : "/next"));
  }
  if (!offer.elsewhere.empty()) return v.trail.to("/b/" + offer.elsewhere);
  return hold.empty() ? v.trail.to(here) : v.trail.to(here + "/details", {{"hold", hold}});
}

http::Response draw_questions(const Visitor& v, const Offer& offer, const std::string& hold) {
  Json typed = offer.draft ? offer.draft->answers : Json(json::object{});
  return draw({.v = v, .offer = offer, .shown = questions_to_ask(v, offer, typed), .typed = typed, .hold = hold});
}

http::Response show_questions(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  Visitor v = visitor_of(house, request, request.query);
  if (auto wait = too_often(house, request, Visits::looking, slug)) return draw_too_often(v, *wait);
  auto offer = read_offer(v, slug, Starts::left_out);
  if (!offer) return draw_book_error(v, offer.error());
  if (!offer->form) return see(v.trail.to("/b/" + slug));
  std::string hold = v.query("hold");
  return draw_questions(v, *offer, hold.size() <= 200 ? hold : "");
}

http::Response send_questions(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  auto posted = read_posted(house, request, purpose_of(slug), Files::taken);
  Visitor v = visitor_of(house, request, posted ? posted->form : request.query);
  bool files = posted && std::ranges::any_of(posted->files, [](const auto& f) { return !f.content.empty(); });
  Visits visits = files ? Visits::sending : Visits::choosing;
  if (auto wait = too_often(house, request, visits, slug)) return draw_too_often(v, *wait);
  if (!posted) return draw_book_error(v, posted.error());
  std::string hold = posted->typed("hold");
  Sent sent;
  Offer offer;
  Status done = house.runner.write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    offer = TRY(load_offer(step, slug, v, Starts::left_out));
    if (!offer.form) return {};
    sent = TRY(take_in(step, v, offer, *posted));
    return {};
  });
  if (!done) return draw_book_error(v, done.error());
  if (!offer.form) return see(v.trail.to("/b/" + slug));
  bool old = posted->stamp == Stamp::old;
  if (!sent.complete || old) {
    Asking again{.v = v,
                 .offer = offer,
                 .shown = sent.shown,
                 .typed = offer.draft->answers,
                 .hold = hold,
                 .posted = &*posted,
                 .faults = sent.faults};
    if (!sent.faults.empty() || old) again.status = 400;
    if (old)
      again.notice = v.words.say("book.old");
    else if (sent.faults.empty())
      again.notice = v.words.say("book.more_questions");
    return draw(again);
  }
  auto now = read_offer(v, slug, Starts::left_out);
  return now ? see(way_on(v, *now, hold)) : draw_book_error(v, now.error());
}

}  // namespace onward::pages
