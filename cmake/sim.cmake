# The simulator and the world it runs in; the scenario runner and tests link the world too.
add_library(onward_world STATIC
  ${CMAKE_SOURCE_DIR}/sim/world.cc ${CMAKE_SOURCE_DIR}/sim/courier.cc ${CMAKE_SOURCE_DIR}/sim/faulty_store.cc
  ${CMAKE_SOURCE_DIR}/sim/installation.cc)
target_include_directories(onward_world PUBLIC ${CMAKE_SOURCE_DIR})
target_link_libraries(onward_world PUBLIC onward_app onward_store)
target_precompile_headers(onward_world PRIVATE ${CMAKE_SOURCE_DIR}/src/base/pch.h)
