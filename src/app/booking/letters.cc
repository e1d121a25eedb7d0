#include "app/booking/letters.h"

#include <fmt/format.h>

#include "app/booking/life.h"
#include "app/embedded.h"
#include "base/check.h"
#include "base/template.h"

namespace onward::app::booking {
namespace {

constexpr Millis kHeld = 10s;
constexpr std::string_view kUsual = "en";

std::string_view letter(const std::string& language, std::string_view key) {
  auto text = embedded(fmt::format("letters/{}/{}.md", language.substr(0, 2), key));
  if (!text) text = embedded(fmt::format("letters/{}/{}.md", kUsual, key));
  check(text.has_value(), "there is such a letter");
  return *text;
}

std::string rendered(std::string_view text, const Json& values) {
  auto parsed = parse_template(text);
  check(parsed.has_value(), parsed ? "" : parsed.error().message);
  auto out = render(*parsed, values, Escape::none);
  check(out.has_value(), out ? "" : out.error().message);
  return std::move(*out);
}

}  // namespace

std::string wall_text(Instant t, const std::string& zone) {
  LocalTime local = find_zone(zone).value_or(utc()).local(t);
  return fmt::format("{} {}", to_string(local.date),
                     format_time_of_day(std::chrono::duration_cast<Minutes>(local.time)));
}

Status send_letter(Step& step, ConversationId id, std::string_view key, json::object values,
                   const std::string& otherwise) {
  Case c = TRY(load_case(step, id, Locking::wait));
  values["name"] = c.contact ? c.contact->name : "";
  values["firm"] = step.catalog().organization_name;
  std::string language = c.contact && !c.contact->language.empty() ? c.contact->language : std::string(kUsual);
  std::string_view text = letter(language, key);
  size_t line = text.find('\n');
  conversations::Compose message{.by = step.caller.actor(),
                                 .subject = rendered(text.substr(0, line), values),
                                 .body = rendered(text.substr(line + 1), values),
                                 .hold = kHeld,
                                 .purpose = contacts::Purpose::transactional};
  if (move_conversation(step, id, message)) return {};
  return move_conversation(
      step, id, conversations::AddTask{step.caller.actor(), otherwise, "call", step.now + std::chrono::hours{1}});
}

}  // namespace onward::app::booking
