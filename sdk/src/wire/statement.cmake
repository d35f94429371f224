# The statement part of wire; included by CMakeLists.txt.
add_custom_command(OUTPUT ${fbs_dir}/statement_generated.h
  COMMAND ${FLATC} --cpp --scoped-enums --cpp-std c++17 -I ${schema_dir} -o ${fbs_dir} ${schema_dir}/statement.fbs
  DEPENDS ${schema_dir}/message.fbs ${schema_dir}/statement.fbs VERBATIM)
list(APPEND fbs_headers ${fbs_dir}/statement_generated.h)
list(APPEND USTP_WIRE_SOURCES statement.cpp statement_decode.cpp statement_frame.cpp statement_json.cpp)
list(APPEND USTP_WIRE_DEPENDS $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
