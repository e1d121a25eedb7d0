// The pages that people see: Today, conversations, drafts, contacts, the first start, and what mails link to. Drawn by
// the server, complete without JavaScript.
//
//   pages::Pages pages(runner, {.demo = true, .advance = ...});
//   pages.mount(router);                    // the Pages must outlive the router
//
// A signed-in page needs a session (cookie), and every change a POST with the session's form token from our own origin;
// a GET changes nothing but the time a session was last seen. After a change comes 303.
#pragma once
#include <functional>
#include <memory>

#include "app/step.h"
#include "http/router.h"

namespace onward::pages {

struct PagesOptions {
  bool demo = false;   // one may enter without a key, move the clock and read the captured mails
  bool https = false;  // browsers reach us by https: cookies are Secure
  // What will happen in the next days as the engine would do it; absent: there is no such page. As app::forecast.
  std::function<Result<Json>(const app::Caller&, ConversationId, int days)> forecast;
  // Path of the page where the public books a talk; nullopt or absent: none yet.
  std::function<std::optional<std::string>(app::Step&)> booking;
  // Whom the public forms measure by (pages/book_guard.h); absent: the machine's clock.
  const Clock* machine_clock = nullptr;
  // Moves a manual clock; absent: it cannot be moved. Answers {now, done}.
  std::function<Result<Json>(Millis)> advance;
};

struct House;

class Pages {
 public:
  Pages(app::Runner& runner, PagesOptions options);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  void mount(http::Router& router);

 private:
  std::unique_ptr<House> house_;
};

}  // namespace onward::pages
