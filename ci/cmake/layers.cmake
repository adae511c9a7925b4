# What every layer is made of: moirai_library() for its static library, moirai_tests() for its one test binary.

# moirai_library(<layer> SOURCES <file>... [PUBLIC <target>...] [PRIVATE <target>...])
# Makes moirai_<layer>, alias moirai::<layer>. PUBLIC: what its headers show to users; PRIVATE: what only its .cpp files need.
function(moirai_library layer)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  add_library(moirai_${layer} STATIC ${arg_SOURCES})
  add_library(moirai::${layer} ALIAS moirai_${layer})
  set_target_properties(moirai_${layer} PROPERTIES EXPORT_NAME ${layer} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(moirai_${layer} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/moirai>)
  target_compile_features(moirai_${layer} PUBLIC cxx_std_20)
  # A fused multiply-add rounds once instead of twice: the same seed would then differ between compilers, also in a user's actors.
  target_compile_options(moirai_${layer} PUBLIC -ffp-contract=off)
  # Position-independent, g++ would call every function that could be replaced when a shared library is loaded, and inline none of them.
  target_compile_options(moirai_${layer} PRIVATE -fno-semantic-interposition)
  target_link_libraries(moirai_${layer} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  moirai_warnings(moirai_${layer})
endfunction()

# moirai_tests(<layer> SOURCES <file>... LINKS <target>...)
# Makes <layer>_tests. In ctest it is one entry per GoogleTest suite, <layer>/<Suite>, with the labels <layer> and `fast`;
# a suite whose name ends in Full is labelled `full` instead: it runs only under `ci/test --full`.
# MOIRAI_ONLY_TESTS keeps of all <file>.test.cpp these, for whoever wants few of them soon; a layer of which none is left has no program.
# Tests run with the source folder as working directory and the programs beside their own (/proc/self/exe); a macro that says where
# would keep ccache from sharing between checkouts.
function(moirai_tests layer)
  if(NOT MOIRAI_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  if(MOIRAI_ONLY_TESTS)
    set(wanted)
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE folder)
    foreach(source IN LISTS arg_SOURCES)
      if(NOT source MATCHES "\\.test\\.cpp$" OR "${folder}/${source}" IN_LIST MOIRAI_ONLY_TESTS)
        list(APPEND wanted ${source})
      endif()
    endforeach()
    if(NOT wanted MATCHES "\\.test\\.cpp")
      return()
    endif()
    set(arg_SOURCES ${wanted})
  endif()
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
  add_executable(${layer}_tests ${arg_SOURCES})
  # gtest_main first: moirai_suite has a main, too, for programs without one of their own.
  target_link_libraries(${layer}_tests PRIVATE GTest::gtest_main ${arg_LINKS} rapidcheck GTest::gmock GTest::gtest)
  moirai_warnings(${layer}_tests)
  if(layer STREQUAL runtime OR NOT TARGET runtime_tests)
    target_precompile_headers(${layer}_tests PRIVATE
      <algorithm> <array> <cstdint> <functional> <map> <memory> <optional> <ostream> <set> <string> <string_view> <tuple> <utility>
      <variant> <vector> <gmock/gmock.h> <gtest/gtest.h>)
  else()
    target_precompile_headers(${layer}_tests REUSE_FROM runtime_tests)
  endif()
  file(CONFIGURE OUTPUT ${layer}_tests.ctest.cmake CONTENT [[
set(layer @layer@)
set(program "@PROJECT_BINARY_DIR@/bin/@layer@_tests")
set(folder "@PROJECT_SOURCE_DIR@")
include("@PROJECT_SOURCE_DIR@/ci/cmake/gtest_suites.cmake")
]] @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${CMAKE_CURRENT_BINARY_DIR}/${layer}_tests.ctest.cmake)
endfunction()

# -Wno-missing-field-initializers: naming only what differs from the default, {.name = "bank"}, is how specifications are written here.
function(moirai_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow -Wno-missing-field-initializers $<$<BOOL:${MOIRAI_WERROR}>:-Werror>
                         $<$<CXX_COMPILER_ID:Clang>:-Xclang -fno-pch-timestamp>)
endfunction()
