#include "pages/book_guard.h"

#include <charconv>

#include <fmt/format.h>

#include "app/qualification/uploads.h"
#include "base/crypto.h"
#include "pages/guard.h"

namespace onward::pages {
namespace {

constexpr size_t kMac = 32;        // hexadecimal digits: 128 bits
constexpr size_t kMaxStamp = 200;  // bytes
constexpr http::FormLimits kLimits{40, 60, 8 << 10};
constexpr http::FormLimits kAnswerLimits{400, 80, 24 << 10};
constexpr http::MultipartLimits kPartLimits{400, 200, 24 << 10, static_cast<size_t>(app::kMaxUpload)};

constexpr http::TokenBuckets::Rate kLooking{.capacity = 120, .every = 500ms};
constexpr http::TokenBuckets::Rate kChoosing{.capacity = 30, .every = 20s};
constexpr http::TokenBuckets::Rate kSending{.capacity = 20, .every = 60s};
constexpr http::TokenBuckets::Rate kGuessing{.capacity = 20, .every = 30s};
constexpr http::TokenBuckets::Rate kOneAddress{.capacity = 3, .every = 20min};

std::string mac_of(const House& house, std::string_view purpose, std::string_view value) {
  std::string text = fmt::format("public page\n{}\n{}", purpose, value);
  return hmac_sha256_hex(house.runner.services().secret, text).substr(0, kMac);
}

http::TokenBuckets::Rate rate_of(Visits v) {
  switch (v) {
    case Visits::looking: return kLooking;
    case Visits::choosing: return kChoosing;
    case Visits::sending: return kSending;
    case Visits::guessing: return kGuessing;
  }
  return kGuessing;
}

Instant machine_now(const House& house) {
  static const RealClock real;
  return house.options.machine_clock ? house.options.machine_clock->now() : real.now();
}

}  // namespace

std::string sign(const House& house, std::string_view purpose, std::string_view value) {
  return fmt::format("{}.{}", value, mac_of(house, purpose, value));
}

std::optional<std::string> signed_value(const House& house, std::string_view purpose, std::string_view text) {
  size_t dot = text.rfind('.');
  if (text.size() > kMaxStamp || dot == text.npos) return std::nullopt;
  std::string_view value = text.substr(0, dot);
  if (!equal_constant_time(text.substr(dot + 1), mac_of(house, purpose, value))) return std::nullopt;
  return std::string(value);
}

std::string draw_stamp(const House& house, std::string_view purpose) {
  std::string value = fmt::format("{}.{}", to_ms(machine_now(house)), house.runner.services().entropy.token());
  return sign(house, fmt::format("form {}", purpose), value);
}

Stamp read_stamp(const House& house, std::string_view purpose, std::string_view stamp) {
  auto value = signed_value(house, fmt::format("form {}", purpose), stamp);
  int64_t ms = 0;
  if (!value || std::from_chars(value->data(), value->data() + value->size(), ms).ec != std::errc())
    return Stamp::foreign;
  Millis age = machine_now(house) - from_ms(ms);
  return age > kStampLife ? Stamp::old : age < kFillTime ? Stamp::fast : Stamp::good;
}

std::optional<Millis> too_often(const House& house, const http::Request& request, Visits v, std::string_view room) {
  std::string key = fmt::format("{} {} {}", static_cast<int>(v), http::network_of(request.remote), room);
  return house.buckets->take(key, rate_of(v), machine_now(house));
}

std::optional<Millis> too_often_for(const House& house, std::string_view address) {
  return house.buckets->take("to " + sha256_hex(address), kOneAddress, machine_now(house));
}

Result<Posted> read_posted(const House& house, const http::Request& request, std::string_view purpose, Files files) {
  Posted out;
  std::string_view type = request.header("Content-Type");
  if (auto boundary = files == Files::taken ? http::multipart_boundary(type) : std::nullopt) {
    for (http::FormPart& part : TRY(http::parse_multipart(request.body, *boundary, kPartLimits)))
      if (part.filename)
        out.files.push_back(std::move(part));
      else
        out.form.emplace_back(std::move(part.name), part.content);
  } else {
    if (!type.starts_with("application/x-www-form-urlencoded"))
      return fail(Code::invalid, "this form is not from our own page");
    out.form = TRY(http::parse_form(request.body, files == Files::taken ? kAnswerLimits : kLimits));
  }
  bool ours = from_our_pages(request, house.runner.services().base_url);
  out.stamp = read_stamp(house, purpose, out.typed("stamp"));
  if (!ours || out.stamp == Stamp::foreign) return fail(Code::forbidden, "this form is not from our own page");
  if (!out.typed(kTrap).empty()) return fail(Code::invalid, "this form was filled in by a program");
  return out;
}

}  // namespace onward::pages
