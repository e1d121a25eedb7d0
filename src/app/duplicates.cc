#include "app/duplicates.h"

#include <algorithm>

namespace onward::app {
namespace {

struct Points {
  std::string_view reason;
  int points;
};
constexpr Points kSameEmail{"same_email", 60}, kSamePhone{"same_phone", 40}, kSameName{"same_name", 40},
    kSameOrganization{"same_organization", 20}, kSameDomain{"same_domain", 15}, kSameCountry{"same_country", 10},
    kSameCompany{"same_name", 60}, kSameSite{"same_domain", 60};
constexpr int kMost = 100;

void add(Likeness& l, const Points& p, bool holds) {
  if (!holds) return;
  l.score = std::min(kMost, l.score + p.points);
  l.reasons.emplace_back(p.reason);
}

std::string_view domain_of(const ContactPoint& p) {
  size_t at = p.folded.find('@');
  return p.kind == "email" && at != std::string::npos ? std::string_view(p.folded).substr(at) : std::string_view();
}

template <class Same>
bool share(const ContactRecord& a, const ContactRecord& b, Same same) {
  return std::ranges::any_of(a.points, [&](const ContactPoint& p) {
    return std::ranges::any_of(b.points, [&](const ContactPoint& q) { return same(p, q); });
  });
}

bool share_point(const ContactRecord& a, const ContactRecord& b, std::string_view kind) {
  return share(a, b,
               [&](const auto& p, const auto& q) { return p.kind == kind && q.kind == kind && p.folded == q.folded; });
}

template <class Record>
json::array rank(const Record& of, const std::vector<Record>& others) {
  struct Candidate {
    const Record* record;
    Likeness likeness;
  };
  std::vector<Candidate> all;
  for (const Record& other : others) all.push_back({&other, likeness(of, other)});
  std::ranges::stable_sort(all, std::ranges::greater{}, [](const Candidate& c) { return c.likeness.score; });
  json::array out;
  for (const Candidate& c : all)
    out.push_back(json::object{{"id", c.record->id.text()},
                               {"name", c.record->name},
                               {"score", c.likeness.score},
                               {"reasons", json::array(c.likeness.reasons.begin(), c.likeness.reasons.end())}});
  return out;
}

std::vector<OrganizationRecord> read_organizations(const Rows& rows) {
  std::vector<OrganizationRecord> out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(read_organization(rows, i));
  return out;
}

// Those that may be the same as `of` and have an id above `above`.
json::array candidates(Step& step, const ContactRecord& of, int64_t above) {
  Reach r = reach_of(step.caller);
  Rows rows = step.run("contact_duplicates", {of.id.value, above, r.scope, r.agency, r.advisor, r.actor});
  return rank(of, read_contacts(step, rows));
}

json::array candidates(Step& step, const OrganizationRecord& of, int64_t above) {
  Reach r = reach_of(step.caller);
  Rows rows = step.run("organization_duplicates", {of.id.value, above, r.scope, r.agency, r.advisor, r.actor});
  return rank(of, read_organizations(rows));
}

template <class Record>
json::array pairs(Step& step, std::string_view kind, const std::vector<Record>& records) {
  json::array out;
  for (const Record& record : records)
    out.push_back(json::object{{"kind", kind},
                               {"id", record.id.text()},
                               {"name", record.name},
                               {"duplicates", candidates(step, record, record.id.value)}});
  return out;
}

}  // namespace

Likeness likeness(const ContactRecord& a, const ContactRecord& b) {
  Likeness out;
  add(out, kSameEmail, share_point(a, b, "email"));
  add(out, kSamePhone, share_point(a, b, "phone"));
  add(out, kSameName, !a.folded.empty() && a.folded == b.folded);
  add(out, kSameOrganization, a.organization && a.organization == b.organization);
  add(out, kSameDomain,
      share(a, b, [](const auto& p, const auto& q) { return !domain_of(p).empty() && domain_of(p) == domain_of(q); }));
  return out;
}

Likeness likeness(const OrganizationRecord& a, const OrganizationRecord& b) {
  Likeness out;
  add(out, kSameCompany, !a.folded.empty() && a.folded == b.folded);
  add(out, kSameSite, !a.domain.empty() && a.domain == b.domain);
  add(out, kSameCountry, !a.country.empty() && a.country == b.country);
  return out;
}

Result<json::array> duplicates_of(Step& step, ContactId id) { return candidates(step, TRY(find_contact(step, id)), 0); }

Result<json::array> duplicates_of(Step& step, OrganizationId id) {
  return candidates(step, TRY(find_organization(step, id)), 0);
}

Result<json::array> list_contact_duplicates(Step& step, const Slice& slice) {
  Reach r = reach_of(step.caller);
  Rows rows = step.run("contact_with_duplicates", {slice.after, slice.limit, r.scope, r.agency, r.advisor, r.actor});
  return pairs(step, "contact", read_contacts(step, rows));
}

Result<json::array> list_organization_duplicates(Step& step, const Slice& slice) {
  Reach r = reach_of(step.caller);
  Rows rows =
      step.run("organization_with_duplicates", {slice.after, slice.limit, r.scope, r.agency, r.advisor, r.actor});
  return pairs(step, "organization", read_organizations(rows));
}

}  // namespace onward::app
