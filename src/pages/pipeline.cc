// The pipeline: conversations by stage, and which of them have gone cold.
#include "app/conversations.h"
#include "pages/handlers.h"

namespace onward::pages {

json::object pipeline_model(const Reader& r, const Json& pipeline) {
  json::array columns, ended;
  int64_t cold = 0, open = 0;
  const Json* stages = find(pipeline, "stages");
  for (const Json& stage : stages ? stages->as_array() : json::array{}) {
    std::string kind = get_string(stage, "stage");
    int64_t count = get_int(stage, "count");
    json::object column = chip(r, "stage", kind);
    column["count"] = count;
    if (kind == "won" || kind == "lost" || kind == "dormant") {
      column["href"] = "/conversations?stage=" + kind;
      ended.push_back(std::move(column));
      continue;
    }
    json::array rows;
    for (const Json& c : find(stage, "conversations")->as_array()) {
      json::object row = chip(r, "pipeline", get_string(c, "state"));
      cold += get_string(c, "state") == "gone_cold";
      row["href"] = "/conversations/" + get_string(c, "id");
      row["name"] = get_string(c, "contact_name", r.words.say("conversation.unnamed"));
      row["topic"] = get_string(c, "topic");
      row["silent"] = r.words.count("pipeline.silent", get_int(c, "silent_days"));
      const Json* next = find(c, "next_action");
      row["next"] = next ? r.words.phrase(get_string(*next, "what")) : "";
      row["due"] = next ? when(r, get_string(*next, "due"), get_string(*next, "zone")) : Json(nullptr);
      row["overdue"] = get_bool(c, "overdue");
      rows.push_back(std::move(row));
    }
    open += count;
    column["more"] = count > static_cast<int64_t>(rows.size());
    column["href"] = "/conversations?stage=" + kind;
    column["rows"] = std::move(rows);
    columns.push_back(std::move(column));
  }
  return {{"columns", std::move(columns)},
          {"ended", std::move(ended)},
          {"open_line", r.words.count("today.open", open)},
          {"cold_line", cold > 0 ? r.words.count("pipeline.cold", cold) : std::string()}};
}

http::Response show_pipeline(const Visit& v) {
  auto pipeline = look(v, app::pipeline);
  if (!pipeline) return draw_error(v, pipeline.error());
  auto people = people_of(v);
  json::object model = frame(v, v.words.say("nav.pipeline"), Room::pipeline);
  for (auto& [key, value] : pipeline_model(reader_of(v, people), *pipeline)) model[key] = value;
  return draw(v, "pipeline", std::move(model));
}

}  // namespace onward::pages
