# How every target of the project is made: warnings as errors, include roots, sanitizers.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
# Boost 1.74's asio needs <utility> before it; harmless elsewhere.
add_compile_options("SHELL:-include utility")
if(USTP_SANITIZE)
  add_compile_options(-fsanitize=${USTP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${USTP_SANITIZE})
endif()
# Beast units take up to 2 GB each: two at once are enough.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS fat=1)

function(ustp_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
    $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
endfunction()

# ustp_library(NAME SOURCES a.cpp… DEPENDS x y PRIVATE_DEPENDS z [FAT])
# A library `NAME` with alias `ustp::NAME`. Without sources it is an INTERFACE library. TYPE: STATIC unless said otherwise.
function(ustp_library name)
  cmake_parse_arguments(A "FAT" "TYPE" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  if(NOT A_TYPE)
    set(A_TYPE STATIC)
  endif()
  if(A_SOURCES)
    add_library(ustp_${name} ${A_TYPE} ${A_SOURCES})
    ustp_options(ustp_${name})
    target_link_libraries(ustp_${name} PUBLIC ${A_DEPENDS} PRIVATE ${A_PRIVATE_DEPENDS})
    target_include_directories(ustp_${name} PUBLIC
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/sdk/include> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
    if(A_FAT)
      set_property(TARGET ustp_${name} PROPERTY JOB_POOL_COMPILE fat)
    endif()
  else()
    add_library(ustp_${name} INTERFACE)
    target_link_libraries(ustp_${name} INTERFACE ${A_DEPENDS})
    target_include_directories(ustp_${name} INTERFACE
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/sdk/include> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  endif()
  add_library(ustp::${name} ALIAS ustp_${name})
endfunction()

# ustp_program(NAME SOURCES … DEPENDS … [FAT])
function(ustp_program name)
  cmake_parse_arguments(A "FAT" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  ustp_options(${name})
  target_link_libraries(${name} PRIVATE ${A_DEPENDS})
  if(A_FAT)
    set_property(TARGET ${name} PROPERTY JOB_POOL_COMPILE fat)
  endif()
endfunction()

# ustp_test(NAME SOURCES … DEPENDS … LABELS … [TIMEOUT s]): a doctest binary (its main is tests/unit/main.cpp),
# registered with ctest under its own name.
function(ustp_test name)
  cmake_parse_arguments(A "" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  ustp_options(${name})
  target_link_libraries(${name} PRIVATE ${A_DEPENDS} ustp_test_main doctest::doctest)
  target_compile_definitions(${name} PRIVATE USTP_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    USTP_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  if("unit" IN_LIST A_LABELS AND TARGET unit_tests)
    add_dependencies(unit_tests ${name})
  endif()
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 400)  # for the slowest of them under sanitizers; nothing is measured by it
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${A_TIMEOUT} LABELS "${A_LABELS}")
endfunction()

# ustp_fuzzer(NAME SOURCES … DEPENDS …): a libFuzzer binary with its corpus in tests/fuzz/corpus/NAME.
function(ustp_fuzzer name)
  if(NOT USTP_BUILD_FUZZERS)
    return()
  endif()
  cmake_parse_arguments(A "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(fuzz_${name} ${A_SOURCES})
  ustp_options(fuzz_${name})
  target_link_libraries(fuzz_${name} PRIVATE ${A_DEPENDS})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers fuzz_${name})
  add_test(NAME fuzz_${name} COMMAND ${PROJECT_SOURCE_DIR}/tests/fuzz/run_one.sh
    $<TARGET_FILE:fuzz_${name}> ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  set_tests_properties(fuzz_${name} PROPERTIES TIMEOUT 180 LABELS fuzz)
endfunction()
