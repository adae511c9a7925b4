# cmake -P script, run at every build: writes build_info.cpp from its template, touching it only when its content changes.
# Given: template, output, source (this project's folder), MOIRAI_VERSION, MOIRAI_COMPILER, MOIRAI_BUILD_TYPE.
set(MOIRAI_REVISION unknown)
execute_process(COMMAND git -C "${source}" rev-parse --show-toplevel OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE
                RESULT_VARIABLE failed ERROR_QUIET)
file(REAL_PATH "${source}" here)
if(NOT failed AND top STREQUAL here)  # otherwise the sources lie unversioned inside somebody else's repository
  execute_process(COMMAND git -C "${source}" rev-parse --short=12 HEAD OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE
                  RESULT_VARIABLE failed ERROR_QUIET)
  execute_process(COMMAND git -C "${source}" status --porcelain --untracked-files=no OUTPUT_VARIABLE changes ERROR_QUIET)
  if(NOT failed)
    set(MOIRAI_REVISION ${revision})
    if(changes)
      string(APPEND MOIRAI_REVISION -dirty)
    endif()
  endif()
endif()
configure_file("${template}" "${output}" @ONLY)
