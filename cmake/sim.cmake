# The simulator and the world it runs in; the scenario runner and tests link the world too.
add_library(onward_world STATIC
  ${CMAKE_SOURCE_DIR}/sim/world.cc ${CMAKE_SOURCE_DIR}/sim/courier.cc ${CMAKE_SOURCE_DIR}/sim/faulty_store.cc
  ${CMAKE_SOURCE_DIR}/sim/installation.cc)
target_include_directories(onward_world PUBLIC ${CMAKE_SOURCE_DIR})
target_link_libraries(onward_world PUBLIC onward_app onward_store)
target_precompile_headers(onward_world PRIVATE ${CMAKE_SOURCE_DIR}/src/base/pch.h)
add_library(onward_simulation STATIC
  ${CMAKE_SOURCE_DIR}/sim/simulation.cc ${CMAKE_SOURCE_DIR}/sim/setup.cc ${CMAKE_SOURCE_DIR}/sim/outside.cc
  ${CMAKE_SOURCE_DIR}/sim/customers.cc ${CMAKE_SOURCE_DIR}/sim/appointments.cc ${CMAKE_SOURCE_DIR}/sim/advisors.cc ${CMAKE_SOURCE_DIR}/sim/firm.cc
  ${CMAKE_SOURCE_DIR}/sim/foresight.cc ${CMAKE_SOURCE_DIR}/sim/checks.cc ${CMAKE_SOURCE_DIR}/sim/probe.cc
  ${CMAKE_SOURCE_DIR}/sim/interleave.cc ${CMAKE_SOURCE_DIR}/sim/market.cc ${CMAKE_SOURCE_DIR}/sim/bookings.cc
  ${CMAKE_SOURCE_DIR}/sim/fair_acts.cc ${CMAKE_SOURCE_DIR}/sim/fair_checks.cc)
target_link_libraries(onward_simulation PUBLIC onward_world)
target_precompile_headers(onward_simulation PRIVATE ${CMAKE_SOURCE_DIR}/src/base/pch.h)
add_executable(onward-sim ${CMAKE_SOURCE_DIR}/sim/main.cc)
target_link_libraries(onward-sim PRIVATE onward_simulation)
if(ONWARD_TESTS)
  onward_test(sim_tests SOURCES ${CMAKE_SOURCE_DIR}/tests/sim/world_test.cc LINK onward_simulation)
  onward_test(booking_sim SOURCES ${CMAKE_SOURCE_DIR}/tests/sim/bookings_test.cc LINK onward_simulation throwaway_postgres)
endif()
