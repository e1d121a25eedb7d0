// Content-Encoding: gzip (RFC 9110 sections 8.4.1.3 and 12.5.3, RFC 1952), for answers whose handler allows it.
//
// What is compressed tells by its length how often it repeats itself. A page that holds a secret of the one who is
// signed in, shows what somebody else put into the request, and is fetched with a cookie that the browser adds by
// itself, could be made to tell that secret letter by letter (BREACH). So nothing is compressed unless the handler says
// so with Response::compressible: public pages and files, which no cookie opens and whose stamps anybody may have.
#pragma once
#include <string>
#include <string_view>

#include "http/message.h"

namespace onward::http {

constexpr size_t kWorthCompressing = 1024;  // bytes: what is smaller fits one packet anyhow

// Whether the asker takes gzip, and not less gladly than the body as it is. `field`: all values of Accept-Encoding,
// joined by commas. A member that is malformed counts as not said; a coding named twice as often as its lower weight.
bool accepts_gzip(std::string_view field);
// All values of Accept-Encoding as one.
std::string accepted_encodings(const Request& request);

std::string gzip(std::string_view body);

// The response as it is sent. When it is compressible: with Vary and with its ETag made weak, since one tag then names
// both forms of the body (RFC 9110 section 8.8.3.3; If-None-Match compares weakly), for 200 and 304 alike, so that a
// cache finds what it holds; and, when the asker takes it and it is worth it, as gzip. HEAD has the headers of GET.
// Never with Set-Cookie, a part of a body, another encoding, "no-transform" or a type that is no text.
Response encoded(Response response, std::string_view accept_encoding);

}  // namespace onward::http
