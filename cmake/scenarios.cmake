# Scenarios: data files in users' words, each a test of its own over the simulator's world.
if(ONWARD_TESTS)
  file(GLOB scenario_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/scenarios/*.cc)
  onward_test(scenario_tests SOURCES ${scenario_sources} LINK onward_world)
endif()
