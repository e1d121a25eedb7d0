// What booking pages tell machines, read as machines read it; and what may be sent compressed.
#include "pages/book_data.h"

#include "app/advisors.h"
#include "app/agencies.h"
#include "http/conditional.h"
#include "pages/book_world_test.h"

namespace onward::pages::testing {
namespace {

constexpr std::string_view kOpens = "<script type=\"application/ld+json\">", kCloses = "</script>";

class BookDataTest : public BookTest {
 protected:
  void add_agency() {
    done([&](app::Step& s) -> Result<Json> {
      Json agency = TRY(app::add_agency(
          s, json::object{{"name", "Quay </script><b>"},
                          {"address", "1 Quay"},
                          {"zone", "Europe/Paris"},
                          {"country", "FR"},
                          {"hours", json::array{json::object{{"day", "mon"}, {"from", "09:00"}, {"to", "18:00"}}}}}));
      return app::change_advisor(s, *AdvisorId::parse(advisor_), json::object{{"agency_id", get_string(agency, "id")}});
    });
  }
  // The one data block of a page; null when there is none.
  static Json data(const Response& r) {
    size_t at = r.body.find(kOpens);
    if (at == std::string::npos) return nullptr;
    at += kOpens.size();
    EXPECT_EQ(r.body.find(kOpens, at), std::string::npos) << "one block";
    auto parsed = parse_json(r.body.substr(at, r.body.find(kCloses, at) - at));
    EXPECT_TRUE(parsed) << r.body.substr(at, 400);
    if (!parsed) return nullptr;
    EXPECT_EQ(get_string(*parsed, "@context"), "https://schema.org");
    return *parsed;
  }
  static std::vector<Json> nodes(const Response& r, std::string_view type) {
    std::vector<Json> out;
    Json graph = data(r);
    if (graph.is_null()) return out;
    for (const Json& node : graph.at("@graph").as_array())
      if (get_string(node, "@type") == type) out.push_back(node);
    return out;
  }
};

TEST_F(BookDataTest, ATalkIsAServiceOfItsAgencyThatCanBeReserved) {
  add_agency();
  Response r = get("/b/first-talk");
  std::vector<Json> services = nodes(r, "Service"), firms = nodes(r, "LocalBusiness");
  ASSERT_EQ(services.size(), 1u);
  ASSERT_EQ(firms.size(), 1u);
  const Json &talk = services[0], &firm = firms[0];
  EXPECT_EQ(get_string(talk, "name"), "A first <talk>");
  EXPECT_EQ(get_string(talk, "description"), "Lead & more.");
  EXPECT_EQ(get_string(talk, "url"), "http://onward.example/b/first-talk");
  EXPECT_EQ(get_string(talk.at("provider"), "@id"), get_string(firm, "@id"));
  EXPECT_EQ(get_string(talk.at("hoursAvailable").at(0), "opens"), "09:00");
  EXPECT_EQ(get_string(firm.at("address"), "streetAddress"), "1 Quay");
  EXPECT_EQ(get_string(firm.at("openingHoursSpecification").at(0), "dayOfWeek"), "https://schema.org/Monday");
  EXPECT_EQ(get_string(talk.at("potentialAction"), "@type"), "ReserveAction");
  EXPECT_EQ(get_string(talk.at("potentialAction").at("target"), "urlTemplate"), "http://onward.example/b/first-talk");
  EXPECT_EQ(get_string(talk.at("offers"), "availability"), "https://schema.org/InStock");
  auto first = parse_rfc3339(get_string(talk.at("offers"), "availabilityStarts"));
  ASSERT_TRUE(first);
  EXPECT_EQ(format_rfc3339(*first), offered(r).at(0));
}

TEST_F(BookDataTest, WithoutAnAgencyTheFirmProvidesIt) {
  done([&](app::Step& s) {
    return app::change_advisor(s, *AdvisorId::parse(advisor_), json::object{{"agency_id", nullptr}});
  });
  Response r = get("/b/first-talk");
  ASSERT_EQ(nodes(r, "Organization").size(), 1u);
  EXPECT_EQ(get_string(nodes(r, "Service").at(0).at("provider"), "@id"),
            get_string(nodes(r, "Organization")[0], "@id"));
}

TEST_F(BookDataTest, WhenNothingIsFreeTheServiceSaysSo) {
  done([&](app::Step& s) -> Result<Json> {
    booking::MeetingType type = TRY(booking::find_meeting_type(s, "first-talk"));
    return booking::change_meeting_type(s, type.id, json::object{{"notice_min", 40 * 24 * 60}});
  });
  Response r = get("/b/first-talk");
  ASSERT_TRUE(offered(r).empty());
  const Json offer = nodes(r, "Service").at(0).at("offers");
  EXPECT_EQ(get_string(offer, "availability"), "https://schema.org/SoldOut");
  EXPECT_EQ(find(offer, "availabilityStarts"), nullptr);
}

TEST_F(BookDataTest, AGroupIsAnEventForEachOfItsNextDates) {
  add_agency();
  add_type("evening", 5);
  Response r = get("/b/evening");
  std::vector<Json> events = nodes(r, "Event");
  ASSERT_EQ(events.size(), kDatesTold);
  EXPECT_TRUE(nodes(r, "Service").empty());
  for (const Json& e : events) {
    auto start = parse_rfc3339(get_string(e, "startDate")), end = parse_rfc3339(get_string(e, "endDate"));
    ASSERT_TRUE(start && end);
    EXPECT_EQ(*end - *start, 30min);
    EXPECT_EQ(get_int(e, "remainingAttendeeCapacity"), 5);
    EXPECT_EQ(get_string(e.at("offers"), "availability"), "https://schema.org/InStock");
    EXPECT_EQ(get_string(e.at("location"), "address"), "1 Quay");
    EXPECT_EQ(get_string(e.at("location"), "name"), "Quay </script><b>");
  }
  EXPECT_EQ(format_rfc3339(*parse_rfc3339(get_string(events[0], "startDate"))), offered(r).at(0));
}

TEST_F(BookDataTest, ATakenSeatIsCounted) {
  add_type("evening", 5);
  Response times = get("/b/evening");
  std::string start = offered(times).at(0);
  ASSERT_EQ(post("/b/evening", {{"start", start}, {"stamp", stamp(times)}}).status, 303);
  for (const Json& e : nodes(get("/b/evening"), "Event"))
    EXPECT_EQ(get_int(e, "remainingAttendeeCapacity"),
              format_rfc3339(*parse_rfc3339(get_string(e, "startDate"))) == start ? 4 : 5)
        << dump(e);
}

TEST_F(BookDataTest, NothingEndsTheDataBlock) {
  add_agency();
  Response r = get("/b/first-talk?utm_source=%3C/script%3E%3Cscript%3E&lang=en");
  std::string text = r.body.substr(r.body.find(kOpens) + kOpens.size());
  text.resize(text.find(kCloses));
  for (char c : {'<', '>', '&'}) EXPECT_EQ(text.find(c), std::string::npos) << c;
  EXPECT_EQ(get_string(nodes(r, "LocalBusiness").at(0), "name").find("Quay </script><b>") == std::string::npos, false);
  EXPECT_EQ(text.find("utm_source"), std::string::npos);
  std::string policy(r.header("Content-Security-Policy"));
  EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST_F(BookDataTest, OnlyThePageThatIsListedTellsIt) {
  EXPECT_TRUE(data(get("/b/first-talk?embed=1")).is_null()) << "the page around it is listed, not this one";
  EXPECT_TRUE(data(get("/b/first-talk/call")).is_null());
  EXPECT_TRUE(data(get(choose())).is_null());
}

TEST_F(BookDataTest, APageNamesItsAddressInEachLanguage) {
  Response r = get("/b/first-talk?week=2026-03-09&utm_source=x");
  EXPECT_TRUE(has(r, "<link rel=\"canonical\" href=\"http://onward.example/b/first-talk\">"));
  for (std::string_view part : {"hreflang=\"fr\" href=\"http://onward.example/b/first-talk?lang=fr\"",
                                "hreflang=\"x-default\" href=\"http://onward.example/b/first-talk\""})
    EXPECT_TRUE(has(r, part)) << part;
  EXPECT_TRUE(has(get("/b?lang=fr"), "<link rel=\"canonical\" href=\"http://onward.example/b?lang=fr\">"));
  Response evil = get("/b/first-talk", {{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}});
  EXPECT_FALSE(has(evil, "evil.example"));
}

TEST_F(BookDataTest, SearchEnginesAndAiToolsFindWhatCanBeBooked) {
  Response map = get("/sitemap.xml"), llms = get("/llms.txt");
  for (std::string_view part : {"<loc>http://onward.example/b</loc>", "<loc>http://onward.example/b/first-talk</loc>",
                                "<loc>http://onward.example/b/first-talk?lang=fr</loc>",
                                "hreflang=\"fr\" href=\"http://onward.example/b/first-talk?lang=fr\""})
    EXPECT_TRUE(has(map, part)) << part << map.body;
  EXPECT_TRUE(has(llms, "(http://onward.example/b/first-talk): Lead & more.\n")) << llms.body;
  EXPECT_FALSE(has(llms, "<talk>"));
  std::string tag(map.header("ETag"));
  EXPECT_EQ(get("/sitemap.xml", {{"If-None-Match", tag}}).status, 304);
  done([&](app::Step& s) -> Result<Json> {
    booking::MeetingType type = TRY(booking::find_meeting_type(s, "first-talk"));
    return booking::change_meeting_type(s, type.id, json::object{{"active", false}});
  });
  EXPECT_EQ(get("/sitemap.xml", {{"If-None-Match", tag}}).status, 200);
  EXPECT_FALSE(has(get("/sitemap.xml"), "/b"));
  EXPECT_FALSE(has(get("/llms.txt"), "/b"));
}

// A length tells how often a page repeats itself: only pages that no cookie opens may have it told, and none of them
// together with what was typed.
TEST_F(BookDataTest, OnlyPublicPagesAreCompressed) {
  for (const char* path : {"/b", "/b/first-talk", "/b/first-talk/call", "/embed.js", "/llms.txt", "/a/unknown"})
    EXPECT_TRUE(get(path).compressible) << path;
  EXPECT_FALSE(post("/b/first-talk/call", {{"name", "x"}}).compressible);
  EXPECT_FALSE(post("/b/first-talk", {{"start", "x"}}).compressible);
  EXPECT_FALSE(get("/signin").compressible);
  Response in = post("/signin", {{"key", key_}});
  ASSERT_EQ(in.status, 303);
  EXPECT_FALSE(in.compressible);
  cookie = token_in(in);
  for (const char* path : {"/today", "/contacts", "/desk/articles", "/conversations", "/contacts?q=csrf"}) {
    Response r = get(path);
    EXPECT_EQ(r.status, 200) << path;
    EXPECT_FALSE(r.compressible) << path;
  }
}

TEST_F(BookDataTest, FilesAreCompressedOnceAndForAll) {
  Renderer renderer;
  EXPECT_GE(renderer.files().size(), 5u);
  for (const auto& [path, file] : renderer.files()) {
    Response r = get(path);
    EXPECT_EQ(r.packed, file.packed) << path;
    EXPECT_TRUE(r.packed.starts_with("\x1f\x8b")) << path;
    EXPECT_EQ(r.body, file.content) << path;
  }
}

}  // namespace
}  // namespace onward::pages::testing
