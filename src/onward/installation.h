// One installation on this machine: its store, key, clock and runner, put together from the options.
#pragma once
#include <memory>

#include "app/step.h"
#include "onward/options.h"
#include "ports/store.h"

namespace onward {

class Installation {
 public:
  // Opens and migrates the database; makes the data directory and the installation's key on first use.
  static Result<std::unique_ptr<Installation>> open(const Options& options);

  ports::Store& store() { return *store_; }
  app::Runner& runner() { return *runner_; }
  ManualClock* manual_clock() { return manual_.get(); }  // nullptr with a real clock
  const Clock& clock() const;
  const Options& options() const { return options_; }
  Entropy& entropy() { return entropy_; }

 private:
  explicit Installation(Options options) : options_(std::move(options)) {}
  Status prepare();
  Status start_clock();

  Options options_;
  KernelEntropy entropy_;
  RealClock real_;
  std::unique_ptr<ManualClock> manual_;
  std::unique_ptr<ports::Store> store_;
  std::unique_ptr<app::Runner> runner_;
};

}  // namespace onward
