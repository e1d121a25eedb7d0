#include "app/engine.h"

#include "app/library_world_test.h"

namespace onward::app {
namespace {

using testing::World;

// A commit wakes the loops: one without anything in it would wake them for ever.
TEST(Engine, WritesNothingWhileNothingIsDue) {
  World w;
  Engine engine(*w.runner, nullptr);
  int commits = 0;
  w.runner->on_commit([&] { ++commits; });
  EXPECT_EQ(engine.run_due().value(), 0);
  EXPECT_EQ(commits, 0);

  ConversationId id = w.open();
  ASSERT_TRUE(w.apply(id, conversations::TalkHeld{w.talk()}));
  w.clock.set(w.clock.now() + std::chrono::days{40});
  EXPECT_GT(engine.run_due().value(), 0);
  commits = 0;
  EXPECT_EQ(engine.run_due().value(), 0);
  EXPECT_EQ(commits, 0);
}

}  // namespace
}  // namespace onward::app
