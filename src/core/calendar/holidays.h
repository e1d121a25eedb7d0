// Public holidays by country and first-level region. The built-in table covers the years 2024..2035; a date outside
// them, an unknown country or an unknown region simply has no (regional) holiday.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.h"

namespace onward::calendar {

class HolidayTable {
 public:
  // One day off. `region` is empty for the whole country, else ISO 3166-2 ("DE-BY").
  struct Day {
    std::string country;  // ISO 3166-1 alpha-2
    std::string region;
    Date date;
    std::string name;
  };

  // The packed form: fixed-size rows without pointers, so that the built-in table is read-only data of the program.
  struct Row {
    uint16_t day;   // days since 2000-01-01
    uint16_t name;  // index into the names; kRemoved: a working day here although the country has it off
  };
  struct PlaceRow {
    char key[8];  // "DE" or "DE-BY", zero-padded
    uint32_t first;
    uint32_t count;
  };
  struct Packed {
    std::span<const PlaceRow> places;       // sorted by key
    std::span<const Row> rows;              // per place, sorted by day
    std::span<const uint32_t> name_starts;  // one more than there are names
    std::string_view names;
  };
  static constexpr uint16_t kRemoved = 0xffff;

  // The days of one place, found once and then asked often. Valid as long as the table.
  struct Days {
    std::span<const Row> country;
    std::span<const Row> region;
  };

  HolidayTable() = default;
  explicit HolidayTable(const Packed& packed) : packed_(packed) {}
  explicit HolidayTable(std::vector<Day> days);
  HolidayTable(HolidayTable&&) = default;
  HolidayTable& operator=(HolidayTable&&) = default;
  HolidayTable(const HolidayTable&) = delete;
  HolidayTable& operator=(const HolidayTable&) = delete;

  // `region` may be empty, "DE-BY" or "BY".
  Days days_of(std::string_view country, std::string_view region) const;
  std::optional<std::string_view> name_on(const Days&, Date) const;
  // The name of the holiday, if that date is one.
  std::optional<std::string_view> find(std::string_view country, std::string_view region, Date date) const {
    return name_on(days_of(country, region), date);
  }
  size_t place_count() const { return packed_.places.size(); }

 private:
  Packed packed_;
  std::vector<PlaceRow> places_;  // what packed_ refers to when the table was made from a list
  std::vector<Row> rows_;
  std::vector<uint32_t> name_starts_;
  std::vector<char> names_;  // not a string: its short form would move with the table
};

// The built-in table (data: see NOTICE). Costs no memory until asked.
const HolidayTable& public_holidays();

}  // namespace onward::calendar
