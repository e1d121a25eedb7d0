// Pieces of view models: times, chips, touches, promises, timelines. Pure functions of the use cases' JSON.
#pragma once
#include <map>
#include <string>

#include "base/json.h"
#include "pages/words.h"

namespace onward::pages {

// What it takes to say things to one reader.
struct Reader {
  const Words& words;
  const Zone& zone;
  Instant now;
  const std::map<std::string, std::string>& people;  // ids of advisors -> names
};

// {iso, text, zone}: in `zone_name` when that is a zone other than the reader's, and then it is named.
Json when(const Reader&, const std::string& rfc3339, const std::string& zone_name = {});
// {chip, tone, chip_icon} of a machine word of a group: touch, promise, stage, why, pipeline.
json::object chip(const Reader&, std::string_view group, const std::string& word);
// A sentence of the engine with names instead of ids.
std::string told(const Reader&, const std::string& sentence);
// Why a touch has its time: [{reason}].
json::array reasons(const Reader&, const Json& touch);

json::object touch_row(const Reader&, const Json& touch);  // planned or past
json::object promise_row(const Reader&, const Json& promise);
json::object timeline_row(const Reader&, const Json& entry);

}  // namespace onward::pages
