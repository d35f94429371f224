# Generated sources: the error codes from spec/registry/errors.csv.
# Columns: number,name,category,retryable,http,satp,text (the text is last and may hold commas).

function(ustp_generate_errors csv out)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${csv})
  file(STRINGS ${csv} lines)
  set(body "// Made from spec/registry/errors.csv by the build. Do not edit.\n")
  foreach(line IN LISTS lines)
    if(line MATCHES "^([0-9]+),([a-z0-9_]+),([a-z]+),(yes|no),([0-9]+),([^,]*),(.*)$")
      set(retry false)
      if(CMAKE_MATCH_4 STREQUAL "yes")
        set(retry true)
      endif()
      string(APPEND body "USTP_ERROR(${CMAKE_MATCH_2}, ${CMAKE_MATCH_1}, \"${CMAKE_MATCH_3}\", ${retry}, ${CMAKE_MATCH_5}, \"${CMAKE_MATCH_6}\", \"${CMAKE_MATCH_7}\")\n")
    elseif(NOT line MATCHES "^number,")
      message(FATAL_ERROR "errors.csv: this line does not fit the columns: ${line}")
    endif()
  endforeach()
  file(CONFIGURE OUTPUT ${out} CONTENT "${body}" @ONLY)
endfunction()

ustp_generate_errors(${PROJECT_SOURCE_DIR}/spec/registry/errors.csv
  ${PROJECT_BINARY_DIR}/generated/ustp/base/error_codes.inc)
