// A store of each kind with two agencies and the people who work there, for the suites in this folder.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "app/step.h"
#include "ports/store.h"

namespace onward::testing {

using app::Caller;
using app::Role;
using app::Step;

class World : public ::testing::TestWithParam<ports::Engine> {
 protected:
  World();
  ~World() override;

  // One write transaction as this caller.
  template <class Work>
  auto as(const Caller& caller, Work work) -> decltype(work(std::declval<Step&>())) {
    std::optional<decltype(work(std::declval<Step&>()))> out;
    Status status = runner_->write(app::Lane::interactive, caller, [&](Step& step) -> Status {
      out.emplace(work(step));
      if (!*out) return fail(out->error());
      return {};
    });
    if (out && *out && !status) return fail(status.error());
    return out ? std::move(*out) : fail(status.error());
  }
  ports::Rows sql(const std::string& statement, const ports::Params& = {});
  // Every row of the tables that a merge may touch.
  std::string dump_records();
  // The kinds of all facts, oldest first.
  std::vector<std::string> facts();
  std::string last_fact_data();
  ContactId contact(const std::string& name, json::object more = {}, const Caller* by = nullptr);
  OrganizationId organization(const std::string& name, json::object more = {});
  ConversationId conversation(ContactId, AdvisorId owner, AgencyId, OrganizationId = {});
  void close(ConversationId);
  void tick() { clock_.set(clock_.now() + 1min); }

  ManualClock clock_{from_ms(1'774'000'000'000)};
  SeededEntropy entropy_{7};
  Rng rng_{3};
  std::unique_ptr<ports::Store> store_;
  std::unique_ptr<app::Runner> runner_;
  AgencyId north, south;
  Caller owner, auditor, manager_north, manager_south, ann_north, bob_north, cid_south;
};

std::string text_of(const Json&, std::string_view key);  // fails the test when it is no string
inline std::string kind_name(const ::testing::TestParamInfo<ports::Engine>& info) {
  return info.param == ports::Engine::sqlite ? "Sqlite" : "Postgres";
}

#define RECORD_SUITE(Suite)      \
  class Suite : public World {}; \
  INSTANTIATE_TEST_SUITE_P(Engines, Suite, ::testing::Values(ports::Engine::sqlite, ports::Engine::postgres), kind_name)

}  // namespace onward::testing
