#include "app/assets.h"

#include "api/nouns.h"

namespace onward::api {
namespace {

using namespace shape;

const std::vector<std::string> kKinds = {"proposal", "case_study", "scope",   "article",
                                         "pricing",  "snippet",    "template"};

std::vector<Field> asset_fields() {
  Shape words = shape::list(line(1, 100), 0, 30);
  Shape tags = object({{"topics", words, required}, {"objections", words, required}, {"stages", words, required}});
  return {{"id", id("ast"), required},
          {"kind", one_of(kKinds), required},
          {"key", line(1, 60), nullable, "Of a template: the name that sequences use"},
          {"title", line(1, 200), required},
          {"language", language(), required},
          {"tags", tags, required},
          {"version", integer(1, 1'000'000), required, "The newest; every change of a text is a new one"},
          {"expires_at", time(), nullable},
          {"expired", boolean(), required},
          {"variables", shape::list(line(1, 200), 0, 1000), required, "What a template uses"},
          {"created_at", time(), required},
          {"updated_at", time(), required},
          {"subject", line(0, 300), nullable, "Of one asset, not in lists"},
          {"body", text(0, 64 * 1024), optional, "Of one asset, not in lists"}};
}

Result<Answer> list_them(Step& step, const Call& call) {
  Page page = TRY(page_of(call));
  app::AssetFilter filter{call.query("kind"), call.query("language"), call.query("q"), page.after, page.limit + 1};
  json::array rows = TRY(app::list_assets(step, filter));
  return Answer{
      200, page_json(std::move(rows), page, [](const Json& a) { return AssetId::parse(get_string(a, "id"))->value; })};
}

Result<Answer> versions(Step& step, const Call& call) {
  json::array rows = TRY(app::list_asset_versions(step, TRY(call.id<AssetTag>("id"))));
  return Answer{200, json::object{{"data", std::move(rows)}, {"next", nullptr}}};
}

Result<Answer> preview(Step& step, const Call& call) {
  AssetId asset = TRY(call.id<AssetTag>("id"));
  auto conversation = ConversationId::parse(call.query("conversation_id"));
  if (!conversation) return fail_field("?conversation_id", "format", "?conversation_id must name a conversation");
  return ok(app::preview_asset(step, asset, *conversation));
}

}  // namespace

void add_assets(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/assets",
                    .summary = "The library: what can be sent, and the templates",
                    .roles = kReaders,
                    .query = paged({{"kind", one_of(kKinds)},
                                    {"language", language()},
                                    {"q", line(1, 100), shape::optional, "In titles, tags and keys"}}),
                    .answer = "AssetList",
                    .reads = true,
                    .handle = list_them});
  routes.push_back({.method = "POST",
                    .path = "/assets",
                    .summary = "Add an asset or a template; unknown variables are refused",
                    .roles = kManagers,
                    .body = app::asset_shape(),
                    .answer = "Asset",
                    .status = 201,
                    .handle = [](Step& s, const Call& c) { return created(app::add_asset(s, c.body)); }});
  routes.push_back({.method = "GET",
                    .path = "/assets/{id}",
                    .summary = "One asset with its text",
                    .roles = kReaders,
                    .answer = "Asset",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(app::get_asset(s, TRY(c.id<AssetTag>("id"))));
                    }});
  routes.push_back({.method = "PATCH",
                    .path = "/assets/{id}",
                    .summary = "Change an asset; another text is a new version",
                    .roles = kManagers,
                    .body = app::asset_patch_shape(),
                    .answer = "Asset",
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(app::update_asset(s, TRY(c.id<AssetTag>("id")), c.body));
                    }});
  routes.push_back({.method = "DELETE",
                    .path = "/assets/{id}",
                    .summary = "Take an asset out; refused while a sequence needs it",
                    .roles = kManagers,
                    .answer = "DeletedAsset",
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(app::remove_asset(s, TRY(c.id<AssetTag>("id"))));
                    }});
  routes.push_back({.method = "GET",
                    .path = "/assets/{id}/versions",
                    .summary = "Every text it ever had, newest first",
                    .roles = kReaders,
                    .answer = "AssetVersionList",
                    .reads = true,
                    .handle = versions});
  routes.push_back({.method = "GET",
                    .path = "/assets/{id}/preview",
                    .summary = "A template as this conversation would get it",
                    .roles = kReaders,
                    .query = {{"conversation_id", id("cnv"), required, "Whose values are put in"}},
                    .answer = "AssetPreview",
                    .reads = true,
                    .handle = preview});
}

void describe_assets(Schemas& schemas) {
  schemas.add("Asset", object(asset_fields()));
  schemas.add("DeletedAsset", object({{"id", id("ast"), required}, {"deleted", boolean(), required}}));
  schemas.add("AssetVersion", object({{"number", integer(1, 1'000'000), required},
                                      {"subject", line(0, 300), nullable},
                                      {"body", text(0, 64 * 1024), required},
                                      {"variables", shape::list(line(1, 200), 0, 1000), required},
                                      {"author", line(1, 60), required},
                                      {"at", time(), required}}));
  Shape missing = object({{"variable", line(0, 200), required}, {"message", line(0, 500), required}});
  schemas.add("AssetPreview", object({{"subject", line(0, 1000), nullable},
                                      {"body", text(0, 1024 * 1024), nullable},
                                      {"missing", shape::list(missing, 0, 20), required, "What has no value here"}}));
}

}  // namespace onward::api
