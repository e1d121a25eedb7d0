// Articles at the desk: write, look, publish, take back, and see them as an AI tool does.
#include <fmt/format.h>

#include "app/advisors.h"
#include "app/articles.h"
#include "pages/article_forms.h"
#include "pages/article_views.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

using Kind = Field::Kind;

constexpr int kListed = 200;  // in a field to choose from
constexpr size_t kOnOnePage = 50;
constexpr int kVisitDays = 30;
const std::string kDesk = "/desk/articles";

bool may_write(const Visit& v) { return v.caller().role == app::Role::owner || v.caller().role == app::Role::manager; }

struct Choices {
  std::vector<Choice> advisors, originals;
};

Choices choices_of(app::Step& step, const Visit& v) {
  Choices out;
  out.advisors.push_back({"", v.words.say("desk.nobody"), false});
  out.originals.push_back({"", v.words.say("desk.no_original"), false});
  if (auto advisors = app::list_advisors(step, {}, {.after = 0, .limit = kListed}))
    for (const Json& a : *advisors) out.advisors.push_back({get_string(a, "id"), get_string(a, "name"), false});
  if (auto articles = app::list_articles(step, {.limit = kListed}))
    for (const Json& a : *articles)
      if (!find(a, "translation_of")) out.originals.push_back({get_string(a, "id"), get_string(a, "title"), false});
  return out;
}

void choose(std::vector<Choice>& choices, const std::string& value) {
  for (Choice& c : choices) c.checked = c.value == value;
}

// `article` is a stored one or, for a new one, null.
Form article_form(const Visit& v, const Json& article, Choices choices) {
  const Words& w = v.words;
  bool is_new = article.is_null();
  auto was = [&](std::string_view key) { return is_new ? std::string() : get_string(article, key); };
  auto list = [&](std::string_view key) { return is_new ? json::array{} : article.at(key).as_array(); };
  Form form("article", is_new ? kDesk : kDesk + "/" + was("id"), w.say(is_new ? "desk.create" : "desk.save"));
  auto label = [&](std::string_view name) { return w.word("desk", name); };
  choose(choices.advisors, was("author_id"));
  form.add({.name = "title", .label = label("title"), .required = true, .value = was("title")});
  if (is_new) {
    std::vector<Choice> tongues;
    for (const std::string& l : languages()) tongues.push_back({l, w.say("language." + l), l == w.language()});
    form.add({.name = "language", .label = label("language"), .kind = Kind::select, .choices = tongues})
        .add({.name = "translation_of",
              .label = label("translation_of"),
              .kind = Kind::select,
              .choices = choices.originals});
  }
  form.add({.name = "slug", .label = label("slug"), .value = was("slug"), .hint = w.say("desk.slug_hint")})
      .add({.name = "summary",
            .label = label("summary"),
            .kind = Kind::area,
            .required = true,
            .value = was("summary"),
            .hint = w.say("desk.summary_hint"),
            .rows = 2})
      .add({.name = "body",
            .label = label("body"),
            .kind = Kind::area,
            .required = true,
            .value = was("body"),
            .hint = w.say("desk.body_hint"),
            .rows = 18})
      .add({.name = "author_id", .label = label("author_id"), .kind = Kind::select, .choices = choices.advisors})
      .add({.name = "author_name",
            .label = label("author_name"),
            .value = was("author_name"),
            .hint = w.say("desk.author_hint")})
      .add({.name = "author_credentials", .label = label("author_credentials"), .value = was("author_credentials")})
      .add({.name = "reviewed_by", .label = label("reviewed_by"), .value = was("reviewed_by")})
      .add({.name = "review_due", .label = label("review_due"), .kind = Kind::date, .value = was("review_due")})
      .add({.name = "sources",
            .label = label("sources"),
            .kind = Kind::area,
            .value = sources_text(list("sources")),
            .hint = w.say("desk.sources_hint"),
            .rows = 4})
      .add({.name = "faq",
            .label = label("faq"),
            .kind = Kind::area,
            .value = questions_text(list("faq")),
            .hint = w.say("desk.faq_hint"),
            .rows = 8})
      .add({.name = "topics",
            .label = label("topics"),
            .value = topics_text(list("topics")),
            .hint = w.say("desk.topics_hint")})
      .add({.name = "version",
            .kind = Kind::hidden,
            .value = is_new ? "" : std::to_string(get_int(article, "version"))});
  return form;
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

// What was typed, as the body of a POST or PATCH; what was cleared is null.
Result<Json> typed_article(const Visit& v, bool is_new) {
  Typed typed(v.form, v.zone);
  typed.text("title").text("body").set("summary", Json(one_line(v.typed("summary"))));
  for (std::string_view key : {"author_id", "author_name", "author_credentials", "reviewed_by", "review_due"}) {
    if (v.typed(key).empty())
      typed.set(key, nullptr);
    else
      typed.text(key);
  }
  typed.text("slug");
  if (is_new) typed.text("language").text("translation_of");
  typed.set("sources", sources_from(v.typed("sources"))).set("topics", topics_from(v.typed("topics")));
  typed.set("faq", TRY(questions_from(v.typed("faq"))));
  Json body = TRY(typed.body());
  TRY_VOID((is_new ? app::article_shape() : app::article_patch_shape()).validate(body));
  return body;
}

json::object preview_of(const Visit& v) {
  json::array faq;
  if (auto questions = questions_from(v.typed("faq")))
    for (const Json& q : *questions)
      faq.push_back(
          json::object{{"question", get_string(q, "question")}, {"answer", article_html(get_string(q, "answer"), 4)}});
  return {{"heading", v.typed("title")},
          {"lead", v.typed("summary")},
          {"content", article_html(v.typed("body"), 3)},
          {"faq", std::move(faq)}};
}

json::object state_chip(const Visit& v, const Json& article) {
  std::string state = get_string(article, "state");
  bool newer = state == "published" && get_int(article, "version") != get_int(article, "live_version");
  return {{"chip", v.words.say("article_state." + (newer ? "newer" : state))},
          {"tone", state == "published"   ? (newer ? "due" : "active")
                   : state == "withdrawn" ? "problem"
                                          : "cold"},
          {"chip_icon", state == "published"   ? "check"
                        : state == "withdrawn" ? "stop"
                                               : "pen"}};
}

json::array warnings_model(const Visit& v, const Json& article) {
  json::array out;
  for (const std::string& word : app::article_warnings(article, v.zone.date(v.now)))
    out.push_back(json::object{{"warning", v.words.say("warning." + word)}});
  return out;
}

struct Desk {
  Json article;  // null: a new one
  Choices choices;
};

Result<Desk> load(const Visit& v, bool is_new) {
  Desk desk;
  TRY(look(v, [&](app::Step& step) -> Result<Json> {
    if (!is_new) desk.article = TRY(app::get_article(step, TRY(path_id<ArticleId>(v))));
    desk.choices = choices_of(step, v);
    return Json(nullptr);
  }));
  return desk;
}

enum class Show { stored, typed, preview };

http::Response draw_form(const Visit& v, bool is_new, Show show, const Error* error = nullptr) {
  auto desk = load(v, is_new);
  if (!desk) return draw_error(v, desk.error());
  Form form = article_form(v, desk->article, std::move(desk->choices));
  if (show != Show::stored) form.keep(v.form);
  if (error) form.blame(*error, v.words);
  std::string title = is_new ? v.words.say("desk.new") : get_string(desk->article, "title");
  json::object model = frame(v, title, Room::articles);
  model["may_write"] = may_write(v);
  model["form"] = form.view(v.words, v.csrf);
  model["preview"] = show == Show::preview ? Json(preview_of(v)) : Json(nullptr);
  if (!is_new) {
    json::object x = state_chip(v, desk->article);
    std::string state = get_string(desk->article, "state");
    x["id"] = get_string(desk->article, "id");
    x["path"] = state == "published" ? article_path(desk->article) : "";
    x["publishes"] =
        state != "published" || get_int(desk->article, "version") != get_int(desk->article, "live_version");
    x["withdraws"] = state == "published";
    x["warnings"] = warnings_model(v, desk->article);
    model["x"] = std::move(x);
  }
  return draw(v, "desk_article", std::move(model), error ? http::status_of(error->code) : 200);
}

bool typed_wrong(const Error& e) {
  return e.code == Code::invalid || e.code == Code::conflict || e.code == Code::precondition;
}

http::Response press(const Visit& v, Result<Json> (*use_case)(app::Step&, ArticleId)) {
  auto id = path_id<ArticleId>(v);
  auto done = id ? change(v, [&](app::Step& step) { return use_case(step, *id); }) : Result<Json>(fail(id.error()));
  if (!done) return draw_error(v, done.error());
  return see(kDesk + "/" + id->text());
}

json::array ranks(const Visit& v, const Json& list, std::string_view group) {
  json::array out;
  for (const Json& row : list.as_array())
    out.push_back(json::object{{"name", v.words.word(group, get_string(row, "name"))},
                               {"kind", v.words.word("visitor", get_string(row, "kind"))},
                               {"visits", get_int(row, "visits")}});
  return out;
}

// Counts of one article's visits as {agents, referrers}, from the rows of app::article_visits.
Json sums_of(const Json& visits) {
  std::map<std::string, json::object> agents, places;
  auto add = [](std::map<std::string, json::object>& to, const Json& row, std::string_view key) {
    json::object& sum = to[get_string(row, key)];
    sum["name"] = get_string(row, key);
    sum["kind"] = get_string(row, std::string(key) + "_kind");
    sum["visits"] = (sum.contains("visits") ? sum["visits"].as_int64() : 0) + get_int(row, "visits");
  };
  for (const Json& row : visits.at("data").as_array()) {
    add(agents, row, "agent");
    add(places, row, "referrer");
  }
  json::array a, p;
  for (auto& [name, sum] : agents) a.push_back(std::move(sum));
  for (auto& [name, sum] : places) p.push_back(std::move(sum));
  return {{"agents", std::move(a)}, {"referrers", std::move(p)}};
}

void set_counts(const Visit& v, json::object& model, const Json& counts) {
  model["agents"] = ranks(v, counts.at("agents"), "agent");
  model["referrers"] = ranks(v, counts.at("referrers"), "referrer");
  model["has_visits"] = !counts.at("agents").as_array().empty();
}

}  // namespace

http::Response list_desk(const Visit& v) {
  json::array rows;
  Json counts;
  auto found = look(v, [&](app::Step& step) -> Result<Json> {
    counts = app::all_article_visits(step, add_days(utc().date(v.now), -kVisitDays));
    auto after = ArticleId::parse(v.query("after"));
    return Json(TRY(app::list_articles(
        step, {.q = v.query("q"), .after = after ? after->value : 0, .limit = static_cast<int>(kOnOnePage) + 1})));
  });
  if (!found) return draw_error(v, found.error());
  json::array& given = found->as_array();
  std::string more;
  if (given.size() > kOnOnePage) {
    given.pop_back();
    more = kDesk + "?q=" + http::percent_encode(v.query("q")) + "&after=" + get_string(given.back(), "id");
  }
  for (const Json& a : given) {
    json::object row = state_chip(v, a);
    size_t warnings = app::article_warnings(a, v.zone.date(v.now)).size();
    row["href"] = kDesk + "/" + get_string(a, "id");
    row["heading"] = get_string(a, "title");
    row["tongue"] = v.words.word("language", get_string(a, "language"));
    row["author"] = get_string(a, "author_name");
    row["weak"] = warnings > 0 ? v.words.count("desk.warnings", static_cast<int64_t>(warnings)) : std::string();
    rows.push_back(std::move(row));
  }
  json::object model = frame(v, v.words.say("nav.articles"), Room::articles);
  model["rows"] = std::move(rows);
  model["q"] = v.query("q");
  model["more"] = more;
  model["may_write"] = may_write(v);
  set_counts(v, model, counts);
  return draw(v, "desk_articles", std::move(model));
}

http::Response show_new_article(const Visit& v) { return draw_form(v, true, Show::stored); }
http::Response show_desk(const Visit& v) { return draw_form(v, false, Show::stored); }

http::Response add_at_desk(const Visit& v) {
  if (!v.typed("preview").empty()) return draw_form(v, true, Show::preview);
  Result<Json> body = typed_article(v, true);
  auto made = body ? change(v, [&](app::Step& step) { return app::add_article(step, *body); }) : std::move(body);
  if (made) return see(kDesk + "/" + get_string(*made, "id"));
  return typed_wrong(made.error()) ? draw_form(v, true, Show::typed, &made.error()) : draw_error(v, made.error());
}

http::Response edit_at_desk(const Visit& v) {
  if (!v.typed("preview").empty()) return draw_form(v, false, Show::preview);
  auto id = path_id<ArticleId>(v);
  if (!id) return draw_error(v, id.error());
  Result<Json> body = typed_article(v, false);
  auto done =
      body ? change(v,
                    [&](app::Step& step) -> Result<Json> {
                      Json now = TRY(app::get_article(step, *id));
                      if (std::to_string(get_int(now, "version")) != v.typed("version"))
                        return fail(Code::precondition, "somebody else has changed this article since you opened it");
                      return app::edit_article(step, *id, *body);
                    })
           : std::move(body);
  if (done) return see(kDesk + "/" + id->text());
  return typed_wrong(done.error()) ? draw_form(v, false, Show::typed, &done.error()) : draw_error(v, done.error());
}

http::Response publish_at_desk(const Visit& v) { return press(v, app::publish_article); }
http::Response withdraw_at_desk(const Visit& v) { return press(v, app::withdraw_article); }

http::Response show_as_seen(const Visit& v) {
  jsonld::Site site;
  Json visits;
  auto article = look(v, [&](app::Step& step) -> Result<Json> {
    ArticleId id = TRY(path_id<ArticleId>(v));
    site = site_of(step, v.house);
    Date today = utc().date(v.now);
    visits = TRY(app::article_visits(step, id, add_days(today, -kVisitDays), today));
    return app::get_article(step, id);
  });
  if (!article) return draw_error(v, article.error());
  site.language = get_string(*article, "language");
  json::object model = frame(v, v.words.say("desk.seen"), Room::articles);
  json::array answers, blocks;
  for (const Extract& e : extracts(*article))
    answers.push_back(json::object{{"question", e.question}, {"answer", e.answer}});
  for (const Json& part : article_graph(*article, site))
    blocks.push_back(json::object{{"type", get_string(part, "@type")}, {"text", jsonld::indented(part)}});
  model["heading"] = get_string(*article, "title");
  model["back"] = kDesk + "/" + get_string(*article, "id");
  model["warnings"] = warnings_model(v, *article);
  model["markdown"] = markdown_twin(*article, site, Words(choose_language({site.language})));
  model["answers"] = std::move(answers);
  model["blocks"] = std::move(blocks);
  set_counts(v, model, sums_of(visits));
  return draw(v, "desk_seen", std::move(model));
}

}  // namespace onward::pages
