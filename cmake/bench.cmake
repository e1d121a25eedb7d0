# Benchmarks: programs with recorded results (script/bench), never timed tests.
if(ONWARD_BENCH)
  add_executable(drain_bench bench/drain_bench.cc)
  target_link_libraries(drain_bench PRIVATE onward_app onward_store)
  target_precompile_headers(drain_bench PRIVATE ${CMAKE_SOURCE_DIR}/src/base/pch.h)
  add_executable(slots_bench bench/slots_bench.cc)
  target_link_libraries(slots_bench PRIVATE onward_core)
  target_precompile_headers(slots_bench PRIVATE ${CMAKE_SOURCE_DIR}/src/base/pch.h)
endif()
