#include <algorithm>

#include "base/schema.h"
#include "base/text.h"
#include "pages/book_details.h"

namespace onward::pages {
namespace {

struct Dial {
  std::string_view country, code;
};
// Countries whose national numbers begin with a 0 that is left out from abroad.
constexpr Dial kDials[] = {{"GB", "44"},  {"IE", "353"}, {"FR", "33"}, {"BE", "32"},  {"NL", "31"}, {"DE", "49"},
                           {"AT", "43"},  {"CH", "41"},  {"SE", "46"}, {"FI", "358"}, {"RO", "40"}, {"MA", "212"},
                           {"DZ", "213"}, {"ZA", "27"},  {"AU", "61"}, {"NZ", "64"},  {"JP", "81"}, {"KR", "82"},
                           {"IN", "91"},  {"TR", "90"},  {"EG", "20"}, {"IL", "972"}};

std::string without_returns(std::string text) {
  std::erase(text, '\r');
  return text;
}

bool has_link(std::string_view text) {
  std::string lower = ascii_lower(text);
  return lower.find("://") != std::string::npos || lower.find("www.") != std::string::npos;
}

class Reading {
 public:
  explicit Reading(const http::Pairs& form) : form_(form) {}
  std::string value(std::string_view name) const {
    return std::string(trim(without_returns(http::form_value(form_, name).value_or(""))));
  }
  void fault(std::string_view name, std::string_view code) {
    faults_.push_back({"/" + std::string(name), std::string(code), std::string(code)});
  }
  // One line or many, as the shape allows.
  std::string text(std::string_view name, const Shape& shape, bool needed) {
    std::string given = value(name);
    if (given.empty()) {
      if (needed) fault(name, "required");
      return {};
    }
    if (Status s = shape.validate(Json(given)); !s)
      fault(name, s.error().fields.empty() ? std::string("format") : s.error().fields.front().code);
    return given;
  }
  Status status() {
    if (faults_.empty()) return {};
    std::string message = faults_[0].message;
    return fail(Error{Code::invalid, std::move(message), std::move(faults_), {}});
  }

 private:
  const http::Pairs& form_;
  std::vector<FieldError> faults_;
};

}  // namespace

std::optional<std::string> phone_number(std::string_view typed, const std::string& country) {
  std::string digits;
  for (size_t i = 0; i < typed.size(); ++i) {
    char c = typed[i];
    if (typed.substr(i).starts_with("(0)") && digits.starts_with('+')) {
      i += 2;
    } else if ((c >= '0' && c <= '9') || (c == '+' && digits.empty())) {
      digits += c;
    } else if (std::string_view(" -./()").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  auto dial = std::ranges::find(kDials, country, &Dial::country);
  if (digits.starts_with("00")) digits = "+" + digits.substr(2);
  if (digits.starts_with('0') && dial != std::end(kDials)) digits = "+" + std::string(dial->code) + digits.substr(1);
  static const Shape shape = shape::phone();
  if (!shape.validate(Json(digits))) return std::nullopt;
  return digits;
}

Asked asked_for(const app::booking::MeetingType& type, const std::string& country) {
  Asked out{.country = country};
  for (const Json& c : type.channels.as_array()) out.channels.emplace_back(c.as_string());
  out.phone_needed = out.channels.size() == 1 && out.channels[0] == "phone";
  return out;
}

Result<Wish> read_wish(const Asked& asked, const http::Pairs& form) {
  static const Shape name = shape::line(1, kMaxName), note = shape::text(1, kMaxNote),
                     place = shape::line(1, kMaxPlace);
  Reading r(form);
  Wish w{.name = r.text("name", name, true),
         .email = r.value("email"),
         .phone = r.value("phone"),
         .channel = r.value("channel")};
  if (has_link(w.name)) r.fault("name", "link");
  if (w.email.empty() && asked.email_needed) r.fault("email", "required");
  if (!w.email.empty() && !is_email(w.email)) r.fault("email", "email");
  if (asked.channels.size() == 1) w.channel = asked.channels[0];
  if (!asked.channels.empty() && std::ranges::count(asked.channels, w.channel) == 0)
    r.fault("channel", w.channel.empty() ? "required" : "not_one_of");
  bool call = asked.phone_needed || w.channel == "phone";
  if (w.phone.empty() && call) r.fault("phone", "required");
  if (!w.phone.empty()) {
    auto number = phone_number(w.phone, asked.country);
    if (!number) r.fault("phone", "phone");
    w.phone = number.value_or("");
  }
  w.place = r.text("place", place, w.channel == "at_customer");
  w.note = r.text("note", note, false);
  TRY_VOID(r.status());
  return w;
}

std::string channel_words(const Words& words, const app::booking::MeetingType& type) {
  std::string out;
  for (const Json& c : type.channels.as_array()) out += (out.empty() ? "" : " · ") + words.word("meet", c.as_string());
  return out;
}

}  // namespace onward::pages
