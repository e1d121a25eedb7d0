// Single values of imported files: dates, numbers, phone numbers, and what a kind's fields may hold.
#include <charconv>

#include <fmt/format.h>

#include <array>

#include "app/import_plan.h"
#include "base/schema.h"
#include "base/text.h"

namespace onward::app {
namespace {

using shape::optional;
using shape::required;

Shape hours() {
  return shape::list(shape::object({{"day", shape::one_of({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}), required},
                                    {"from", shape::time_of_day(), required},
                                    {"to", shape::time_of_day(), required}}),
                     0, 50);
}

Shape agency_shape() {
  return shape::object({{"name", shape::line(1, 200), required},
                        {"address", shape::text(1, 500)},
                        {"zone", shape::zone()},
                        {"country", shape::country()},
                        {"region", shape::line(1, 20)},
                        {"hours", hours()},
                        {"closed", shape::list(shape::date(), 0, 400)},
                        {"services", shape::list(shape::line(1, 100), 0, 100)}});
}

Shape organization_shape() {
  return shape::object({{"name", shape::line(1, 200), required},
                        {"domain", shape::line(1, 255)},
                        {"country", shape::country()},
                        {"parent", shape::line(1, 300)},
                        {"details", shape::map(shape::any(2000), 50)}});
}

Shape advisor_shape() {
  Shape skill = shape::object({{"name", shape::line(1, 100), required}, {"level", shape::integer(1, 5), required}});
  return shape::object({{"name", shape::line(1, 200), required},
                        {"email", shape::email()},
                        {"phone", shape::phone()},
                        {"agency", shape::line(1, 300)},
                        {"manager", shape::line(1, 200)},
                        {"zone", shape::zone()},
                        {"languages", shape::list(shape::language(), 0, 20)},
                        {"skills", shape::list(skill, 0, 50)},
                        {"hours", hours()},
                        {"capacity", shape::integer(1, 10'000)}});
}

Shape contact_shape() {
  Shape consent = shape::object({{"purpose", shape::one_of({"follow_up", "marketing"}), required},
                                 {"channel", shape::one_of({"any", "email", "phone", "sms", "letter"})},
                                 {"state", shape::one_of({"granted", "refused", "withdrawn"}), required},
                                 {"basis", shape::one_of({"consent", "contract", "legitimate_interest"})},
                                 {"source", shape::line(1, 500), required},
                                 {"at", shape::time()},
                                 {"id", shape::line(1, 40)}});
  return shape::object({{"name", shape::line(1, 200), required},
                        {"emails", shape::list(shape::email(), 0, 20)},
                        {"phones", shape::list(shape::phone(), 0, 20)},
                        {"language", shape::language()},
                        {"zone", shape::zone()},
                        {"country", shape::country()},
                        {"region", shape::line(1, 20)},
                        {"organization", shape::line(1, 300)},
                        {"agency", shape::line(1, 300)},
                        {"opted_out_at", shape::time()},
                        {"consents", shape::list(consent, 0, 200)}});
}

Shape conversation_shape_of_rows() {
  return shape::object(
      {{"contact", shape::line(1, 300)},
       {"organization", shape::line(1, 300)},
       {"owner", shape::line(1, 300)},
       {"type", shape::line(1, 60), required},
       {"channel",
        shape::one_of(
            {"web", "phone", "callback", "chat", "assistant", "walk_in", "campaign", "event", "sms", "email", "api"}),
        required},
       {"topic", shape::line(1, 200)},
       {"stage",
        shape::one_of({"hand_raised", "qualified", "met", "following_up", "proposal", "won", "lost", "dormant"}),
        required},
       {"opened_at", shape::time()},
       {"closed_at", shape::time()},
       {"amount", shape::number(0, 1e12)},
       {"currency", shape::currency()},
       {"reason", shape::line(1, 300)},
       {"product", shape::line(1, 200)}});
}

// Up to three numbers with one separator between them; the width of the first tells years.
bool read_date(std::string_view text, std::array<int, 3>& out) {
  size_t at = 0;
  for (size_t part = 0; part < 3; ++part) {
    size_t end = at;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end == at || end - at > 4) return false;
    std::from_chars(text.data() + at, text.data() + end, out[part]);
    at = end;
    if (part == 2) return at == text.size();
    if (at >= text.size() || std::string_view(".-/").find(text[at]) == std::string_view::npos) return false;
    ++at;
  }
  return false;
}

}  // namespace

const Shape& import_shape(ImportKind kind) {
  static const Shape shapes[] = {agency_shape(), organization_shape(), advisor_shape(), contact_shape(),
                                 conversation_shape_of_rows()};
  return shapes[static_cast<size_t>(kind)];
}

Result<Instant> parse_file_date(std::string_view text, DateOrder order, const Zone& zone) {
  if (auto exact = parse_rfc3339(text)) return *exact;
  auto bad = [&] { return fail(Code::invalid, fmt::format("\"{}\" is no date that this mapping understands", text)); };
  size_t cut = text.find_first_of(" T");
  std::array<int, 3> n{};
  if (!read_date(text.substr(0, cut), n)) return bad();
  if (order == DateOrder::dmy) std::swap(n[0], n[2]);
  if (order == DateOrder::mdy) n = {n[2], n[0], n[1]};
  auto date = parse_date(fmt::format("{:04}-{:02}-{:02}", n[0], n[1], n[2]));
  if (!date || date->year < 1970) return bad();
  Millis time{0};
  if (cut != text.npos) {
    std::string_view clock = trim(text.substr(cut + 1));
    auto minutes = parse_time_of_day(clock.substr(0, 5));
    if (!minutes || (clock.size() > 5 && clock[5] != ':')) return bad();
    time = *minutes;
  }
  return zone.at({*date, time});
}

Result<double> parse_file_number(std::string_view text) {
  auto bad = [&] { return fail(Code::invalid, fmt::format("\"{}\" is no amount", text)); };
  size_t last = text.find_last_of(".,");
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c >= '0' && c <= '9')
      plain += c;
    else if (i == last)
      plain += '.';
    else if (c != ' ' && c != ',' && c != '.' && c != '\'')
      return bad();
    else if (last == text.npos || c == text[last])
      return bad();  // 1.234.567: which one is the decimal?
  }
  // One separator before exactly three digits groups thousands as often as it marks decimals.
  bool single = last != text.npos && text.find_first_of(".,") == last;
  if (single && text.size() - last == 4 && last <= 3)
    return fail(Code::invalid, fmt::format("\"{}\" could be read two ways", text));
  double value = 0;
  auto end = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (plain.empty() || end.ec != std::errc() || end.ptr != plain.data() + plain.size()) return bad();
  return value;
}

}  // namespace onward::app
