# SPDX-License-Identifier: Apache-2.0
#
# room(): one folder of src/ becomes one static library with its tests and fuzz targets.
#
#   room(base PURE                 # PURE: no I/O, clock, heap, randomness. DO: the others.
#     SOURCES energy.c money.c
#     DEPS    ...                  # rooms below, by name
#     LIBS    ...                  # outside libraries, as CMake targets
#     TESTS   test_energy          # cmocka program test_energy.c beside its source, label unit
#     FUZZ    fuzz_decimal         # fuzz_decimal.c, corpus/fuzz_decimal/*, label fuzz
#     TEST_LIBS ...)               # what only tests and fuzz targets are linked with
#
# The library's target and archive are called pw_ROOM (`crypto` alone is OpenSSL's name).

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF) # hides POSIX from the pure rooms; the others get _GNU_SOURCE
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

# Assertions stay on in every build: CMake would add NDEBUG to the optimised ones.
set(CMAKE_C_FLAGS_DEBUG "-Og -g")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2")
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  # Only the program is optimised as a whole: archives hold plain code too, with which tests are
  # linked in a tenth of the time.
  set(CMAKE_C_COMPILE_OPTIONS_IPO -flto=auto -ffat-lto-objects)
endif()

add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
  -Wmissing-prototypes -Wswitch-enum -Wvla -Wformat=2 -Wundef -Wcast-qual -Wpointer-arith
  -Wwrite-strings -Werror -fstack-protector-strong
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=") # no machine path in an assertion's text

if(PEERWATT_SANITIZE)
  add_compile_options("-fsanitize=${PEERWATT_SANITIZE}" -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options("-fsanitize=${PEERWATT_SANITIZE}")
endif()
if(PEERWATT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(PEERWATT_COVERAGE)
  add_compile_options(--coverage -O0) # optimised code has other branches than the source
  add_link_options(--coverage)
endif()

function(room NAME KIND)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS;LIBS;TESTS;FUZZ;TEST_LIBS" ${ARGN})
  if(ROOM_UNPARSED_ARGUMENTS OR NOT KIND MATCHES "^(PURE|DO)$")
    message(FATAL_ERROR "room(${NAME}): PURE or DO first, then "
                        "SOURCES DEPS LIBS TESTS FUZZ TEST_LIBS")
  endif()
  add_library(pw_${NAME} STATIC ${ROOM_SOURCES})
  target_include_directories(pw_${NAME} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  list(TRANSFORM ROOM_DEPS PREPEND pw_)
  foreach(DEP IN LISTS ROOM_DEPS)
    if(NOT TARGET ${DEP}) # CMake itself would accept a circle of static libraries
      message(FATAL_ERROR "room(${NAME}): ${DEP} is not a room below it")
    endif()
  endforeach()
  target_link_libraries(pw_${NAME} PUBLIC ${ROOM_DEPS} PRIVATE ${ROOM_LIBS})
  if(KIND STREQUAL "DO")
    target_compile_definitions(pw_${NAME} PRIVATE _GNU_SOURCE)
  else()
    set_property(GLOBAL APPEND PROPERTY PEERWATT_PURE_ROOMS ${NAME})
  endif()
  foreach(TEST IN LISTS ROOM_TESTS)
    room_test(${NAME} ${TEST} "${ROOM_LIBS};${ROOM_TEST_LIBS}")
  endforeach()
  foreach(TARGET IN LISTS ROOM_FUZZ)
    room_fuzz(${NAME} ${TARGET} "${ROOM_LIBS};${ROOM_TEST_LIBS}")
  endforeach()
endfunction()

function(link_plainly TARGET)
  if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
    set_target_properties(${TARGET} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
    target_link_options(${TARGET} PRIVATE -fno-lto)
  endif()
endfunction()

function(room_test ROOM TEST LIBS)
  add_executable(${TEST} ${TEST}.c)
  target_compile_definitions(${TEST} PRIVATE _GNU_SOURCE)
  target_link_libraries(${TEST} PRIVATE pw_${ROOM} test_support ${LIBS})
  link_plainly(${TEST})
  add_test(NAME ${ROOM}.${TEST} COMMAND ${TEST})
  set_tests_properties(${ROOM}.${TEST} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# Under clang the target is a libFuzzer program; under gcc it replays the committed corpus, so
# the corpus is a regression test in every preset.
function(room_fuzz ROOM TARGET LIBS)
  set(CORPUS "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${TARGET}")
  add_executable(${TARGET} ${TARGET}.c)
  target_include_directories(${TARGET} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_compile_definitions(${TARGET} PRIVATE _GNU_SOURCE)
  target_link_libraries(${TARGET} PRIVATE pw_${ROOM} ${LIBS})
  link_plainly(${TARGET})
  if(PEERWATT_FUZZ)
    target_link_options(${TARGET} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${TARGET} PRIVATE "${CMAKE_SOURCE_DIR}/tests/fuzz/replay.c")
    add_test(NAME ${ROOM}.${TARGET} COMMAND ${TARGET} "${CORPUS}")
    set_tests_properties(${ROOM}.${TARGET} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()
