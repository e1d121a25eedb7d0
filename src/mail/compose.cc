// Written here and not by a MIME library: mail goes out in one fixed shape (text and HTML, both quoted-printable), and
// the bytes must be the same on every attempt and machine, with folding that leaves the List-Unsubscribe URL in one
// piece. Reading foreign mail is another matter and is left to a library.
#include "mail/compose.h"

#include <algorithm>

#include "base/check.h"
#include "base/crypto.h"
#include "mail/headers.h"

namespace onward::mail {
namespace {

constexpr size_t kQpLine = 76;

std::string lf_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
    } else {
      out += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    }
  }
  return out;
}

void append_qp_line(std::string_view line, std::string& out) {
  size_t column = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    auto byte = static_cast<unsigned char>(line[i]);
    bool blank_at_end = (byte == ' ' || byte == '\t') && i + 1 == line.size();
    // Relays that mangle a leading dot or "From " exist; written as an escape neither can be touched.
    bool fragile = column == 0 && (byte == '.' || line.substr(i, 5) == "From ");
    bool literal = ((byte > 0x20 && byte < 0x7f && byte != '=') || byte == ' ' || byte == '\t') && !blank_at_end;
    size_t width = literal && !fragile ? 1 : 3;
    size_t room = i + 1 == line.size() ? kQpLine : kQpLine - 1;  // the soft break needs one column
    if (column + width > room) {
      out += "=\r\n";
      column = 0;
      --i;
      continue;
    }
    if (width == 1) {
      out += line[i];
    } else {
      constexpr char kHex[] = "0123456789ABCDEF";
      out += {'=', kHex[byte >> 4], kHex[byte & 15]};
    }
    column += width;
  }
}

// A body that ends a message gets its line end; before a boundary the line end belongs to the boundary (RFC
// 2046 5.1.1).
std::string whole(std::string part) { return part.ends_with("\r\n") ? part : part + "\r\n"; }

std::string part(std::string_view type, std::string_view content) {
  return "Content-Type: text/" + std::string(type) +
         "; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
         quoted_printable(valid_utf8(content));
}

std::string base64_lines(std::string_view bytes) {
  std::string plain = base64(bytes), out;
  for (size_t at = 0; at < plain.size(); at += kQpLine) out += plain.substr(at, kQpLine) + "\r\n";
  return out;
}

std::string multipart(std::string_view kind, const std::string& boundary) {
  return "Content-Type: multipart/" + std::string(kind) + ";\r\n boundary=\"" + boundary + "\"\r\n\r\n";
}

// RFC 6047 2.4: the method is that of the calendar. An alternative, since that is what Outlook and Gmail act on.
std::string calendar_part(const ports::CalendarPart& c) {
  return "Content-Type: text/calendar; charset=utf-8; method=" + c.method +
         "; component=VEVENT\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
         quoted_printable(valid_utf8(c.text));
}

// The same as a file, for every other program.
std::string calendar_file(const ports::CalendarPart& c) {
  return "Content-Type: application/ics; name=\"" + c.file_name +
         "\"\r\n"
         "Content-Disposition: attachment; filename=\"" +
         c.file_name +
         "\"\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         base64_lines(c.text);
}

std::vector<std::string> trimmed_references(const std::vector<std::string>& all) {
  if (all.size() <= kMaxReferences) return all;
  std::vector<std::string> kept = {all.front()};
  kept.insert(kept.end(), all.end() - (kMaxReferences - 1), all.end());
  return kept;
}

std::string without_forbidden(std::string_view id) {
  std::string out;
  for (char c : id) {
    if (c > 0x20 && c < 0x7f && c != '<' && c != '>') out += c;
  }
  return out;
}

void write_automation(const ports::Message& m, HeaderWriter& w) {
  if (m.auto_submitted) {
    w.words("Auto-Submitted", HeaderValue::cleaned("auto-generated"));
    w.words("X-Auto-Response-Suppress", HeaderValue::cleaned("All"));
  }
  if (m.list_unsubscribe_url.empty()) return;
  w.url("List-Unsubscribe", m.list_unsubscribe_url);
  w.words("List-Unsubscribe-Post", HeaderValue::cleaned("List-Unsubscribe=One-Click"));
}

std::string head(const ports::Message& m, const std::string& message_id) {
  HeaderWriter w;
  w.words("Date", HeaderValue::cleaned(format_rfc5322(m.date)));
  w.mailbox("From", HeaderValue::cleaned(m.from_name), m.from_address);
  w.mailbox("To", HeaderValue::cleaned(m.to_name), m.to_address);
  if (!m.reply_to.empty()) w.mailbox("Reply-To", HeaderValue::cleaned(""), m.reply_to);
  w.text("Subject", HeaderValue::cleaned(m.subject));
  w.ids("Message-ID", {message_id});
  w.ids("In-Reply-To", {m.in_reply_to});
  w.ids("References", trimmed_references(m.references));
  write_automation(m, w);
  HeaderValue language = HeaderValue::cleaned(m.language);
  if (!language.empty()) w.words("Content-Language", language);
  for (const auto& [name, value] : m.extra_headers) w.words(name, HeaderValue::cleaned(value));
  w.words("MIME-Version", HeaderValue::cleaned("1.0"));
  return w.take();
}

}  // namespace

std::string quoted_printable(std::string_view text) {
  std::string lines = lf_lines(text);
  std::string_view rest = lines;
  std::string out;
  out.reserve(rest.size() + rest.size() / 8);
  for (size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    append_qp_line(rest.substr(0, end), out);
    out += "\r\n";
    rest.remove_prefix(end + 1);
  }
  append_qp_line(rest, out);
  return out;
}

std::string format_rfc5322(Instant t) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto day = std::chrono::floor<std::chrono::days>(t);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(t - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday(day).c_encoding()],
                     unsigned(date.day()), kMonths[unsigned(date.month()) - 1], int(date.year()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::string compose(const ports::Message& m) {
  const std::string message_id = without_forbidden(m.message_id);
  check(!message_id.empty(), "a message needs its Message-ID before it is composed");
  std::string out = head(m, message_id);
  if (m.html.empty()) return out + whole(part("plain", m.text));
  if (m.text.empty()) return out + whole(part("html", m.html));
  // "=_" cannot occur in quoted-printable text, so no content can ever look like the boundary.
  const std::string boundary = "=_" + sha256_hex(message_id).substr(0, 32);
  std::string body = multipart("alternative", boundary);
  body += "--" + boundary + "\r\n" + part("plain", m.text);
  body += "\r\n--" + boundary + "\r\n" + part("html", m.html);
  if (!m.calendar.text.empty()) body += "\r\n--" + boundary + "\r\n" + calendar_part(m.calendar);
  body += "\r\n--" + boundary + "--\r\n";
  if (m.calendar.text.empty()) return out + body;
  const std::string outer = "=_" + sha256_hex("outer " + message_id).substr(0, 32);
  return out + multipart("mixed", outer) + "--" + outer + "\r\n" + body + "\r\n--" + outer + "\r\n" +
         calendar_file(m.calendar) + "\r\n--" + outer + "--\r\n";
}

}  // namespace onward::mail
