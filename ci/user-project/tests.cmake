# A user's own project, built and run in both ways: against what `cmake --install` leaves, and with Moirai as a subdirectory.
set(folder ${PROJECT_BINARY_DIR}/user-project)
set(options -G ${CMAKE_GENERATOR} -DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE} -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
            "-DCMAKE_CXX_FLAGS_DEBUG=${CMAKE_CXX_FLAGS_DEBUG}")

# user_project_step(<name> <fast|full> [NEEDS <name>] COMMAND <command>...)
function(user_project_step name label)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "NEEDS" "COMMAND")
  add_test(NAME user_project/${name} COMMAND ${arg_COMMAND})
  set_tests_properties(user_project/${name} PROPERTIES LABELS "user_project;${label}" TIMEOUT 1200
                       FIXTURES_SETUP user_project/${name} FIXTURES_REQUIRED "${arg_NEEDS}")
endfunction()

function(user_project way label)  # the other arguments: how its CMake finds Moirai
  user_project_step(${way}/configure ${label} NEEDS user_project/install
    COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_FUNCTION_LIST_DIR} -B ${folder}/${way} ${options} ${ARGN})
  user_project_step(${way}/build ${label} NEEDS user_project/${way}/configure COMMAND ${CMAKE_COMMAND} --build ${folder}/${way})
  user_project_step(${way}/run ${label} NEEDS user_project/${way}/build
    COMMAND ${folder}/${way}/my_suite run ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/my.toml --seeds 3 --out ${folder}/out)
endfunction()

user_project_step(install fast COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${folder}/prefix)
user_project(installed fast -DCMAKE_PREFIX_PATH=${folder}/prefix)
user_project(subdirectory full -DMOIRAI_SOURCE=${PROJECT_SOURCE_DIR})
