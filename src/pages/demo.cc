// The demonstration's own pages: a clock that can be moved, and the mails that would have been sent.
#include <fmt/format.h>

#include "app/captured.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

constexpr int kMails = 200;

struct Stride {
  std::string_view key;
  Millis length;
};
constexpr Stride kStrides[] = {{"hour", Millis{3'600'000LL}},
                               {"day", Millis{24 * 3'600'000LL}},
                               {"days", Millis{3 * 24 * 3'600'000LL}},
                               {"weeks", Millis{21 * 24 * 3'600'000LL}}};

}  // namespace

http::Response show_demo(const Visit& v) {
  json::array mails, strides;
  auto people = people_of(v);
  Reader r = reader_of(v, people);
  auto read = look(v, [&](app::Step& step) -> Result<Json> {
    for (const app::CapturedMail& mail : app::captured_mails(step, {}, kMails))
      mails.push_back(json::object{{"href", "/demo/mails/" + mail.touch.text()},
                                   {"to", mail.name + " <" + mail.address + ">"},
                                   {"subject", mail.subject},
                                   {"mailed", when(r, format_rfc3339(mail.at))}});
    return Json(nullptr);
  });
  if (!read) return draw_error(v, read.error());
  for (const Stride& s : kStrides)
    strides.push_back(json::object{{"stride", s.key}, {"stride_label", v.words.say(fmt::format("demo.{}", s.key))}});
  json::object model = frame(v, v.words.say("nav.demo"), Room::demo);
  model["clock_line"] = v.words.say(
      "format.moment", {{"day", v.words.day(v.now, v.zone, v.now)}, {"time", local_value(v.now, v.zone).substr(11)}});
  model["may_advance"] = static_cast<bool>(v.house.options.advance);
  model["strides"] = std::move(strides);
  model["mail_line"] = v.words.count("demo.mails", static_cast<int64_t>(mails.size()));
  model["mails"] = std::move(mails);
  std::string done = v.query("done");
  bool number = !done.empty() && done.size() < 9 && done.find_first_not_of("0123456789") == std::string::npos;
  model["done_line"] = number ? v.words.count("demo.done", std::stoll(done)) : std::string();
  return draw(v, "demo", std::move(model));
}

http::Response advance_clock(const Visit& v) {
  if (!v.house.options.advance) return draw_error(v, Error{Code::conflict, "the clock is the real one", {}, {}});
  auto stride = std::ranges::find(kStrides, v.typed("by"), &Stride::key);
  if (stride == std::end(kStrides)) return draw_error(v, Error{Code::invalid, "say by how much", {}, {}});
  auto done = v.house.options.advance(stride->length);
  if (!done) return draw_error(v, done.error());
  return see(fmt::format("/demo?done={}", get_int(*done, "done")));
}

http::Response show_mail(const Visit& v) {
  auto id = path_id<TouchId>(v);
  if (!id) return draw_error(v, id.error());
  std::vector<app::CapturedMail> mails;
  auto read = look(v, [&](app::Step& step) -> Result<Json> {
    mails = app::captured_mails(step, *id, 1);
    return Json(nullptr);
  });
  if (!read) return draw_error(v, read.error());
  if (mails.empty()) return draw_error(v, Error{Code::not_found, "there is no such mail", {}, {}});
  std::string source;
  for (char c : mails[0].raw)
    if (c != '\r') source += c;
  json::object model = frame(v, mails[0].subject, Room::demo);
  model["head"] = source.substr(0, source.find("\n\n"));
  model["mail_text"] = mails[0].text;
  model["source"] = source;
  return draw(v, "mail", std::move(model));
}

}  // namespace onward::pages
