#include "ical/content.h"

#include <algorithm>
#include <optional>

namespace onward::ical {
namespace {

std::string upper(std::string_view s) {
  std::string out(s);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

// Hands out unfolded lines without their breaks; takes bare LF as well, since files on the web have it.
class Unfolder {
 public:
  Unfolder(std::string_view text, size_t most) : text_(text), most_(most) {}
  // False at the end. A line over the limit comes without what is over it.
  bool next(std::string& line, bool& cut) {
    line.clear();
    cut = false;
    if (at_ >= text_.size()) return false;
    size_t whole = 0;
    do {
      std::string_view part = physical();
      if (whole > 0) part.remove_prefix(1);
      whole += part.size() + 1;
      line += part.substr(0, most_ - std::min(most_, line.size()));
    } while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t'));
    cut = whole > most_ + 1;
    return true;
  }

 private:
  std::string_view physical() {
    size_t end = text_.find('\n', at_);
    std::string_view out = text_.substr(at_, end == text_.npos ? end : end - at_);
    at_ = end == text_.npos ? text_.size() : end + 1;
    if (!out.empty() && out.back() == '\r') out.remove_suffix(1);
    return out;
  }

  std::string_view text_;
  size_t most_;
  size_t at_ = 0;
};

bool is_name(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// The value of a parameter from `at` on, up to the ';' or ':' that ends it; quotes protect both.
std::string param_value(std::string_view line, size_t& at) {
  std::string out;
  for (bool quoted = false; at < line.size(); ++at) {
    char c = line[at];
    if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == ';' || c == ':'))
      break;
    else
      out += c;
  }
  return out;
}

std::optional<Property> read_property(std::string_view line) {
  Property p;
  size_t at = line.find_first_of(";:");
  if (at == line.npos || !is_name(line.substr(0, at))) return std::nullopt;
  p.name = upper(line.substr(0, at));
  while (at < line.size() && line[at] == ';') {
    size_t equals = line.find_first_of("=;:", at + 1);
    if (equals == line.npos || line[equals] != '=') return std::nullopt;
    std::string name = upper(line.substr(at + 1, equals - at - 1));
    at = equals + 1;
    p.params.emplace_back(std::move(name), param_value(line, at));
  }
  if (at >= line.size()) return std::nullopt;
  p.value = line.substr(at + 1);
  return p;
}

std::optional<int> digits(std::string_view s, size_t at, size_t count) {
  if (s.size() < at + count) return std::nullopt;
  int out = 0;
  for (char c : s.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return out;
}

class Reader {
 public:
  explicit Reader(const Limits& limits) : limits_(limits) {}

  Result<Content> run(std::string_view text) {
    if (text.size() > limits_.bytes) return fail(Code::too_large, "the calendar is too large");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    Unfolder unfold(text, limits_.line_bytes);
    std::string line;
    bool cut = false;
    for (size_t lines = 0; unfold.next(line, cut);) {
      if (++lines > limits_.lines) return fail(Code::too_large, "the calendar has too many lines");
      TRY_VOID(take(line, cut));
    }
    if (!open_.empty()) return fail(Code::invalid, "the calendar is cut off");
    if (content_.calendars.empty()) return fail(Code::invalid, "this is no calendar");
    return std::move(content_);
  }

 private:
  Status take(const std::string& line, bool cut) {
    auto p = read_property(line);
    // Long texts and pictures are of no interest here; lists of times are.
    if (p && cut && !open_.empty()) {
      if (p->name == "EXDATE" || p->name == "RDATE" || p->name == "FREEBUSY" || p->name == "RRULE")
        ++content_.lines_left_out;
      return {};
    }
    if (!p) {
      if (open_.empty() && line.find_first_not_of(" \t") != line.npos)
        return fail(Code::invalid, "this is no calendar");
      content_.lines_left_out += open_.empty() ? 0 : 1;
      return {};
    }
    if (p->name == "BEGIN") return begin(upper(p->value));
    if (p->name == "END") return end(upper(p->value));
    if (open_.empty()) return fail(Code::invalid, "this is no calendar");
    open_.back().properties.push_back(std::move(*p));
    return {};
  }

  Status begin(std::string name) {
    if (open_.empty() && name != "VCALENDAR") return fail(Code::invalid, "this is no calendar");
    if (static_cast<int>(open_.size()) >= limits_.depth) return fail(Code::invalid, "the calendar nests too deeply");
    if (++components_ > limits_.components) return fail(Code::too_large, "the calendar has too many entries");
    open_.emplace_back();
    open_.back().name = std::move(name);
    return {};
  }

  Status end(const std::string& name) {
    if (open_.empty() || open_.back().name != name) return fail(Code::invalid, "the calendar does not nest");
    Component done = std::move(open_.back());
    open_.pop_back();
    (open_.empty() ? content_.calendars : open_.back().children).push_back(std::move(done));
    return {};
  }

  const Limits& limits_;
  Content content_;
  std::vector<Component> open_;
  size_t components_ = 0;
};

}  // namespace

std::string_view Property::param(std::string_view wanted) const {
  for (const auto& [key, text] : params)
    if (key == wanted) return text;
  return {};
}

const Property* Component::find(std::string_view wanted) const {
  for (const Property& p : properties)
    if (p.name == wanted) return &p;
  return nullptr;
}
std::string_view Component::value(std::string_view wanted) const {
  const Property* p = find(wanted);
  return p ? std::string_view(p->value) : std::string_view();
}

Result<Content> read_content(std::string_view text, const Limits& limits) { return Reader(limits).run(text); }

Result<Moment> read_moment(std::string_view s, std::string_view tzid) {
  auto year = digits(s, 0, 4), month = digits(s, 4, 2), day = digits(s, 6, 2);
  Moment out;
  if (!year || !month || !day || *year < 1) return fail(Code::invalid, "no date");
  std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return fail(Code::invalid, "no date of the calendar");
  out.local.date = {*year, *month, *day};
  if (s.size() == 8) {
    out.is_date = true;
    return out;
  }
  auto hour = digits(s, 9, 2), minute = digits(s, 11, 2), second = digits(s, 13, 2);
  bool form = s[8] == 'T' && hour && minute && second && (s.size() == 15 || (s.size() == 16 && s[15] == 'Z'));
  if (!form || *hour > 23 || *minute > 59 || *second > 60) return fail(Code::invalid, "no time");
  out.local.time = std::chrono::hours{*hour} + Minutes{*minute} + std::chrono::seconds{std::min(*second, 59)};
  out.is_utc = s.size() == 16;
  if (!out.is_utc) out.tzid = tzid;
  return out;
}

Result<Duration> read_duration(std::string_view s) {
  Duration out;
  if (s.starts_with('+')) s.remove_prefix(1);
  if (s.size() < 3 || s[0] != 'P') return fail(Code::invalid, "no duration");
  bool time = false;
  for (size_t at = 1; at < s.size();) {
    if (s[at] == 'T' && !time) {
      time = true, ++at;
      continue;
    }
    size_t end = s.find_first_not_of("0123456789", at);
    if (end == s.npos || end == at || end - at > 7) return fail(Code::invalid, "no duration");
    int n = *digits(s, at, end - at);
    switch (s[end]) {
      case 'W': out.days += std::min(n, 100'000) * 7; break;
      case 'D': out.days += std::min(n, 700'000); break;
      case 'H': out.rest += std::chrono::hours{n}; break;
      case 'M': out.rest += Minutes{n}; break;
      case 'S': out.rest += std::chrono::seconds{n}; break;
      default: return fail(Code::invalid, "no duration");
    }
    bool of_days = s[end] == 'W' || s[end] == 'D';
    if (of_days == time || out.days > 700'000) return fail(Code::invalid, "no duration");
    at = end + 1;
  }
  return out;
}

Result<int> read_offset(std::string_view s) {
  auto hour = digits(s, 1, 2), minute = digits(s, 3, 2);
  auto second = s.size() == 7 ? digits(s, 5, 2) : std::optional<int>(0);
  bool form = (s.size() == 5 || s.size() == 7) && (s[0] == '+' || s[0] == '-') && hour && minute && second;
  if (!form || *hour > 24 || *minute > 59 || *second > 59) return fail(Code::invalid, "no offset");
  int size = *hour * 3600 + *minute * 60 + *second;
  return s[0] == '-' ? -size : size;
}

}  // namespace onward::ical
