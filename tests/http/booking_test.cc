// Booking over the API: what is offered is bookable, and who comes too late is told what is left.
#include <gtest/gtest.h>

#include "tests/http/samples.h"

namespace onward::testing {
namespace {

using app::Role;

class BookingCalls : public ::testing::Test {
 protected:
  http::Response post(const std::string& path, const Json& body, http::Pairs headers = {}) {
    return world_.send({.method = "POST",
                        .path = "/api/v1" + path,
                        .body = onward::dump(body),
                        .key = world_.key(Role::advisor),
                        .headers = std::move(headers)});
  }
  Json get(const std::string& path) {
    http::Response response = world_.send({.path = "/api/v1" + path, .key = world_.key(Role::advisor)});
    EXPECT_EQ(response.status, 200) << response.body;
    return *parse_json(response.body);
  }
  std::string first_start() {
    Json slots = get("/meeting-types/" + World::id("mty") + "/slots?from=2026-03-05T00:00:00Z&to=2026-03-06T00:00:00Z");
    EXPECT_FALSE(slots.at("data").as_array().empty());
    return get_string(slots.at("data").at(0), "start");
  }
  Json wish(const std::string& start) {
    return json::object{{"meeting_type_id", World::id("mty")}, {"start", start}, {"contact_id", World::id("con")}};
  }

  World world_;
};

TEST_F(BookingCalls, AStartIsSoldOnceAndTheLoserIsToldTheNearest) {
  std::string start = first_start();
  http::Response made = post("/appointments", wish(start), {{"Idempotency-Key", "once"}});
  ASSERT_EQ(made.status, 201) << made.body;
  Json booking = *parse_json(made.body);
  EXPECT_EQ(made.header("Location"), "/api/v1/appointments/" + get_string(booking, "id"));
  EXPECT_NE(get_string(booking, "link"), "");
  Json again = *parse_json(post("/appointments", wish(start), {{"Idempotency-Key", "once"}}).body);
  EXPECT_EQ(get_string(again, "id"), get_string(booking, "id"));
  EXPECT_TRUE(again.at("link").is_null());

  http::Response late = post("/appointments", wish(start));
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.header("Content-Type"), "application/problem+json");
  Json problem = *parse_json(late.body);
  EXPECT_EQ(get_string(problem, "reason"), "appointment");
  ASSERT_EQ(problem.at("nearest").as_array().size(), 3u);
  for (const Json& slot : problem.at("nearest").as_array())
    EXPECT_EQ(post("/appointments", wish(get_string(slot, "start"))).status, 201) << onward::dump(slot);
}

TEST_F(BookingCalls, AHoldIsBookedAndTheAnswersAreAsDescribed) {
  std::string start = first_start();
  http::Response held = post("/holds", json::object{{"meeting_type_id", World::id("mty")}, {"start", start}});
  ASSERT_EQ(held.status, 201) << held.body;
  EXPECT_EQ(post("/appointments", wish(start)).status, 409);
  std::string hold = get_string(*parse_json(held.body), "id");
  http::Response made = post("/appointments", json::object{{"hold_id", hold}, {"contact_id", World::id("con")}});
  ASSERT_EQ(made.status, 201) << made.body;
  Json booking = *parse_json(made.body);
  std::string path = "/appointments/" + get_string(booking, "id");
  http::Response moved = post(path + "/reschedule", json::object{{"start", first_start()}});
  EXPECT_EQ(moved.status, 200) << moved.body;
  http::Response gone = post(path + "/cancel", json::object{});
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(first_start(), start);

  http::Response api = world_.send({.path = "/openapi.json"});
  Json document = *parse_json(api.body);
  auto fits = [&](const std::string& body, const char* schema) {
    Json answer = *parse_json(body);
    for (const std::string& fault : faults_of(answer, document.at("components").at("schemas").at(schema), document))
      ADD_FAILURE() << schema << ": " << fault;
  };
  fits(held.body, "Hold");
  fits(made.body, "Booking");
  fits(moved.body, "Appointment");
  fits(gone.body, "Appointment");
  fits(onward::dump(get("/meeting-types/" + World::id("mty") + "/slots")), "Slots");
  fits(onward::dump(get("/meeting-types/" + World::id("mty") + "/why?start=" + start)), "SlotExplained");
  fits(post("/appointments", wish("2026-03-01T10:00:00Z")).body, "Problem");
}

TEST_F(BookingCalls, AMeetingTypeIsMadeAndChanged) {
  Json body = *parse_json(R"({"slug":"retirement","type":"sample","name":{"en":"Retirement","fr":"Retraite"},
    "length_min":45,"buffer_after_min":15,"daily_limit":4,"seats":3,"channels":["video","phone"],
    "horizon":{"kind":"days","days":30,"count":"business"},"window":{"hours":[{"days":["mon"],"from":"09:00","to":"12:00"}]}})");
  body.as_object()["hosts"] = json::array{Json(json::object{{"advisor_id", World::id("adv")}, {"weight", 2}})};
  auto send = [&](const std::string& method, const std::string& path, const Json& what) {
    return world_.send(
        {.method = method, .path = "/api/v1" + path, .body = onward::dump(what), .key = world_.key(Role::manager)});
  };
  http::Response made = send("POST", "/meeting-types", body);
  ASSERT_EQ(made.status, 201) << made.body;
  Json type = *parse_json(made.body);
  EXPECT_EQ(type.at("step_min").as_int64(), 45);
  std::string path = "/meeting-types/" + get_string(type, "id");
  EXPECT_EQ(get(path), type);
  http::Response same_slug = send("POST", "/meeting-types", body);
  EXPECT_EQ(same_slug.status, 400);
  http::Response changed = send("PATCH", path, json::object{{"length_min", 60}, {"horizon", nullptr}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(parse_json(changed.body)->at("step_min").as_int64(), 60);
  EXPECT_TRUE(parse_json(changed.body)->at("horizon").is_null());
  EXPECT_EQ(parse_json(changed.body)->at("hosts"), type.at("hosts"));
  http::Response wrong = send("PATCH", path, json::object{{"horizon", {{"kind", "range"}}}});
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find("/horizon/from"), std::string::npos) << wrong.body;
}

TEST_F(BookingCalls, AnswersAreDecidedBeforeATimeIsGiven) {
  auto send = [&](const std::string& method, const std::string& path, const Json& what) {
    return world_.send(
        {.method = method, .path = "/api/v1" + path, .body = onward::dump(what), .key = world_.key(Role::manager)});
  };
  http::Response named =
      send("PATCH", "/meeting-types/" + World::id("mty"), json::object{{"form_id", World::id("frm")}});
  ASSERT_EQ(named.status, 200) << named.body;
  Json body = wish(first_start());
  body.as_object()["answers"] = json::object{{"nothing", 1}};
  http::Response unknown = post("/appointments", body);
  EXPECT_EQ(unknown.status, 400);
  EXPECT_NE(unknown.body.find("/answers/nothing"), std::string::npos) << unknown.body;
  body.as_object()["answers"] = json::object{{"note", "A roof"}};
  http::Response made = post("/appointments", body);
  ASSERT_EQ(made.status, 201) << made.body;
  Json document = *parse_json(world_.send({.path = "/openapi.json"}).body);
  auto fits = [&](const std::string& text, const char* schema) {
    for (const std::string& fault :
         faults_of(*parse_json(text), document.at("components").at("schemas").at(schema), document))
      ADD_FAILURE() << schema << ": " << fault;
  };
  fits(made.body, "Booking");
  std::string id = get_string(*parse_json(made.body), "id");
  fits(onward::dump(get("/appointments/" + id + "/briefing")), "Briefing");
  fits(onward::dump(get("/attributions/" + get_string(*parse_json(made.body), "attribution_id"))), "Attribution");

  Json form =
      *parse_json(world_.send({.path = "/api/v1/forms/" + World::id("frm"), .key = world_.key(Role::manager)}).body);
  fits(onward::dump(form), "Form");
  Json next = form.at("document");
  next.as_object()["otherwise"] =
      *parse_json(R"({"do": "decline", "alternative": {"en": "Write."}, "because": {"en": "No."}})");
  ASSERT_EQ(send("PUT", "/forms/" + World::id("frm"), next).status, 200);
  body.as_object()["start"] = first_start();
  http::Response refused = post("/appointments", body, {{"Idempotency-Key", "once-more"}});
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(refused.header("Content-Type"), "application/problem+json");
  Json problem = *parse_json(refused.body);
  EXPECT_EQ(get_string(problem, "code"), "not_qualified");
  EXPECT_EQ(get_string(problem, "conversation_id"), get_string(*parse_json(made.body), "conversation_id"));
  EXPECT_EQ(post("/appointments", body, {{"Idempotency-Key", "once-more"}}).body, refused.body);
  Json answers = get("/conversations/" + get_string(problem, "conversation_id") + "/answers");
  fits(onward::dump(answers), "QualificationAnswers");
}

}  // namespace
}  // namespace onward::testing
