# Writes the table of public holidays into the build directory; core/calendar/public_holidays.cc includes it.
set(HOLIDAYS_TOOL ${CMAKE_SOURCE_DIR}/tools/holidays)
find_program(NODE NAMES node nodejs)
if(NOT NODE)
  message(FATAL_ERROR "Node.js is missing: it writes the table of public holidays. Run script/bootstrap.")
endif()
if(NOT EXISTS ${HOLIDAYS_TOOL}/node_modules/date-holidays/package.json)
  message(FATAL_ERROR "The holiday data is not installed. Run script/bootstrap, or: npm ci --ignore-scripts --prefix tools/holidays")
endif()

set(HOLIDAYS_DIR ${CMAKE_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${HOLIDAYS_DIR})
add_custom_command(
  OUTPUT ${HOLIDAYS_DIR}/holidays.inc
  COMMAND ${NODE} ${HOLIDAYS_TOOL}/generate.mjs ${HOLIDAYS_DIR}/holidays.inc
  DEPENDS ${HOLIDAYS_TOOL}/generate.mjs ${HOLIDAYS_TOOL}/package-lock.json
  COMMENT "Writing the table of public holidays"
  VERBATIM)
add_custom_target(holidays_table DEPENDS ${HOLIDAYS_DIR}/holidays.inc)
add_dependencies(onward_core holidays_table)
target_include_directories(onward_core PRIVATE ${HOLIDAYS_DIR})
# Where the source itself says what it includes, so that a changed table recompiles it.
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/core/calendar/public_holidays.cc PROPERTIES
  OBJECT_DEPENDS ${HOLIDAYS_DIR}/holidays.inc)
