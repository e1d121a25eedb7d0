// Answers one scenario of `onward slots` a line, in order, for tests that ask thousands; a refused one gets {"error"}.
#include <iostream>
#include <string>

#include "core/slots/scenario.h"

int main() {
  using namespace onward;
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto input = slots::read_scenario(line);
    if (input) {
      const slots::Board board(*input);
      std::cout << dump(slots::answer(*input, board));
    } else {
      std::cout << dump(json::object{{"error", input.error().message}});
    }
    std::cout << std::endl;  // the asker waits for it
  }
}
