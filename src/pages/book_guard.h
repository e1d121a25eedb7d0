// What keeps the public forms honest, without a session and without a cookie:
//   - every form carries a stamp: when it was drawn and for what, signed with the installation's key. It lasts
//     kStampLife, and a form that comes back sooner than a person can type is asked for once more;
//   - a field that people do not see must stay empty;
//   - whoever comes too often waits: buckets by network and page, in memory (http/token_buckets.h).
// Machine time, not the house's: a demonstration's clock stands still.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "http/form.h"
#include "http/multipart.h"
#include "http/token_buckets.h"
#include "pages/visit.h"

namespace onward::pages {

constexpr Millis kStampLife{12 * 3'600'000};
constexpr Millis kFillTime{1'200};
constexpr std::string_view kTrap = "website";  // the field that stays empty

// A form's `stamp` field. `purpose` is what the form does and for whom, "book first-talk".
std::string draw_stamp(const House&, std::string_view purpose);
enum class Stamp { good, fast, old, foreign };
Stamp read_stamp(const House&, std::string_view purpose, std::string_view stamp);

// A value that comes back by way of a browser as it was given: "value.mac".
std::string sign(const House&, std::string_view purpose, std::string_view value);
std::optional<std::string> signed_value(const House&, std::string_view purpose, std::string_view text);

enum class Visits { looking, choosing, sending, guessing };
// Nothing: come in. Else how long to wait.
std::optional<Millis> too_often(const House&, const http::Request&, Visits, std::string_view room);
// Mails and calls to one address, however asked for: at most three an hour.
std::optional<Millis> too_often_for(const House&, std::string_view address);

// Whether a posted form is one of ours: stamp, origin, trap. `fast` and `old` are for the page to say.
struct Posted {
  http::Pairs form;
  std::vector<http::FormPart> files;  // of multipart/form-data; their contents lie in the request
  Stamp stamp = Stamp::good;
  std::string typed(std::string_view name) const { return http::form_value(form, name).value_or(""); }
};
// `files`: multipart/form-data is taken too, and texts as long as answers.
enum class Files { refused, taken };
Result<Posted> read_posted(const House&, const http::Request&, std::string_view purpose, Files = Files::refused);

}  // namespace onward::pages
