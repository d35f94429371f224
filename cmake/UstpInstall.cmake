# The SDK as installed packages: shared or static libraries, headers, find_package(ustp), pkg-config; the programs and
# the .deb files that cpack makes. Components: sdk, tools, gateway.
include(CMakePackageConfigHelpers)

# Interfaces may change with the minor version until 1.0: the name of a shared library carries both numbers.
set(USTP_ABI ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(USTP_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/ustp)

# ustp_sdk_library(NAME … [EXPORT set]): as ustp_library, and part of what is installed; shared when BUILD_SHARED_LIBS
# says so. Third-party targets that only serve its sources are given as $<BUILD_INTERFACE:…>.
function(ustp_sdk_library name)
  cmake_parse_arguments(A "" "EXPORT" "" ${ARGN})
  if(NOT A_EXPORT)
    set(A_EXPORT ustp)
  endif()
  set(type STATIC)
  if(BUILD_SHARED_LIBS)
    set(type SHARED)
  endif()
  ustp_library(${name} TYPE ${type} ${A_UNPARSED_ARGUMENTS})
  set_target_properties(ustp_${name} PROPERTIES EXPORT_NAME ${name}
    VERSION ${PROJECT_VERSION} SOVERSION ${USTP_ABI})
  if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)  # an installed archive serves linkers that know nothing of our optimiser
    target_compile_options(ustp_${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-ffat-lto-objects>)
  endif()
  target_compile_features(ustp_${name} PUBLIC cxx_std_20)
  target_include_directories(ustp_${name} PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  install(TARGETS ustp_${name} EXPORT ${A_EXPORT}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk NAMELINK_COMPONENT sdk
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
endfunction()

function(ustp_install_sdk)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/include/ustp ${PROJECT_SOURCE_DIR}/sdk/testing/include/ustp
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk FILES_MATCHING PATTERN "*.hpp")
  install(FILES ${PROJECT_BINARY_DIR}/generated/ustp/base/error_codes.inc
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ustp/base COMPONENT sdk)
  install(EXPORT ustp NAMESPACE ustp:: FILE ustpTargets.cmake DESTINATION ${USTP_PACKAGE_DIR} COMPONENT sdk)
  if(USTP_BUILD_NET)
    install(EXPORT ustpClient NAMESPACE ustp:: FILE ustpClientTargets.cmake DESTINATION ${USTP_PACKAGE_DIR} COMPONENT sdk)
  endif()
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ustpConfig.cmake.in ${PROJECT_BINARY_DIR}/ustpConfig.cmake
    INSTALL_DESTINATION ${USTP_PACKAGE_DIR})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/ustpConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/ustpConfig.cmake ${PROJECT_BINARY_DIR}/ustpConfigVersion.cmake
    DESTINATION ${USTP_PACKAGE_DIR} COMPONENT sdk)
  foreach(package ustp ustp-client)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/${package}.pc.in ${PROJECT_BINARY_DIR}/${package}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT sdk)
  endforeach()
endfunction()

# ustp_manual(PROGRAM SECTION COMPONENT): its manual page and its completion for bash and zsh, made from what it says with
# --help, installed with it. Not in builds that nobody installs.
function(ustp_manual program section component)
  if(USTP_SANITIZE OR USTP_BUILD_FUZZERS OR CMAKE_CROSSCOMPILING)
    return()
  endif()
  find_package(Python3 3.9 COMPONENTS Interpreter REQUIRED)
  set(folder ${PROJECT_BINARY_DIR}/manual)
  string(TIMESTAMP today "%Y-%m-%d" UTC)  # SOURCE_DATE_EPOCH is honoured
  add_custom_command(OUTPUT ${folder}/${program}.${section} ${folder}/${program}.bash ${folder}/_${program}
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/command-pages $<TARGET_FILE:${program}>
      --section ${section} --date ${today} --out ${folder}
    DEPENDS ${program} ${PROJECT_SOURCE_DIR}/tools/command-pages COMMENT "Manual page of ${program}" VERBATIM)
  add_custom_target(${program}_manual ALL DEPENDS ${folder}/${program}.${section})
  install(FILES ${folder}/${program}.${section} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
  install(FILES ${folder}/${program}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME ${program} COMPONENT ${component})
  install(FILES ${folder}/_${program} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT ${component})
endfunction()

# cpack -G DEB: libustp-dev, ustp-tools, ustp-gateway.
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL sdk tools gateway)
set(CPACK_PACKAGE_NAME ustp)
set(CPACK_PACKAGE_VENDOR "USTP")
set(CPACK_PACKAGE_CONTACT "The USTP project <ustp@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Unified Securities Token Protocol")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_SDK_PACKAGE_NAME libustp-dev)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_DEPENDS "libssl-dev, libxml2-dev, libsecp256k1-dev, libcpprest-dev, libboost-system-dev")
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME ustp-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION net)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_NAME ustp-gateway)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_SECTION net)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/gateway/service/postinst
  ${PROJECT_SOURCE_DIR}/gateway/service/prerm ${PROJECT_SOURCE_DIR}/gateway/service/postrm)
set(CPACK_COMPONENT_SDK_DESCRIPTION "Headers and libraries of the SDK")
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "The commands ustp and ustp-journal")
set(CPACK_COMPONENT_GATEWAY_DESCRIPTION "The gateway that stands in front of a ledger")
if(PROJECT_IS_TOP_LEVEL)
  include(CPack)
endif()
