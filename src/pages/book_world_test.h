// Somebody at the booking pages of a house with one advisor and one meeting type.
#pragma once
#include "app/booking/appointments.h"
#include "app/sessions.h"
#include "pages/house_test.h"

namespace onward::pages::testing {

namespace booking = app::booking;

inline bool has(const Response& r, std::string_view text) { return r.body.find(text) != std::string::npos; }

// What stands between `from` and the next quote.
inline std::string after(std::string_view body, std::string_view from) {
  size_t at = body.find(from);
  if (at == body.npos) return {};
  at += from.size();
  return std::string(body.substr(at, body.find('"', at) - at));
}

class BookTest : public HouseTest {
 protected:
  void SetUp() override {
    open_pages({.machine_clock = &machine});
    key_ = set_up();
    Json advisors = done([](app::Step& s) -> Result<Json> {
      json::array out;
      for (auto& [id, name] : app::people(s)) out.emplace_back(id);
      return Json(std::move(out));
    });
    advisor_ = std::string(advisors.as_array().at(0).as_string());
    add_type("first-talk", 1);
  }

  void add_type(const std::string& slug, int64_t seats) {
    done([&](app::Step& s) {
      return booking::add_meeting_type(
          s, json::object{{"slug", slug},
                          {"type", "prospect"},
                          {"name", json::object{{"en", "A first <talk>"}, {"fr", "Un premier entretien"}}},
                          {"description", json::object{{"en", "Lead & more.\n\n## Ready\n\n<b>papers</b>\n"}}},
                          {"length_min", 30},
                          {"seats", seats},
                          {"channels", json::array{"in_person", "phone", "at_customer"}},
                          {"hosts", json::array{json::object{{"advisor_id", advisor_}}}}});
    });
  }

  // Every time that a page offers.
  static std::vector<std::string> offered(const Response& r) {
    std::vector<std::string> out;
    std::string_view rest = r.body;
    for (std::string_view mark = "name=\"start\" value=\""; rest.find(mark) != rest.npos;) {
      rest.remove_prefix(rest.find(mark) + mark.size());
      out.emplace_back(rest.substr(0, rest.find('"')));
    }
    return out;
  }
  static std::string stamp(const Response& r) { return after(r.body, "name=\"stamp\" value=\""); }
  void wait(Millis by = 5s) { machine.set(machine.now() + by); }

  // A held time's page of details.
  std::string choose(const std::string& page = "/b/first-talk", size_t which = 0) {
    Response times = get(page);
    EXPECT_EQ(times.status, 200) << times.body;
    std::vector<std::string> starts = offered(times);
    if (starts.size() <= which) return {};
    start_ = starts[which];
    size_t query = page.find('?');  // as the page's hidden fields carry it
    Pairs form = query == std::string::npos ? Pairs{} : *http::parse_form(page.substr(query + 1));
    form.emplace_back("start", start_);
    form.emplace_back("stamp", stamp(times));
    Response r = post("/b/first-talk", form);
    EXPECT_EQ(r.status, 303) << r.body;
    return std::string(r.header("Location"));
  }
  Pairs typed(const Response& details, Pairs more = {}) {
    Pairs form = {{"name", "Amara Osei"}, {"email", "amara@osei.example"}, {"channel", "in_person"}};
    for (auto& [name, value] : more) {
      std::erase_if(form, [&, n = name](const auto& p) { return p.first == n; });
      form.emplace_back(name, value);
    }
    form.emplace_back("stamp", stamp(details));
    if (std::string hold = after(details.body, "name=\"hold\" value=\""); !hold.empty())
      form.emplace_back("hold", hold);
    return form;
  }
  Response book(Pairs more = {}) {
    Response details = get(choose());
    wait();
    return post("/b/first-talk/details", typed(details, std::move(more)));
  }
  // The token of the customer's own link.
  static std::string token_in_location(const Response& r) {
    std::string location(r.header("Location"));
    size_t at = location.find("a=");
    return at == std::string::npos ? "" : location.substr(at + 2, 32);
  }
  std::vector<Json> appointments() {
    std::vector<Json> out;
    done([&](app::Step& s) -> Result<Json> {
      for (Json& a : TRY(booking::list_appointments(s, {}, {0, 100}))) out.push_back(std::move(a));
      return Json(nullptr);
    });
    return out;
  }
  std::string state() { return get_string(appointments().at(0), "state"); }

  ManualClock machine{*parse_rfc3339("2026-03-02T10:00:00Z")};
  std::string key_, advisor_, start_;
};

}  // namespace onward::pages::testing
