# cmake --install: headers keep their layer folders under include/moirai, so that the same #include lines work inside and outside.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(MOIRAI_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/moirai)
install(TARGETS moirai_runtime moirai_chaos moirai_properties moirai_reports moirai_suite EXPORT moiraiTargets)
install(EXPORT moiraiTargets NAMESPACE moirai:: DESTINATION ${MOIRAI_CMAKE_DIR})
install(DIRECTORY runtime chaos properties reports DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/moirai
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.test.hpp" EXCLUDE)
install(DIRECTORY scenarios/suite DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/moirai/scenarios FILES_MATCHING PATTERN "*.hpp" PATTERN "*.test.hpp" EXCLUDE)

configure_package_config_file(ci/packaging/moiraiConfig.cmake.in ${PROJECT_BINARY_DIR}/moiraiConfig.cmake
                              INSTALL_DESTINATION ${MOIRAI_CMAKE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/moiraiConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/moiraiConfig.cmake ${PROJECT_BINARY_DIR}/moiraiConfigVersion.cmake
              ci/packaging/dependencies.cmake DESTINATION ${MOIRAI_CMAKE_DIR})
if(TARGET moirai)
  install(TARGETS moirai)
endif()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
