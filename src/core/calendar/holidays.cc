#include "core/calendar/holidays.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "base/check.h"

namespace onward::calendar {
namespace {

constexpr Date kEpoch{2000, 1, 1};

using Key = std::array<char, 8>;

// Empty (all zero) when the text does not fit, which no place has as its key.
Key key_of(std::string_view country, std::string_view region) {
  Key key{};
  if (country.size() != 2) return key;
  if (region.starts_with(country) && region.size() > 3 && region[2] == '-') region.remove_prefix(3);
  if (country.size() + 1 + region.size() > key.size()) return key;
  std::copy(country.begin(), country.end(), key.begin());
  if (!region.empty()) {
    key[2] = '-';
    std::copy(region.begin(), region.end(), key.begin() + 3);
  }
  return key;
}

std::span<const HolidayTable::Row> rows_of(const HolidayTable::Packed& packed, const Key& key) {
  auto less = [](const HolidayTable::PlaceRow& row, const Key& k) {
    return std::memcmp(row.key, k.data(), k.size()) < 0;
  };
  auto it = std::lower_bound(packed.places.begin(), packed.places.end(), key, less);
  if (it == packed.places.end() || std::memcmp(it->key, key.data(), key.size()) != 0) return {};
  return packed.rows.subspan(it->first, it->count);
}

const HolidayTable::Row* row_on(std::span<const HolidayTable::Row> rows, int day) {
  auto it =
      std::lower_bound(rows.begin(), rows.end(), day, [](const HolidayTable::Row& r, int d) { return r.day < d; });
  return it != rows.end() && it->day == day ? &*it : nullptr;
}

}  // namespace

HolidayTable::HolidayTable(std::vector<Day> days) {
  std::map<Key, std::map<int, std::string>> places;
  for (Day& day : days) {
    int number = days_between(kEpoch, day.date);
    Key key = key_of(day.country, day.region);
    check(number >= 0 && number <= UINT16_MAX && key != Key{}, "a holiday of a place, in 2000 or later");
    places[key].emplace(number, std::move(day.name));
  }
  name_starts_.push_back(0);
  for (const auto& [key, rows] : places) {
    PlaceRow place{{}, static_cast<uint32_t>(rows_.size()), static_cast<uint32_t>(rows.size())};
    std::copy(key.begin(), key.end(), place.key);
    places_.push_back(place);
    for (const auto& [day, name] : rows) {
      check(name_starts_.size() < kRemoved, "too many holidays");
      rows_.push_back({static_cast<uint16_t>(day), static_cast<uint16_t>(name_starts_.size() - 1)});
      names_.insert(names_.end(), name.begin(), name.end());
      name_starts_.push_back(static_cast<uint32_t>(names_.size()));
    }
  }
  packed_ = {places_, rows_, name_starts_, {names_.data(), names_.size()}};
}

HolidayTable::Days HolidayTable::days_of(std::string_view country, std::string_view region) const {
  Days days;
  if (country.empty()) return days;
  days.country = rows_of(packed_, key_of(country, {}));
  if (!region.empty()) days.region = rows_of(packed_, key_of(country, region));
  return days;
}

std::optional<std::string_view> HolidayTable::name_on(const Days& days, Date date) const {
  if (days.country.empty() && days.region.empty()) return std::nullopt;
  int day = days_between(kEpoch, date);
  const Row* row = row_on(days.region, day);
  if (!row) row = row_on(days.country, day);
  if (!row || row->name == kRemoved) return std::nullopt;
  uint32_t start = packed_.name_starts[row->name], end = packed_.name_starts[row->name + 1];
  return packed_.names.substr(start, end - start);
}

}  // namespace onward::calendar
