// compose: a message of the port as RFC 5322 bytes, ready for SMTP DATA (before dot-stuffing).
//
// Promises: the same Message gives the same bytes; every line ends in CRLF, there is no bare CR or LF; lines are ASCII,
// <= 78 bytes where the content allows and never over 998; no field of the message can add a header or a body part.
// Requires: message_id is set; names of extra_headers are tokens fixed in code and not written by compose itself.
// A calendar part goes as an alternative of the text and as a file (RFC 6047).
// Sources: RFC 5322, 2045-2047, 2183, 3834 (Auto-Submitted), 2369 and 8058 (List-Unsubscribe).
#pragma once
#include <string>
#include <string_view>

#include "ports/courier.h"

namespace onward::mail {

constexpr size_t kMaxReferences = 50;  // the first and the latest ones are kept

std::string compose(const ports::Message&);

// Quoted-printable (RFC 2045 6.7) of text whose lines end in LF, CRLF or CR; lines of the result end in CRLF.
std::string quoted_printable(std::string_view text);
// "Mon, 30 Mar 2026 08:00:00 +0000"
std::string format_rfc5322(Instant);

}  // namespace onward::mail
