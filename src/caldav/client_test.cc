// The driver against scripted servers; a real one is asked in tests/calendars.
#include "caldav/client.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "caldav/exchange.h"
#include "http/server.h"
#include "ical/calendar.h"

namespace onward::caldav {
namespace {

using http::Request;
using http::Response;
using ports::CalendarAccount;
using ports::CalendarKind;

Response multistatus(std::string inside) {
  Response r = Response::text(207, R"(<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" )"
                                   R"(xmlns:cs="http://calendarserver.org/ns/">)" +
                                       std::move(inside) + "</d:multistatus>");
  return std::move(r.set("Content-Type", "application/xml"));
}
std::string has(std::string_view href, std::string_view props) {
  return fmt::format(
      "<d:response><d:href>{}</d:href><d:propstat><d:prop>{}</d:prop><d:status>HTTP/1.1 200 OK</d:status>"
      "</d:propstat></d:response>",
      href, props);
}
constexpr std::string_view kCalendar = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>";

std::string ics(std::string_view uid, std::string_view start, std::string_view end, int sequence = 0) {
  return fmt::format(
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:{}\r\nDTSTAMP:20260101T000000Z\r\nSEQUENCE:{}"
      "\r\nDTSTART:{}\r\nDTEND:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
      uid, sequence, start, end);
}

class Driver : public ::testing::Test {
 protected:
  Driver() {
    auto started = http::Server::start({}, [this](const Request& request) {
      std::scoped_lock lock(mutex_);
      seen_.push_back(request);
      auto found = script_.find(request.method + " " + request.path);
      return found == script_.end() ? Response::text(404, "nothing") : found->second(request);
    });
    server_ = std::move(*started);
    account_ = {.kind = CalendarKind::caldav,
                .url = url("127.0.0.1", "/cal/"),
                .collection = url("127.0.0.1", "/cal/"),
                .username = "ann",
                .password = "pw",
                .private_hosts = {"127.0.0.1", "localhost"}};
  }
  std::string url(std::string_view host, std::string_view path) const {
    return fmt::format("http://{}:{}{}", host, server_->port(), path);
  }
  void on(std::string what, std::function<Response(const Request&)> answer) { script_[what] = std::move(answer); }
  void on(std::string what, Response answer) {
    on(std::move(what), [answer](const Request&) { return answer; });
  }
  std::vector<std::string> asked() {
    std::vector<std::string> out;
    for (const Request& r : seen_) out.push_back(r.method + " " + r.path);
    return out;
  }
  Result<ports::CalendarReading> read() {
    return client_.read(account_, {.from = *parse_rfc3339("2026-03-01T00:00:00Z"),
                                   .to = *parse_rfc3339("2026-04-01T00:00:00Z"),
                                   .validator = validator_,
                                   .ours = [](std::string_view uid) { return uid.starts_with("apt_"); }});
  }
  static std::string object(const std::string& text) {
    return "<d:getetag>\"1\"</d:getetag><c:calendar-data>" + text + "</c:calendar-data>";
  }

  std::mutex mutex_;
  std::vector<Request> seen_;
  std::map<std::string, std::function<Response(const Request&)>> script_;
  std::unique_ptr<http::Server> server_;
  CalendarAccount account_;
  std::string validator_;
  Client client_;
};

TEST_F(Driver, ReadsTheRangeAndLeavesOutItsOwn) {
  on("PROPFIND /cal/", multistatus(has("/cal/", "<cs:getctag>7</cs:getctag>")));
  on("REPORT /cal/", multistatus(has("/cal/a", object(ics("a", "20260302T090000Z", "20260302T100000Z"))) +
                                 has("/cal/b", object(ics("b", "20260302T093000Z", "20260302T110000Z"))) +
                                 has("/cal/c", object(ics("apt_1@x", "20260303T090000Z", "20260303T100000Z")))));
  auto r = read();
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_EQ(r->busy.size(), 1u) << "overlapping times are one";
  EXPECT_EQ(format_rfc3339(r->busy[0].from), "2026-03-02T09:00:00Z");
  EXPECT_EQ(format_rfc3339(r->busy[0].to), "2026-03-02T11:00:00Z");
  EXPECT_EQ(r->events, 3);
  EXPECT_EQ(r->validator, "7");
  EXPECT_EQ(seen_[0].header("Authorization"), "Basic YW5uOnB3");
  EXPECT_NE(seen_[1].body.find("start=\"20260301T000000Z\" end=\"20260401T000000Z\""), std::string::npos);
  validator_ = "7";
  seen_.clear();
  r = read();
  ASSERT_TRUE(r);
  EXPECT_TRUE(r->unchanged);
  EXPECT_EQ(asked(), std::vector<std::string>{"PROPFIND /cal/"});
}

TEST_F(Driver, AnObjectThatIsNoneIsCountedAndTheOthersCount) {
  on("PROPFIND /cal/", multistatus(has("/cal/", "")));
  on("REPORT /cal/", multistatus(has("/cal/a", object("garbage")) +
                                 has("/cal/b", object(ics("b", "20260302T090000Z", "20260302T100000Z")))));
  auto r = read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->busy.size(), 1u);
  EXPECT_EQ(r->not_understood, 1);
  EXPECT_FALSE(r->problem.empty());
}

TEST_F(Driver, AnAnswerThatWasCutShortIsNotTakenForFreeTime) {
  on("PROPFIND /cal/", multistatus(has("/cal/", "")));
  on("REPORT /cal/",
     multistatus(
         "<d:response><d:href>/cal/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>"));
  EXPECT_EQ(read().error().code, Code::too_large);
  on("REPORT /cal/", Response::text(207, "<d:multistatus xmlns:d=\"DAV:\"><d:response>"));
  EXPECT_EQ(read().error().code, Code::invalid);
  on("REPORT /cal/", Response::text(200, "<html>welcome</html>"));
  EXPECT_FALSE(read());
  on("REPORT /cal/", Response::text(503, ""));
  EXPECT_EQ(read().error().code, Code::unavailable);
}

TEST_F(Driver, FindsTheCalendarOfAPrincipal) {
  account_.collection.clear();
  account_.url = url("127.0.0.1", "/");
  on("PROPFIND /.well-known/caldav", Response::redirect_away(301, url("127.0.0.1", "/dav")));
  on("PROPFIND /dav", multistatus(has("/dav",
                                      "<d:current-user-principal><d:href>/p/ann/</d:href>"
                                      "</d:current-user-principal>")));
  on("PROPFIND /p/ann/",
     multistatus(has("/p/ann/", "<c:calendar-home-set><d:href>/home/</d:href></c:calendar-home-set>")));
  on("PROPFIND /home/",
     multistatus(has("/home/", "<d:resourcetype><d:collection/></d:resourcetype>") + has("/home/w%20k/", kCalendar)));
  on("PROPFIND /home/w k/", multistatus(has("/home/w%20k/", "")));
  on("REPORT /home/w k/", multistatus(""));
  auto r = read();
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->collection, url("127.0.0.1", "/home/w%20k/"));
}

TEST_F(Driver, AnAccountWithoutCalendarSaysSo) {
  account_.collection.clear();
  on("PROPFIND /cal/", multistatus(has("/cal/", "<d:resourcetype><d:collection/></d:resourcetype>")));
  EXPECT_EQ(read().error().code, Code::not_found);
}

TEST_F(Driver, ThePasswordStaysWithItsOrigin) {
  account_.kind = CalendarKind::ics;
  account_.url = url("127.0.0.1", "/a.ics");
  on("GET /a.ics", Response::redirect_away(302, url("localhost", "/b.ics")));
  on("GET /b.ics", Response::text(200, ics("a", "20260302T090000Z", "20260302T100000Z")));
  auto r = read();
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_EQ(seen_.size(), 2u);
  EXPECT_EQ(seen_[0].header("Authorization"), "Basic YW5uOnB3");
  EXPECT_EQ(seen_[1].header("Authorization"), "");
}

TEST_F(Driver, RedirectsEndAndLeadNowhereElse) {
  account_.kind = CalendarKind::ics;
  account_.url = url("127.0.0.1", "/a.ics");
  on("GET /a.ics", Response::redirect_away(302, url("127.0.0.1", "/a.ics")));
  EXPECT_FALSE(read());
  EXPECT_EQ(seen_.size(), static_cast<size_t>(kMaxRedirects) + 1);
  account_.private_hosts = {"127.0.0.1"};
  on("GET /a.ics", Response::redirect_away(302, url("localhost", "/b.ics")));
  EXPECT_EQ(read().error().code, Code::forbidden);
}

TEST_F(Driver, APasswordIsNotSentInClearToTheOutside) {
  account_.private_hosts.clear();
  EXPECT_EQ(read().error().code, Code::forbidden);
  EXPECT_TRUE(seen_.empty());
}

TEST_F(Driver, AServerThatDripsIsGivenUp) {
  EXPECT_EQ(Exchange(account_, 0ms).send({.url = account_.url}).error().code, Code::unavailable);
  EXPECT_TRUE(seen_.empty());
  on("GET /cal/", [](const Request&) {
    std::this_thread::sleep_for(400ms);
    return Response::text(200, "");
  });
  Exchange exchange(account_, 300ms);
  EXPECT_EQ(exchange.send({.url = account_.url}).error().code, Code::unavailable);
}

TEST(Resolve, StaysEncryptedAndIsRelative) {
  EXPECT_EQ(*resolve("https://a.example/x/y", "/z/"), "https://a.example/z/");
  EXPECT_EQ(*resolve("https://a.example/x/y", "https://b.example/z"), "https://b.example/z");
  EXPECT_EQ(resolve("https://a.example/x", "http://a.example/x").error().code, Code::forbidden);
  EXPECT_EQ(resolve("https://a.example/x", "//b.example/z").value_or(""), "https://b.example/z");
  EXPECT_FALSE(resolve("https://a.example/x", "http://[bad"));
  EXPECT_TRUE(same_origin("https://A.example/x", "https://a.example:443/y"));
  EXPECT_FALSE(same_origin("https://a.example/x", "https://a.example:444/x"));
  EXPECT_FALSE(same_origin("nonsense", "nonsense"));
}

struct Put {
  std::string if_match, if_none_match;
};

class Writing : public Driver {
 protected:
  // A server that keeps one object.
  void SetUp() override {
    on("PUT /cal/apt_1@x.ics", [this](const Request& r) {
      puts_.push_back({std::string(r.header("If-Match")), std::string(r.header("If-None-Match"))});
      bool fits =
          puts_.back().if_none_match == "*" ? there_.empty() : puts_.back().if_match == etag_ && !there_.empty();
      if (!fits) return Response::text(412, "");
      there_ = r.body;
      etag_ = fmt::format("\"{}\"", puts_.size());
      Response out = Response::text(201, "");
      return std::move(out.set("ETag", etag_));
    });
    on("GET /cal/apt_1@x.ics", [this](const Request&) {
      if (there_.empty()) return Response::text(404, "");
      Response out = Response::text(200, there_);
      return std::move(out.set("ETag", etag_));
    });
  }
  Result<ports::CalendarWritten> put(int sequence, const std::string& etag = {}) {
    return client_.put(account_, {"apt_1@x", ics("apt_1@x", "20260302T090000Z", "20260302T100000Z", sequence), etag});
  }
  std::string there_, etag_;
  std::vector<Put> puts_;
};

TEST_F(Writing, MakesAndReplacesByItsEtag) {
  auto made = put(0);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->etag, "\"1\"");
  auto moved = put(1, made->etag);
  ASSERT_TRUE(moved);
  EXPECT_EQ(puts_[1].if_match, "\"1\"");
  EXPECT_EQ(puts_.size(), 2u);
}

TEST_F(Writing, WhatArrivedEarlierIsNotWrittenTwice) {
  there_ = ics("apt_1@x", "20260302T090000Z", "20260302T100000Z", 0);
  etag_ = "\"old\"";
  auto again = put(0);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->etag, "\"old\"");
  EXPECT_EQ(puts_.size(), 1u) << "refused, looked at, left alone";
}

TEST_F(Writing, WhatSomebodyChangedIsPutRight) {
  there_ = ics("apt_1@x", "20260302T090000Z", "20260302T120000Z", 7);
  etag_ = "\"theirs\"";
  ASSERT_TRUE(put(1, "\"mine\""));
  EXPECT_EQ(puts_.back().if_match, "\"theirs\"");
  EXPECT_NE(there_.find("SEQUENCE:1"), std::string::npos);
}

TEST_F(Writing, WhatSomebodyDeletedIsThereAgain) {
  ASSERT_TRUE(put(1, "\"gone\""));
  EXPECT_EQ(puts_.back().if_none_match, "*");
  EXPECT_FALSE(there_.empty());
}

TEST_F(Writing, RefusalsAreSaidAndNotRepeated) {
  on("PUT /cal/apt_1@x.ics", Response::text(403, "secret words of the server"));
  auto refused = put(0);
  EXPECT_EQ(refused.error().code, Code::forbidden);
  EXPECT_EQ(refused.error().message.find("secret words"), std::string::npos);
  EXPECT_EQ(seen_.size(), 1u);
}

TEST_F(Writing, GoneIsGone) {
  EXPECT_TRUE(client_.remove(account_, {"apt_1@x", {}, {}})) << "it was not there";
  on("DELETE /cal/apt_1@x.ics", Response::no_content());
  EXPECT_TRUE(client_.remove(account_, {"apt_1@x", {}, "\"1\""}));
  on("DELETE /cal/apt_1@x.ics", Response::text(500, ""));
  EXPECT_EQ(client_.remove(account_, {"apt_1@x", {}, {}}).error().code, Code::unavailable);
}

}  // namespace
}  // namespace onward::caldav
