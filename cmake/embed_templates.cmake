# Puts the texts below templates/ (pages, mails, locales, shipped defaults) into the app library, by their path there.
# Included, it adds the step:  onward_embed_templates(onward_app)
# Run as a script (cmake -P) it writes OUTPUT from the files below ROOT.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/*)
  list(SORT files)
  set(entries "")
  foreach(name IN LISTS files)
    file(READ "${ROOT}/${name}" text)
    string(APPEND entries "      {\"${name}\"sv, R\"onwardtext(${text})onwardtext\"sv},\n")
  endforeach()
  file(WRITE ${OUTPUT} "// Written by cmake/embed_templates.cmake.\n#include \"app/embedded.h\"\n\n"
    "namespace onward::app {\n\nusing namespace std::string_view_literals;\n\n"
    "const std::vector<EmbeddedText>& embedded_texts() {\n  static const std::vector<EmbeddedText> texts = {\n"
    "${entries}" "  };\n  return texts;\n}\n\n}  // namespace onward::app\n")
  return()
endif()

function(onward_embed_templates target)
  set(root ${CMAKE_SOURCE_DIR}/templates)
  set(output ${CMAKE_BINARY_DIR}/generated/embedded_templates.cc)
  file(GLOB_RECURSE texts CONFIGURE_DEPENDS ${root}/*)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DROOT=${root} -DOUTPUT=${output} -P ${CMAKE_SOURCE_DIR}/cmake/embed_templates.cmake
    DEPENDS ${texts} ${CMAKE_SOURCE_DIR}/cmake/embed_templates.cmake
    COMMENT "Embedding templates" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
