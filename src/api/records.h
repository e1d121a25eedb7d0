// What the nouns that are plain records share: listings by id, routes with one id.
#pragma once
#include "api/route.h"
#include "app/record.h"

namespace onward::api {

inline app::Slice slice_of(const Page& page) { return {page.after, page.limit + 1}; }

// A page of rows that are ordered by their `id`. rows(slice) gives at most limit + 1 of them.
template <class Tag, class List>
Result<Answer> listing(const Call& call, List rows) {
  Page page = TRY(page_of(call));
  json::array found = TRY(rows(slice_of(page)));
  return Answer{200, page_json(std::move(found), page,
                               [](const Json& row) { return Id<Tag>::parse(get_string(row, "id"))->value; })};
}

// A list that is never longer than one page.
inline Result<Answer> short_list(Result<json::array> rows) {
  if (!rows) return fail(std::move(rows.error()));
  return Answer{200, json::object{{"data", std::move(*rows)}, {"next", nullptr}}};
}

template <class Tag>
using OneId = Result<Json> (*)(Step&, Id<Tag>);
template <class Tag>
using IdAndBody = Result<Json> (*)(Step&, Id<Tag>, const Json&);

// A use case that takes the path's {id}.
template <class Tag>
std::function<Result<Answer>(Step&, const Call&)> with_id(OneId<Tag> use_case) {
  return [use_case](Step& s, const Call& c) -> Result<Answer> { return ok(use_case(s, TRY(c.id<Tag>("id")))); };
}
// A use case that takes the path's {id} and the body.
template <class Tag>
std::function<Result<Answer>(Step&, const Call&)> with_id(IdAndBody<Tag> use_case, int status = 200) {
  return [use_case, status](Step& s, const Call& c) -> Result<Answer> {
    return Answer{status, TRY(use_case(s, TRY(c.id<Tag>("id")), c.body))};
  };
}
// A use case that takes the body.
inline std::function<Result<Answer>(Step&, const Call&)> with_body(Result<Json> (*use_case)(Step&, const Json&)) {
  return [use_case](Step& s, const Call& c) { return created(use_case(s, c.body)); };
}

// Fields of a body for POST; for PATCH the same ones, none of them required.
inline Shape patch_of(std::vector<Field> fields) {
  for (Field& f : fields)
    if (f.presence == shape::required) f.presence = shape::optional;
  return shape::object(std::move(fields));
}

// Opening hours: [{day, from, to}].
inline Shape hours_shape() {
  return shape::list(
      shape::object({{"day", shape::one_of({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}), shape::required},
                     {"from", shape::time_of_day(), shape::required},
                     {"to", shape::time_of_day(), shape::required}}),
      0, 50);
}

// ?name= as an id; none: not given. Error: invalid.
template <class IdType>
Result<IdType> id_in_query(const Call& call, std::string_view name) {
  std::string text = call.query(name);
  if (text.empty()) return IdType{};
  return IdType::parse(text);
}

}  // namespace onward::api
