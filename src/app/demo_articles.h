// The demo organization's articles: templates/demo/articles/<language>/<name>.yaml, each the body of a POST /articles;
// files of the same name are translations of each other.
#pragma once
#include "app/step.h"

namespace onward::app {

// Adds and publishes them, written by these advisors in turn.
Status add_demo_articles(Step&, const std::vector<AdvisorId>& authors);

}  // namespace onward::app
