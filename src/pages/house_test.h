// A house for the tests of the pages: a store in memory, a clock moved by hand, somebody to sign in as.
#pragma once
#include <gtest/gtest.h>

#include "app/contacts.h"
#include "app/conversations.h"
#include "app/defaults.h"
#include "app/keys.h"
#include "base/check.h"
#include "base/crypto.h"
#include "http/form.h"
#include "pages/pages.h"
#include "store/open.h"

namespace onward::pages::testing {

using http::Pairs;
using http::Request;
using http::Response;

inline constexpr std::string_view kSql = R"sql(
-- name: t_link
INSERT INTO link (token_hash, kind, contact_id, conversation_id, touch_id, asset_id, views, created_at) VALUES (?1, ?2, ?3, ?4, 1, ?5, 0, 0)
-- name: t_views
SELECT views FROM link WHERE token_hash = ?1
-- name: t_asset
INSERT INTO asset (id, kind, title, language, tags, version, created_at, updated_at) VALUES (?1, 'article', ?2, 'en', '{}', 1, 0, 0)
-- name: t_asset_version
INSERT INTO asset_version (asset_id, number, body, variables, author, at) VALUES (?1, 1, ?2, '[]', 'test', 0)
-- name: t_facts
SELECT count(*) FROM fact WHERE CAST(?1 AS TEXT) IS NULL OR kind = ?1
)sql";

class HouseTest : public ::testing::Test {
 protected:
  HouseTest() : clock(*parse_rfc3339("2026-03-02T10:00:00Z")) {
    catalogue_.statements.push_back({"pages_test.sql", std::string(kSql)});
    store_ = std::move(*store::open_store({.sqlite_path = ":memory:", .catalogue = &catalogue_, .clock = &clock}));
    check(store_->migrate().has_value());
    runner.emplace(app::Services{*store_, clock, entropy, "secret", "http://onward.example", "mail.example"});
    write([](app::Step& s) { return app::install_defaults(s); });
  }

  void open_pages(PagesOptions options = {}) {
    pages = std::make_unique<Pages>(*runner, std::move(options));
    router = std::make_unique<http::Router>();
    pages->mount(*router);
  }

  void write(const app::Runner::Work& work) {
    Status s = runner->write(app::Lane::interactive, app::system_caller(), work);
    ASSERT_TRUE(s.has_value()) << s.error().message << " " << s.error().detail;
  }
  Json done(const std::function<Result<Json>(app::Step&)>& work) {
    Json out;
    write([&](app::Step& s) -> Status {
      out = TRY(work(s));
      return {};
    });
    return out;
  }

  // The first start, done; the owner's key.
  std::string set_up() {
    std::string token;
    write([&](app::Step& s) -> Status {
      token = TRY(app::begin_setup(s));
      return {};
    });
    Json made = done([&](app::Step& s) {
      return app::finish_setup(s, token,
                               json::object{{"organization", "Harbour"},
                                            {"zone", "Europe/Paris"},
                                            {"language", "en"},
                                            {"name", "Maya <b>Okafor</b>"},
                                            {"email", "maya@harbour.example"}});
    });
    return get_string(made, "key");
  }

  // A conversation with somebody whose name wants to be markup.
  std::string open_conversation() {
    Json contact = done([](app::Step& s) {
      return app::add_contact(s, json::object{{"name", "<script>alert(1)</script> Amara"},
                                              {"emails", json::array{"amara@example.org"}},
                                              {"zone", "Europe/Lisbon"},
                                              {"language", "en"}});
    });
    contact_ = get_string(contact, "id");
    Json made = done([&](app::Step& s) {
      return app::open_conversation(
          s, json::object{{"contact_id", contact_}, {"type", "prospect"}, {"channel", "web"}, {"topic", "A & B"}});
    });
    return get_string(made, "id");
  }

  Response send(Request request) {
    if (!cookie.empty()) request.headers.emplace_back("Cookie", "onward=" + cookie);
    request.headers.emplace_back("Host", "onward.example");
    return router->handle(std::move(request));
  }
  Response get(const std::string& target, Pairs headers = {}, const std::string& method = "GET") {
    Request request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string::npos) request.query = *http::parse_form(target.substr(target.find('?') + 1));
    request.headers = std::move(headers);
    return send(std::move(request));
  }
  Response post(const std::string& path, Pairs form, Pairs headers = {}) {
    if (!csrf.empty()) form.emplace_back("csrf", csrf);
    Request request;
    request.method = "POST";
    request.path = path;
    request.headers = std::move(headers);
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = http::encode_form(form);
    return send(std::move(request));
  }
  static std::string token_in(const Response& r) {
    std::string_view set = r.header("Set-Cookie");
    size_t at = set.find('=') + 1;
    return std::string(set.substr(at, set.find(';') - at));
  }
  void sign_in() {
    Response r = post("/signin", {{"key", set_up()}});
    ASSERT_EQ(r.status, 303) << r.body;
    cookie = token_in(r);
    read_csrf(get("/contacts"));
  }
  void read_csrf(const Response& page) {
    size_t at = page.body.find("name=\"csrf\" value=\"");
    ASSERT_NE(at, std::string::npos);
    csrf = page.body.substr(at + 19, 64);
  }
  int64_t facts(const std::string& kind = {}) {
    int64_t n = 0;
    write([&](app::Step& s) -> Status {
      n = s.run("t_facts", {ports::opt_text(kind)}).integer(0, 0);
      return {};
    });
    return n;
  }

  store::Catalogue catalogue_ = store::embedded_catalogue();
  ManualClock clock;
  SeededEntropy entropy{7};
  std::unique_ptr<ports::Store> store_;
  std::optional<app::Runner> runner;
  std::unique_ptr<Pages> pages;
  std::unique_ptr<http::Router> router;
  std::string cookie, csrf, contact_;
};

}  // namespace onward::pages::testing
