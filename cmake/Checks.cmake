# SPDX-License-Identifier: BSD-3-Clause
# What the checks of the architecture need to know about rooms: BUILD_DIR/rooms.list, read by tests/architecture.

# osv_write_room_table(): a line a room: name, level, rooms it may use (transitively), include folders, objects; tab-separated.
function(osv_write_room_table)
  get_property(rooms GLOBAL PROPERTY OSV_ROOMS)
  set(table "")
  foreach(room IN LISTS rooms)
    osv_layer_of(${room} level)
    _osv_closure(closure ${room})
    _osv_include_dirs(includes ${closure})
    list(REMOVE_ITEM closure ${room})
    list(JOIN closure "," closure)
    list(JOIN includes "," includes)
    _osv_room_target(${room} target)
    set(objects "")
    if(TARGET ${target})
      set(objects "$<JOIN:$<TARGET_OBJECTS:${target}>,$<COMMA>>")
    endif()
    string(APPEND table "${room}\t${level}\t${closure}\t${includes}\t${objects}\n")
  endforeach()
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/rooms.list CONTENT "${table}")
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/third-party.dir CONTENT "${OSV_THIRD_PARTY_DIR}\n")
endfunction()
