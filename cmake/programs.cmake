# The program itself.
file(GLOB program_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/onward/*.cc)
list(FILTER program_sources EXCLUDE REGEX "_test\\.cc$")
add_executable(onward ${program_sources})
target_link_libraries(onward PRIVATE onward_cli onward_pages onward_api onward_mail onward_caldav onward_store onward_app onward_http)
target_precompile_headers(onward PRIVATE ${CMAKE_SOURCE_DIR}/src/base/pch.h)
