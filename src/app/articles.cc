#include "app/articles.h"

#include <fmt/format.h>

#include "app/markdown_check.h"
#include "base/text.h"
#include "base/zone.h"

namespace onward::app {
namespace {

using ports::opt_text;

constexpr size_t kMaxSlug = 80;
constexpr size_t kMaxSources = 40;
constexpr size_t kMaxQuestions = 40;
constexpr size_t kMaxTopics = 10;
constexpr size_t kShortSummary = 50;
constexpr int kMaxSlugTries = 50;

// What a version holds; everything else belongs to the article.
constexpr std::string_view kContent[] = {
    "title",       "summary",    "body",    "author_id", "author_name", "author_credentials",
    "reviewed_by", "review_due", "sources", "faq",       "topics"};

struct Row {
  ArticleId id, original;
  std::string slug, language, state;
  int64_t version = 1, live_version = 0;
  bool ever_live = false;
  json::object view;  // complete but for the body in listings
};

json::object view_of(const Rows& rows, size_t r, bool with_body) {
  int64_t id = rows.integer(r, 0), original = rows.integer(r, 3);
  json::object out{{"id", ArticleId{id}.text()},
                   {"slug", rows.text(r, 1)},
                   {"language", rows.text(r, 2)},
                   {"translation_of", original == id ? Json(nullptr) : id_json<ArticleId>(original)},
                   {"state", rows.text(r, 4)},
                   {"version", rows.integer(r, 5)},
                   {"live_version", rows.is_null(r, 6) ? Json(nullptr) : Json(rows.integer(r, 6))},
                   {"published_at", time_json(rows, r, 7)},
                   {"live_at", time_json(rows, r, 8)},
                   {"withdrawn_at", time_json(rows, r, 9)},
                   {"created_at", time_text(rows, r, 10)},
                   {"updated_at", time_text(rows, r, 11)},
                   {"title", rows.text(r, 12)},
                   {"summary", rows.text(r, 13)},
                   {"author_id", id_json<AdvisorId>(rows.integer(r, 14))},
                   {"author_name", text_json(rows.text(r, 15))},
                   {"author_credentials", text_json(rows.text(r, 16))},
                   {"reviewed_by", text_json(rows.text(r, 17))},
                   {"review_due", text_json(rows.text(r, 18))},
                   {"sources", stored_json(rows.text(r, 19), json::array{})},
                   {"faq", stored_json(rows.text(r, 20), json::array{})},
                   {"topics", stored_json(rows.text(r, 21), json::array{})}};
  if (with_body) out["body"] = rows.text(r, 22);
  return out;
}

json::array views_of(const Rows& rows) {
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(view_of(rows, r, false));
  return out;
}

Result<Row> load(Step& step, ArticleId id) {
  Rows rows = step.run("article_get", {id.value});
  if (rows.empty()) return not_found("article");
  return Row{.id = id,
             .original = {rows.integer(0, 3)},
             .slug = rows.text(0, 1),
             .language = rows.text(0, 2),
             .state = rows.text(0, 4),
             .version = rows.integer(0, 5),
             .live_version = rows.integer(0, 6),
             .ever_live = !rows.is_null(0, 7),
             .view = view_of(rows, 0, true)};
}

Status may_write(const Step& step) { return step.require_role({Role::owner, Role::manager}); }

bool is_slug(std::string_view s) {
  if (s.empty() || s.size() > kMaxSlug || s.front() == '-' || s.back() == '-') return false;
  return s.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == s.npos && s.find("--") == s.npos;
}

std::string slug_from(const std::string& title, ArticleId id) {
  std::string out;
  for (char c : fold_words(title)) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  out = out.substr(0, kMaxSlug - 4);
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "article-" + ascii_lower(id.text().substr(4)) : out;
}

bool is_taken(Step& step, const std::string& slug, ArticleId by_other_than) {
  return !step.run("article_slug_taken", {slug, by_other_than.value}).empty();
}

Result<std::string> new_slug(Step& step, const Json& body, ArticleId id) {
  std::string wanted = get_string(body, "slug");
  if (wanted.empty()) {
    std::string base = slug_from(get_string(body, "title"), id), slug = base;
    for (int n = 2; is_taken(step, slug, id) && n < kMaxSlugTries; ++n) slug = fmt::format("{}-{}", base, n);
    return slug;
  }
  if (!is_slug(wanted)) return fail_field("/slug", "slug", "must be small letters, digits and single hyphens");
  if (is_taken(step, wanted, id)) return fail(Code::conflict, "another article has this address");
  return wanted;
}

// The named advisor, when there is one; the name stands by itself, so that it stays when the advisor leaves.
Status take_author(Step& step, const Json& body, json::object& content) {
  if (!has(body, "author_id")) return {};
  AdvisorId id = TRY(id_of<AdvisorId>(body, "author_id"));
  if (!id) return {};
  Rows rows = step.run("advisor_get", {id.value, int64_t{0}, int64_t{0}, int64_t{0}});
  if (rows.empty()) return unknown_reference("author_id", "advisor");
  if (!find(body, "author_name")) content["author_name"] = rows.text(0, 1);
  return {};
}

Status check_texts(const json::object& content) {
  TRY_VOID(check_links(get_string(content, "body"), "/body"));
  const json::array& faq = content.at("faq").as_array();
  for (size_t i = 0; i < faq.size(); ++i)
    TRY_VOID(check_links(get_string(faq[i], "answer"), fmt::format("/faq/{}/answer", i)));
  return {};
}

// The stored content with what the body changes.
Result<json::object> content_of(Step& step, json::object stored, const Json& body) {
  json::object out;
  for (std::string_view name : kContent) {
    const Json* given = has(body, name) ? &body.at(name) : nullptr;
    bool is_list = name == "sources" || name == "faq" || name == "topics";
    if (given)
      out[name] = *given;
    else if (stored.contains(name))
      out[name] = stored.at(name);
    else
      out[name] = nullptr;
    if (is_list && !out[name].is_array()) out[name] = json::array{};
  }
  TRY_VOID(take_author(step, body, out));
  TRY_VOID(check_texts(out));
  return out;
}

void write_version(Step& step, ArticleId id, int64_t number, const json::object& content) {
  Json c(content);
  auto author = AdvisorId::parse(get_string(c, "author_id"));
  auto text = [&](std::string_view key) { return opt_text(get_string(c, key)); };
  step.run("article_version_insert",
           {id.value, number, get_string(c, "title"), get_string(c, "summary"), get_string(c, "body"),
            author ? ports::opt_int(author->value) : ports::null_value(), text("author_name"),
            text("author_credentials"), text("reviewed_by"), text("review_due"), dump(content.at("sources")),
            dump(content.at("faq")), dump(content.at("topics")), step.caller.actor(), to_ms(step.now)});
}

Result<ArticleId> original_of(Step& step, const Json& body, ArticleId self) {
  ArticleId wanted = TRY(id_of<ArticleId>(body, "translation_of"));
  if (!wanted) return self;
  auto other = load(step, wanted);
  if (!other) return unknown_reference("translation_of", "article");
  Rows there = step.run("article_translations", {other->original.value});
  for (size_t r = 0; r < there.size(); ++r)
    if (there.text(r, 2) == get_string(body, "language"))
      return fail(Code::conflict, "there is a translation into this language already");
  return other->original;
}

std::vector<Field> content_fields() {
  using namespace shape;
  Shape source = object({{"title", line(1, 300), required, "As it calls itself"},
                         {"url", url(), required, "Where it stands"},
                         {"accessed", date(), nullable, "When it was read there"}});
  Shape question = object(
      {{"question", line(1, 300), required, "As a reader would ask"}, {"answer", text(1, 4000), required, "Markdown"}});
  return {{"title", line(1, 200), required, "The heading"},
          {"slug", line(1, kMaxSlug), optional, "Its address below /articles/; made from the title when left out"},
          {"summary", line(1, 400), required, "The answer in one or two sentences"},
          {"body", text(1, kMaxArticleBody), required, "Markdown; no HTML"},
          {"author_id", id("adv"), nullable, "The advisor who wrote it"},
          {"author_name", line(1, 200), nullable, "As readers know the author; the advisor's name when left out"},
          {"author_credentials", line(1, 300), nullable, "What makes the author worth reading on this"},
          {"reviewed_by", line(1, 200), nullable, "Who read it over"},
          {"review_due", date(), nullable, "When it has to be read over again"},
          {"sources", list(source, 0, kMaxSources), optional, "What it rests on"},
          {"faq", list(question, 0, kMaxQuestions), optional, "Questions and answers"},
          {"topics", list(line(1, 60), 0, kMaxTopics), optional, "What it is about"}};
}

}  // namespace

const Shape& article_shape() {
  static const Shape s = [] {
    std::vector<Field> fields = content_fields();
    fields.push_back({"language", shape::language(), shape::required, "BCP 47"});
    fields.push_back({"translation_of", shape::id("art"), shape::nullable, "The article it translates"});
    return shape::object(std::move(fields));
  }();
  return s;
}

const Shape& article_patch_shape() {
  static const Shape s = [] {
    std::vector<Field> fields = content_fields();
    for (Field& f : fields)
      if (f.presence == shape::required) f.presence = shape::optional;
    return shape::object(std::move(fields));
  }();
  return s;
}

Result<Json> add_article(Step& step, const Json& body) {
  TRY_VOID(may_write(step));
  TRY_VOID(article_shape().validate(body));
  ArticleId id = step.new_id<ArticleId>();
  ArticleId original = TRY(original_of(step, body, id));
  json::object content = TRY(content_of(step, {}, body));
  std::string slug = TRY(new_slug(step, body, id));
  step.run("article_insert", {id.value, slug, get_string(body, "language"), original.value, to_ms(step.now)});
  write_version(step, id, 1, content);
  step.fact("article.created", {}, id.value, {{"slug", slug}});
  return get_article(step, id);
}

Result<Json> get_article(Step& step, ArticleId id) { return Json(TRY(load(step, id)).view); }

Result<json::array> list_articles(Step& step, const ArticleFilter& f) {
  return views_of(
      step.run("article_list", {f.after, int64_t{f.limit}, opt_text(f.language), opt_text(f.state), opt_text(f.q)}));
}

Result<json::array> list_article_versions(Step& step, ArticleId id) {
  TRY(load(step, id));
  Rows rows = step.run("article_versions", {id.value});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r)
    out.push_back(json::object{{"number", rows.integer(r, 0)},
                               {"title", rows.text(r, 1)},
                               {"summary", rows.text(r, 2)},
                               {"body", rows.text(r, 3)},
                               {"editor", rows.text(r, 4)},
                               {"at", time_text(rows, r, 5)}});
  return out;
}

Result<Json> edit_article(Step& step, ArticleId id, const Json& body) {
  TRY_VOID(may_write(step));
  Row row = TRY(load(step, id));
  TRY_VOID(article_patch_shape().validate(body));
  json::object content = TRY(content_of(step, row.view, body));
  std::string slug = find(body, "slug") ? get_string(body, "slug") : row.slug;
  if (slug != row.slug && row.ever_live)
    return fail(Code::conflict, "the address of an article stands once it was published");
  if (slug != row.slug) slug = TRY(new_slug(step, body, id));
  bool new_content = std::ranges::any_of(kContent, [&](auto name) { return content.at(name) != row.view.at(name); });
  if (!new_content && slug == row.slug) return Json(row.view);
  int64_t version = row.version + (new_content ? 1 : 0);
  step.run("article_edit", {id.value, slug, version, to_ms(step.now)});
  if (new_content) write_version(step, id, version, content);
  step.fact("article.changed", {}, id.value, {{"version", version}});
  return get_article(step, id);
}

Result<Json> publish_article(Step& step, ArticleId id) {
  TRY_VOID(may_write(step));
  Row row = TRY(load(step, id));
  if (row.state == "published" && row.live_version == row.version) return Json(row.view);
  step.run("article_publish", {id.value, to_ms(step.now)});
  step.fact("article.published", {}, id.value, {{"version", row.version}, {"slug", row.slug}});
  return get_article(step, id);
}

Result<Json> withdraw_article(Step& step, ArticleId id) {
  TRY_VOID(may_write(step));
  Row row = TRY(load(step, id));
  if (row.state != "published") return fail(Code::conflict, "only what is public can be withdrawn");
  step.run("article_withdraw", {id.value, to_ms(step.now)});
  step.fact("article.withdrawn", {}, id.value, {{"version", row.live_version}, {"slug", row.slug}});
  return get_article(step, id);
}

Result<Json> find_live_article(Step& step, std::string_view slug) {
  if (!is_slug(slug)) return not_found("article");
  Rows rows = step.run("article_live", {std::string(slug)});
  if (rows.empty()) return not_found("article");
  return Json(view_of(rows, 0, true));
}

json::array list_live_articles(Step& step, std::string_view language, int limit) {
  return views_of(step.run("article_public", {opt_text(std::string(language)), int64_t{limit}}));
}

json::array live_translations(Step& step, const Json& article) {
  std::string original = get_string(article, "translation_of", get_string(article, "id"));
  auto id = ArticleId::parse(original);
  json::array out;
  if (!id) return out;
  Rows rows = step.run("article_translations", {id->value});
  for (size_t r = 0; r < rows.size(); ++r)
    if (rows.text(r, 3) == "published")
      out.push_back(json::object{{"slug", rows.text(r, 1)}, {"language", rows.text(r, 2)}});
  return out;
}

std::optional<Instant> live_changed_at(Step& step) {
  Rows rows = step.run("article_public_changed");
  if (rows.integer(0, 0) == 0) return std::nullopt;
  return from_ms(std::max(rows.integer(0, 1), rows.integer(0, 2)));
}

std::vector<std::string> article_warnings(const Json& article, Date today) {
  std::vector<std::string> out;
  auto warn = [&](bool missing, const char* word) {
    if (missing) out.emplace_back(word);
  };
  bool is_public = get_string(article, "state") == "published";
  auto is_empty = [&](std::string_view key) { return article.at(key).as_array().empty(); };
  warn(!is_public, "not_public");
  warn(is_public && get_int(article, "version") != get_int(article, "live_version"), "changes_not_public");
  warn(!find(article, "author_name"), "no_author");
  warn(!find(article, "author_credentials"), "no_credentials");
  warn(!find(article, "reviewed_by"), "no_review");
  auto due = parse_date(get_string(article, "review_due"));
  warn(due && *due < today, "review_overdue");
  warn(is_empty("sources"), "no_source");
  warn(is_empty("faq"), "no_faq");
  warn(is_empty("topics"), "no_topic");
  warn(get_string(article, "summary").size() < kShortSummary, "short_summary");
  return out;
}

}  // namespace onward::app
