#include "base/schema_formats.h"

#include <algorithm>
#include <charconv>

#include "base/schema.h"

namespace onward {
namespace {

// Every code followed by a space. XK is not of ISO but what Kosovo uses in practice.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
    "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK ";
constexpr std::string_view kCurrencies =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
    "GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK "
    "LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR "
    "PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF "
    "YER ZAR ZMW ZWG ";

constexpr size_t kMaxLocalPart = 64;  // RFC 5321 4.5.3.1.1
constexpr size_t kMaxAddress = 254;   // 4.5.3.1.3 without the angle brackets
constexpr size_t kMaxDomain = 253;
constexpr size_t kMaxLabel = 63;  // RFC 1035
constexpr size_t kMaxUrl = 2048;
constexpr size_t kMaxLanguage = 35;  // RFC 5646 4.4.1

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_digit(c) || is_letter(c); }
template <class Test>
bool all(std::string_view s, Test test) {
  return std::all_of(s.begin(), s.end(), test);
}

bool listed(std::string_view code, size_t size, std::string_view list) {
  if (code.size() != size || !all(code, is_letter)) return false;
  for (size_t i = 0; i < list.size(); i += size + 1)
    if (list.substr(i, size) == code) return true;
  return false;
}

// Calls take(part) for each part between separators until one is refused.
template <class Take>
bool each_part(std::string_view s, char separator, Take take) {
  for (;;) {
    size_t end = s.find(separator);
    if (!take(s.substr(0, end))) return false;
    if (end == s.npos) return true;
    s.remove_prefix(end + 1);
  }
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > kMaxDomain) return false;
  return each_part(domain, '.', [](std::string_view label) {
    return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' && label.back() != '-' &&
           all(label, [](char c) { return is_alnum(c) || c == '-'; });
  });
}

bool is_port(std::string_view s) {
  unsigned port = 0;
  auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), port);
  return ec == std::errc() && end == s.data() + s.size() && port >= 1 && port <= 65535;
}

bool is_url_host(std::string_view host) {
  if (host.starts_with('['))
    return host.size() > 3 && host.ends_with(']') && all(host.substr(1, host.size() - 2), [](char c) {
             return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
           });
  return is_domain(host);
}

// The length of the sequence that starts here, 0 when it is none: no overlong form, no surrogate, up to U+10FFFF.
size_t sequence_length(std::string_view s) {
  auto byte = [&](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  auto continues = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xc2 && a <= 0xdf) return continues(1) ? 2 : 0;
  if (a >= 0xe0 && a <= 0xef) {
    if ((a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f)) return 0;
    return continues(1) && continues(2) ? 3 : 0;
  }
  if (a >= 0xf0 && a <= 0xf4) {
    if ((a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f)) return 0;
    return continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

namespace formats {

bool is_country(std::string_view s) { return listed(s, 2, kCountries); }
bool is_currency(std::string_view s) { return listed(s, 3, kCurrencies); }

bool is_language(std::string_view s) {
  if (s.empty() || s.size() > kMaxLanguage) return false;
  bool first = true, after_single = false;
  bool parts_ok = each_part(s, '-', [&](std::string_view part) {
    bool ok = !part.empty() && part.size() <= 8 && all(part, is_alnum);
    if (first) ok = ok && part.size() >= 2 && all(part, is_letter);
    after_single = part.size() == 1;  // a singleton announces at least one more part
    first = false;
    return ok;
  });
  return parts_ok && !after_single;
}

bool is_phone(std::string_view s) {
  return s.size() >= 8 && s.size() <= 16 && s[0] == '+' && s[1] != '0' && all(s.substr(1), is_digit);
}

bool is_url(std::string_view s) {
  if (s.size() > kMaxUrl || !all(s, [](char c) {
        return c > 0x20 && c < 0x7f && std::string_view("<>\"\\^`{|}").find(c) == std::string_view::npos;
      }))
    return false;
  if (s.starts_with("https://")) {
    s.remove_prefix(8);
  } else if (s.starts_with("http://")) {
    s.remove_prefix(7);
  } else {
    return false;
  }
  std::string_view authority = s.substr(0, s.find_first_of("/?#"));
  size_t colon = authority.rfind(':');
  if (colon != authority.npos && authority.find(']', colon) == authority.npos) {
    if (!is_port(authority.substr(colon + 1))) return false;
    authority = authority.substr(0, colon);
  }
  return is_url_host(authority);
}

long count_code_points(std::string_view s) {
  long count = 0;
  while (!s.empty()) {
    size_t length = sequence_length(s);
    if (length == 0) return -1;
    s.remove_prefix(length);
    ++count;
  }
  return count;
}

bool has_control(std::string_view s) {
  for (size_t i = 0; i < s.size(); ++i) {
    auto c = static_cast<unsigned char>(s[i]);
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) return true;
    if (c == 0xc2 && i + 1 < s.size() && static_cast<unsigned char>(s[i + 1]) < 0xa0) return true;
  }
  return false;
}

bool has_line_break(std::string_view s) {
  return s.find_first_of("\n\r") != s.npos || s.find("\xc2\x85") != s.npos || s.find("\xe2\x80\xa8") != s.npos ||
         s.find("\xe2\x80\xa9") != s.npos;
}

}  // namespace formats

bool is_utf8(std::string_view s) { return formats::count_code_points(s) >= 0; }

bool is_email(std::string_view s) {
  size_t at = s.rfind('@');
  if (s.size() > kMaxAddress || at == s.npos) return false;
  std::string_view local = s.substr(0, at), domain = s.substr(at + 1);
  if (local.empty() || local.size() > kMaxLocalPart || domain.find('.') == domain.npos) return false;
  bool atoms = each_part(local, '.', [](std::string_view atom) {
    return !atom.empty() && all(atom, [](char c) {
      return is_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
    });
  });
  std::string_view top = domain.substr(domain.rfind('.') + 1);
  return atoms && is_domain(domain) && !all(top, is_digit);
}

}  // namespace onward
