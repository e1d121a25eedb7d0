// /b/{slug}: the need and a time -> details -> done. Each step is a GET that changes nothing or a POST that ends in
// 303; what was chosen stands in the address, what was typed in the form.
#include "app/booking/holds.h"
#include "pages/book_data.h"
#include "pages/book_details.h"
#include "pages/book_questions.h"
#include "pages/handlers.h"
#include "pages/markdown.h"

namespace onward::pages {

namespace booking = app::booking;

namespace {

std::string slug_of(const http::Request& request) { return std::string(request.param("slug")); }

http::Response draw_times(const Visitor& v, const Offer& offer, const std::vector<Instant>* nearest) {
  std::string path = "/b/" + offer.type().slug;
  json::object model = book_frame(v, offer, "", Part::time);
  Told told = split_description(text_in(offer.type().description, v.words.language()));
  model["lead"] = told.lead;
  std::string content = told.rest + education_text(v.words, offer.type().education);
  model["content"] = content.empty() ? Json(nullptr) : Json(markdown_html(content));
  Picking p{v.words, offer.zone(), v.now, v.trail, path, v.query("week"), v.query("day")};
  for (auto& [key, value] : picker_model(p, offer.starts)) model[key] = value;
  model["stamp"] = draw_stamp(v.house, "time " + offer.type().slug);
  model["gone"] = nearest ? Json(times_model(v.words, offer.zone(), v.now, *nearest)) : Json(nullptr);
  model["was_gone"] = nearest != nullptr;
  if (offer.type().waitlist_min > 0) model["wait_href"] = v.trail.to(path + "/wait");
  model["ways"] = channel_words(v.words, offer.type());
  add_addresses(model, v, path);
  if (!nearest && !v.trail.embedded) model["jsonld"] = jsonld::block(offer_graph(v, offer));
  return draw_book(v, &offer, "book", std::move(model), nearest ? 409 : 200, Index::yes);
}

}  // namespace

http::Response list_bookable(const House& house, const http::Request& request) {
  Visitor v = visitor_of(house, request, request.query);
  if (auto wait = too_often(house, request, Visits::looking, "b")) return draw_too_often(v, *wait);
  json::array rows;
  std::string firm;
  Status done = house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    firm = step.catalog().organization_name;
    for (const Json& type : listed_types(step)) {
      Told told = split_description(text_in(type.at("description"), v.words.language()));
      rows.push_back(json::object{{"name", text_in(type.at("name"), v.words.language())},
                                  {"about", told.lead},
                                  {"length", v.words.span(Minutes{get_int(type, "length_min")})},
                                  {"href", v.trail.to("/b/" + get_string(type, "slug"))}});
    }
    return {};
  });
  if (!done) return draw_book_error(v, done.error());
  json::object model{{"title", v.words.say("book.list_title")},
                     {"lead", v.words.say("book.list_text")},
                     {"firm", firm},
                     {"rows", std::move(rows)}};
  add_addresses(model, v, "/b");
  return draw_book(v, nullptr, "book_list", std::move(model), 200, Index::yes);
}

http::Response show_times(const House& house, const http::Request& request) {
  Visitor v = visitor_of(house, request, request.query);
  if (auto wait = too_often(house, request, Visits::looking, slug_of(request))) return draw_too_often(v, *wait);
  auto offer = read_offer(v, slug_of(request), Starts::wanted);
  if (!offer) return draw_book_error(v, offer.error());
  if (offer->decisive && !offer->decided) return draw_questions(v, *offer, "");
  if (offer->decided && (!offer->gives_time() || !offer->elsewhere.empty())) return see(way_on(v, *offer, ""));
  return draw_times(v, *offer, nullptr);
}

// A time was chosen: it is held, and the details come next.
http::Response choose_time(const House& house, const http::Request& request) {
  std::string slug = slug_of(request);
  auto posted = read_posted(house, request, "time " + slug);
  Visitor v = visitor_of(house, request, posted ? posted->form : request.query);
  if (auto wait = too_often(house, request, Visits::choosing, slug)) return draw_too_often(v, *wait);
  if (!posted) return draw_book_error(v, posted.error());
  auto start = parse_rfc3339(posted->typed("start"));
  if (!start) return draw_book_error(v, Error{Code::invalid, "choose one", {}, {}});
  std::string hold, instead;
  bool ask = false;
  Status done = house.runner.write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    Offer offer = TRY(load_offer(step, slug, v, Starts::left_out));
    bool open = offer.gives_time() ? offer.elsewhere.empty() : !offer.decisive && !offer.decided;
    if (!open) return instead = way_on(v, offer, ""), Status{};
    ask = offer.form && !offer.decided;
    Json made = TRY(booking::place_hold(step, hold_body(offer, *start)));
    hold = get_string(made, "id") + "~" + get_string(made, "start");
    return {};
  });
  if (!instead.empty()) return see(instead);
  if (done) {
    std::string next = ask ? "/questions" : "/details";
    return see(v.trail.to("/b/" + slug + next, {{"hold", sign(house, "hold " + slug, hold)}}));
  }
  if (done.error().code != Code::conflict) return draw_book_error(v, done.error());
  std::vector<Instant> nearest = nearest_of(done.error());
  auto offer = read_offer(v, slug, Starts::wanted);
  return offer ? draw_times(v, *offer, &nearest) : draw_book_error(v, offer.error());
}

}  // namespace onward::pages
