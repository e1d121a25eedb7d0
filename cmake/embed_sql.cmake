# Puts the SQL texts of src/store/sql into the store library. Included, it adds the step to a target:
#   onward_embed_sql(onward_store)
# Run as a script (cmake -P) it writes OUTPUT from the files below ROOT.
if(CMAKE_SCRIPT_MODE_FILE)
  function(append_files pattern)
    file(GLOB files ${ROOT}/${pattern})
    list(SORT files)
    set(entries "")
    foreach(path IN LISTS files)
      get_filename_component(name "${path}" NAME)
      file(READ "${path}" text)
      string(APPEND entries "          {\"${name}\", R\"onwardsql(${text})onwardsql\"},\n")
    endforeach()
    set(entries "${entries}" PARENT_SCOPE)
  endfunction()
  append_files(*.sql)
  set(statements "${entries}")
  append_files(postgres/*.sql)
  set(overrides "${entries}")
  append_files(migrations/*.sql)
  file(WRITE ${OUTPUT} "// Written by cmake/embed_sql.cmake.\n#include \"store/catalogue.h\"\n\n"
    "namespace onward::store {\n\nconst Catalogue& embedded_catalogue() {\n  static const Catalogue catalogue{\n"
    "      .statements = {\n" "${statements}" "      },\n      .postgres_overrides = {\n" "${overrides}"
    "      },\n      .migrations = {\n" "${entries}" "      },\n  };\n  return catalogue;\n}\n\n}  // namespace onward::store\n")
  return()
endif()

function(onward_embed_sql target)
  set(root ${CMAKE_SOURCE_DIR}/src/store/sql)
  set(output ${CMAKE_BINARY_DIR}/generated/embedded_sql.cc)
  file(GLOB texts CONFIGURE_DEPENDS ${root}/*.sql ${root}/postgres/*.sql ${root}/migrations/*.sql)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DROOT=${root} -DOUTPUT=${output} -P ${CMAKE_SOURCE_DIR}/cmake/embed_sql.cmake
    DEPENDS ${texts} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.cmake
    COMMENT "Embedding SQL" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
