# The recording SMTP sink (a library for other tests and a program), the tests that need it, and the bench.
if(ONWARD_TESTS OR ONWARD_BENCH)
  add_library(smtp_sink STATIC ${CMAKE_SOURCE_DIR}/tests/mail/smtp_sink.cc)
  target_include_directories(smtp_sink PUBLIC ${CMAKE_SOURCE_DIR}/tests/mail)
  target_link_libraries(smtp_sink PUBLIC OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
  target_precompile_headers(smtp_sink PRIVATE <string> <vector> <map> <functional> <thread>)
endif()
if(ONWARD_TESTS)
  add_executable(onward-smtp-sink ${CMAKE_SOURCE_DIR}/tests/mail/smtp_sink_main.cc)
  target_link_libraries(onward-smtp-sink PRIVATE smtp_sink Boost::json)
  onward_test(mail_integration
    SOURCES ${CMAKE_SOURCE_DIR}/tests/mail/courier_test.cc ${CMAKE_SOURCE_DIR}/tests/mail/courier_fault_test.cc
    LINK onward_mail smtp_sink)
  # Sends the messages of a JSON file; the reading end is a script with a mail server and parsers of others.
  add_executable(mail_probe ${CMAKE_SOURCE_DIR}/tests/mail/mail_probe.cc)
  target_link_libraries(mail_probe PRIVATE onward_mail)
  add_test(NAME mail_postfix COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tests/mail/postfix_test.py $<TARGET_FILE:mail_probe>)
  set_tests_properties(mail_postfix PROPERTIES TIMEOUT 180)
endif()
if(ONWARD_BENCH)
  add_executable(smtp_bench ${CMAKE_SOURCE_DIR}/bench/smtp_bench.cc)
  target_link_libraries(smtp_bench PRIVATE onward_mail smtp_sink)
endif()
