# SPDX-License-Identifier: BSD-3-Clause
# Rooms, the archive made of them, and the tests of them: osv_room(), osv_unit_test(), osv_guest_test(), osv_test().
#
# Each kernel source is one member of libosv.a. A room sees the include folders of what it USES (and of what those use),
# the public headers and musl's headers; nothing else, so an illegal include is "file not found".

set(OSV_PREFIX ${CMAKE_BINARY_DIR}/prefix)
set(OSV_LIBRARY ${CMAKE_BINARY_DIR}/lib/libosv.a)

set(OSV_WARNINGS -Wall -Wextra -Wshadow -Wundef -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
  -Wno-unused-parameter)
if(OSV_WERROR)
  list(APPEND OSV_WARNINGS -Werror)
endif()

if(OSV_PRESET STREQUAL debug)
  set(OSV_OPTIMISE -O1)
  set(OSV_DEFINES CONFIG_DEBUG=1 CONFIG_LOCK_RANKS=1) # an inversion of spinlock ranks is a panic there
else()
  set(OSV_OPTIMISE -O2 CACHE STRING "Optimisation of the release libosv.a")
  set(OSV_DEFINES CONFIG_DEBUG=0)
endif()

# No absolute path of the builder reaches an object.
set(OSV_PATH_MAP
  -ffile-prefix-map=${CMAKE_BINARY_DIR}=build
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.
  -ffile-prefix-map=${OSV_THIRD_PARTY_DIR}=third-party)

# What every object of libosv.a is compiled with, kernel and libc alike. Assembly goes without debug information: clang 14
# maps no path in it.
set(OSV_TARGET_FLAGS
  --target=x86_64-linux-gnu $<$<COMPILE_LANGUAGE:C>:-g> ${OSV_OPTIMISE} -ffreestanding -nostdinc -ffunction-sections -fdata-sections
  -fno-pic -mcmodel=small -fno-common ${OSV_PATH_MAP})
set(OSV_KERNEL_FLAGS
  ${OSV_TARGET_FLAGS} -mno-red-zone -mgeneral-regs-only -fvisibility=hidden
  -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-strict-aliasing
  -fdebug-compilation-dir=. -ffile-prefix-map=../../=) # ccache makes paths relative to the build folder; a backtrace says lib/...
set(OSV_KERNEL_C_FLAGS -std=gnu17 -fstack-protector-strong -mstack-protector-guard=global)
set(OSV_HOST_FLAGS -g -O1 -ffreestanding -nostdinc -fno-omit-frame-pointer -fno-strict-aliasing ${OSV_PATH_MAP})
set(OSV_SANITIZE_host "")
set(OSV_SANITIZE_asan -fsanitize=address,undefined -fno-sanitize-recover=all)
set(OSV_SANITIZE_tsan -fsanitize=thread)

function(_osv_room_target name out)
  string(REPLACE "/" "_" flat "${name}")
  set(${out} osv_room_${flat} PARENT_SCOPE)
endfunction()

function(_osv_room_dir name out)
  if(name STREQUAL boot)
    set(${out} ${CMAKE_SOURCE_DIR}/boot PARENT_SCOPE)
  else()
    set(${out} ${CMAKE_SOURCE_DIR}/lib/${name} PARENT_SCOPE)
  endif()
endfunction()

# _osv_closure(OUT ROOM...): the rooms and everything they use, transitively.
function(_osv_closure out)
  set(todo ${ARGN})
  set(seen "")
  while(todo)
    list(POP_FRONT todo room)
    if(NOT room IN_LIST seen)
      list(APPEND seen ${room})
      get_property(uses GLOBAL PROPERTY OSV_USES_${room})
      list(APPEND todo ${uses})
    endif()
  endwhile()
  set(${out} ${seen} PARENT_SCOPE)
endfunction()

function(_osv_include_dirs out)
  set(dirs "")
  foreach(room IN LISTS ARGN)
    _osv_room_dir(${room} dir)
    if(IS_DIRECTORY ${dir}/include)
      list(APPEND dirs ${dir}/include)
    endif()
    get_property(extra GLOBAL PROPERTY OSV_INCLUDES_${room})
    list(APPEND dirs ${extra})
  endforeach()
  set(${out} ${dirs} PARENT_SCOPE)
endfunction()

function(_osv_check_uses name)
  osv_layer_of(${name} own)
  foreach(use IN LISTS ARGN)
    osv_layer_of(${use} level)
    if(NOT level LESS own)
      message(FATAL_ERROR "room '${name}' (level ${own}) may not use '${use}' (level ${level}): knowledge flows down only")
    endif()
  endforeach()
endfunction()

# osv_room(NAME room USES room... SOURCES file... [SOURCES_x86_64 file...] [SOURCES_host file...] [EARLY file...]
#          [HOSTED] [USERLAND] [THIRD_PARTY] [INCLUDES dir...] [PRIVATE_INCLUDES dir...] [DEFINES d...] [FLAGS flag...])
#
# HOSTED       compile the room for the host as well, for unit tests and libosv-host.a
# EARLY        files that run before the stack guard is set
# USERLAND     code that runs as part of the program (libc): vector registers and red zone allowed, symbols keep their names
# THIRD_PARTY  somebody else's code: no warnings
# INCLUDES     folders that users of the room see too, besides include/; PRIVATE_INCLUDES: searched first, for this room only
function(osv_room)
  cmake_parse_arguments(R "HOSTED;USERLAND;THIRD_PARTY" "NAME"
    "USES;SOURCES;SOURCES_x86_64;SOURCES_host;EARLY;INCLUDES;PRIVATE_INCLUDES;DEFINES;FLAGS" ${ARGN})
  if(R_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "osv_room(${R_NAME}): what is '${R_UNPARSED_ARGUMENTS}'?")
  endif()
  _osv_check_uses(${R_NAME} ${R_USES})
  set_property(GLOBAL PROPERTY OSV_USES_${R_NAME} ${R_USES})
  set_property(GLOBAL PROPERTY OSV_INCLUDES_${R_NAME} ${R_INCLUDES})
  set_property(GLOBAL APPEND PROPERTY OSV_ROOMS ${R_NAME})

  _osv_room_target(${R_NAME} target)
  _osv_closure(closure ${R_NAME})
  _osv_include_dirs(includes ${closure})
  set(includes ${R_PRIVATE_INCLUDES} ${includes} ${CMAKE_SOURCE_DIR}/include)
  if(R_THIRD_PARTY)
    set(warnings -w)
  else()
    set(warnings ${OSV_WARNINGS})
  endif()

  set(sources ${R_SOURCES} ${R_SOURCES_${OSV_ARCH}})
  if(sources)
    add_library(${target} OBJECT ${sources})
    target_include_directories(${target} PRIVATE ${includes})
    target_include_directories(${target} SYSTEM PRIVATE ${OSV_MUSL_INCLUDE})
    target_compile_definitions(${target} PRIVATE ${OSV_DEFINES} ${R_DEFINES})
    if(R_USERLAND)
      target_compile_options(${target} PRIVATE ${OSV_TARGET_FLAGS} -fno-stack-protector ${warnings} ${R_FLAGS})
      set_property(GLOBAL APPEND PROPERTY OSV_USERLAND_TARGETS ${target})
    else()
      target_compile_options(${target} PRIVATE ${OSV_KERNEL_FLAGS} $<$<COMPILE_LANGUAGE:C>:${OSV_KERNEL_C_FLAGS}>
        ${warnings} ${R_FLAGS})
      set_property(GLOBAL APPEND PROPERTY OSV_KERNEL_TARGETS ${target})
    endif()
    if(R_EARLY)
      set_source_files_properties(${R_EARLY} PROPERTIES COMPILE_OPTIONS -fno-stack-protector)
    endif()
  endif()

  set(host_sources ${R_SOURCES} ${R_SOURCES_host})
  if(R_HOSTED AND host_sources)
    foreach(variant host asan tsan)
      add_library(${target}_${variant} STATIC EXCLUDE_FROM_ALL ${host_sources})
      target_include_directories(${target}_${variant} PRIVATE ${includes})
      target_include_directories(${target}_${variant} SYSTEM PRIVATE ${OSV_MUSL_INCLUDE})
      target_compile_definitions(${target}_${variant} PRIVATE CONFIG_DEBUG=1 CONFIG_HOSTED=1 ${R_DEFINES})
      target_compile_options(${target}_${variant} PRIVATE ${OSV_HOST_FLAGS} $<$<COMPILE_LANGUAGE:C>:-std=gnu17>
        ${OSV_SANITIZE_${variant}} ${warnings} ${R_FLAGS})
      # What collides with the host's libc gets the prefix osv_, so that a test can call both.
      add_custom_command(TARGET ${target}_${variant} POST_BUILD VERBATIM
        COMMAND ${OSV_LLVM_OBJCOPY} --redefine-syms=${CMAKE_SOURCE_DIR}/cmake/host-rename.txt $<TARGET_FILE:${target}_${variant}>)
    endforeach()
    set_property(GLOBAL APPEND PROPERTY OSV_HOSTED_ROOMS ${R_NAME})
  endif()
endfunction()

# osv_finish_library(): pack all rooms into libosv.a.
function(osv_finish_library)
  get_property(kernel GLOBAL PROPERTY OSV_KERNEL_TARGETS)
  get_property(userland GLOBAL PROPERTY OSV_USERLAND_TARGETS)
  set(objects "")
  foreach(kind kernel userland)
    set(list "")
    foreach(target IN LISTS ${kind})
      list(APPEND list $<TARGET_OBJECTS:${target}>)
    endforeach()
    list(APPEND objects ${list})
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/lib/${kind}.objects CONTENT "$<JOIN:${list},\n>\n")
  endforeach()
  add_custom_command(OUTPUT ${OSV_LIBRARY} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E env AR=${OSV_LLVM_AR} NM=${OSV_LLVM_NM} OBJCOPY=${OSV_LLVM_OBJCOPY}
      sh ${CMAKE_SOURCE_DIR}/cmake/archive.sh ${CMAKE_BINARY_DIR}/lib ${CMAKE_SOURCE_DIR}/cmake/keep-symbols.txt
    DEPENDS ${objects} ${CMAKE_SOURCE_DIR}/cmake/archive.sh ${CMAKE_SOURCE_DIR}/cmake/keep-symbols.txt
    COMMENT "Packing libosv.a")
  add_custom_target(libosv ALL DEPENDS ${OSV_LIBRARY})
  set_property(GLOBAL APPEND PROPERTY OSV_STAGED ${OSV_LIBRARY})

  set(dest lib/${OSV_ARCH}/${OSV_PRESET})
  install(FILES ${OSV_LIBRARY} DESTINATION ${dest})
  file(GLOB scripts ${CMAKE_SOURCE_DIR}/boot/${OSV_ARCH}/*.ld)
  install(FILES ${scripts} DESTINATION ${dest})
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/osv DESTINATION include OPTIONAL)
  install(DIRECTORY ${OSV_MUSL_INCLUDE}/ DESTINATION lib/${OSV_ARCH}/include)
endfunction()

# osv_finish_host_library(): libosv-host.a, the hosted rooms for unit tests outside this tree. Not part of the default build.
function(osv_finish_host_library)
  get_property(rooms GLOBAL PROPERTY OSV_HOSTED_ROOMS)
  set(archives "")
  foreach(room IN LISTS rooms)
    _osv_room_target(${room} target)
    list(APPEND archives $<TARGET_FILE:${target}_host>)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/lib/${room}/include/ DESTINATION include/osv-host)
  endforeach()
  if(NOT archives)
    return()
  endif()
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/lib/abi/include/ DESTINATION include/osv-host)
  set(library ${CMAKE_BINARY_DIR}/lib/libosv-host.a)
  add_custom_command(OUTPUT ${library} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E rm -f ${library}
    COMMAND ${OSV_LLVM_AR} qcsLD ${library} ${archives}
    DEPENDS ${archives}
    COMMENT "Packing libosv-host.a")
  add_custom_target(host-library DEPENDS ${library})
  install(FILES ${library} DESTINATION lib/host OPTIONAL)
endfunction()

# osv_stage(FILE|TARGET...): what must be built before the prefix can be staged.
function(osv_stage)
  set_property(GLOBAL APPEND PROPERTY OSV_STAGED ${ARGN})
endfunction()

# osv_stage_prefix(): keep build/<preset>/prefix the same as what `make install` would give.
function(osv_stage_prefix)
  get_property(staged GLOBAL PROPERTY OSV_STAGED)
  add_custom_target(prefix ALL DEPENDS ${staged} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E env DESTDIR= ${CMAKE_COMMAND} -DCMAKE_INSTALL_PREFIX=${OSV_PREFIX}
      -DCMAKE_INSTALL_MESSAGE=NEVER -DCMAKE_INSTALL_CONFIG_NAME= -P ${CMAKE_BINARY_DIR}/cmake_install.cmake
    COMMENT "Staging the install prefix")
  add_dependencies(prefix libosv)
endfunction()

# osv_test(TIER tier NAME name COMMAND command... [TIMEOUT seconds] [DEPENDS target...]): one line for tests/run.
function(osv_test)
  cmake_parse_arguments(T "SERIAL" "TIER;NAME;TIMEOUT" "COMMAND;DEPENDS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 60)
  endif()
  list(JOIN T_COMMAND "\t" command)
  set(serial "parallel")
  if(T_SERIAL)
    set(serial "serial")
  endif()
  set_property(GLOBAL APPEND_STRING PROPERTY OSV_TESTS "${T_TIER}\t${T_NAME}\t${T_TIMEOUT}\t${serial}\t${command}\n")
  set_property(GLOBAL APPEND PROPERTY OSV_TEST_TARGETS ${T_DEPENDS})
endfunction()

# osv_unit_test(NAME test SOURCES file... ROOMS room... [TSAN] [FLAGS flag...] [LIBS lib...] [TIMEOUT s])
function(osv_unit_test)
  cmake_parse_arguments(T "TSAN" "NAME;TIMEOUT" "SOURCES;ROOMS;FLAGS;LIBS" ${ARGN})
  set(variants asan)
  if(T_TSAN)
    list(APPEND variants tsan)
  endif()
  file(RELATIVE_PATH where ${CMAKE_SOURCE_DIR}/tests/unit ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE "/" "_" flat "${where}")
  _osv_closure(closure ${T_ROOMS})
  _osv_include_dirs(includes ${closure})
  foreach(variant IN LISTS variants)
    set(target unit_${flat}_${T_NAME}_${variant})
    add_executable(${target} EXCLUDE_FROM_ALL ${T_SOURCES})
    target_include_directories(${target} PRIVATE ${includes} ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/tests/unit)
    target_compile_definitions(${target} PRIVATE CONFIG_DEBUG=1 CONFIG_HOSTED=1)
    target_compile_options(${target} PRIVATE -std=gnu17 -g -O1 -Wall -Wextra -Wno-unused-parameter -fno-omit-frame-pointer
      ${OSV_SANITIZE_${variant}} ${T_FLAGS})
    target_link_options(${target} PRIVATE ${OSV_SANITIZE_${variant}})
    set(libs "")
    foreach(room IN LISTS closure)
      _osv_room_target(${room} lib)
      if(TARGET ${lib}_${variant})
        list(APPEND libs ${lib}_${variant})
      endif()
    endforeach()
    target_link_libraries(${target} PRIVATE -Wl,--start-group ${libs} -Wl,--end-group ${T_LIBS} cmocka pthread)
    osv_test(TIER unit NAME ${where}/${T_NAME}.${variant} TIMEOUT ${T_TIMEOUT} DEPENDS ${target}
      COMMAND $<TARGET_FILE:${target}>)
  endforeach()
endfunction()

# osv_guest_test(NAME test SOURCES file... [SMP n] [MEM 128M] [ARGS arg...] [RUN_FLAGS flag...] [FLAGS flag...] [TIMEOUT s]
#                [EXPECT_STATUS n] [TIER guest])
# The sources are linked by the staged osv-cc as a user program, booted by `osv run`, and judged by the exit status.
function(osv_guest_test)
  cmake_parse_arguments(T "" "NAME;SMP;MEM;TIMEOUT;EXPECT_STATUS;TIER;COMPILER" "SOURCES;ARGS;RUN_FLAGS;FLAGS" ${ARGN})
  foreach(default SMP=1 MEM=128M TIMEOUT=60 EXPECT_STATUS=0 TIER=guest COMPILER=osv-cc)
    string(REGEX MATCH "^(.*)=(.*)$" _ ${default})
    if(NOT DEFINED T_${CMAKE_MATCH_1})
      set(T_${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
    endif()
  endforeach()
  file(RELATIVE_PATH where ${CMAKE_SOURCE_DIR}/tests/guest ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE "/" "_" flat "${where}")
  set(target guest_${flat}_${T_NAME})
  set(elf ${CMAKE_CURRENT_BINARY_DIR}/${T_NAME}.elf)
  list(TRANSFORM T_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  get_property(staged GLOBAL PROPERTY OSV_STAGED)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  add_custom_command(OUTPUT ${elf} VERBATIM
    COMMAND ${OSV_PREFIX}/bin/${T_COMPILER} --osv-preset=${OSV_PRESET} -g -O1 -Wall -Werror
      -I${CMAKE_SOURCE_DIR}/tests/guest ${T_FLAGS} ${T_SOURCES} -o ${elf}
    DEPENDS ${T_SOURCES} ${headers} ${staged}
    COMMENT "Linking guest test ${where}/${T_NAME}")
  add_custom_target(${target} DEPENDS ${elf})
  add_dependencies(${target} prefix)
  osv_test(TIER ${T_TIER} NAME ${where}/${T_NAME} TIMEOUT ${T_TIMEOUT} DEPENDS ${target}
    COMMAND ${CMAKE_SOURCE_DIR}/tests/expect-status ${T_EXPECT_STATUS}
      ${OSV_PREFIX}/bin/osv run --accel tcg -c ${T_SMP} -m ${T_MEM} --timeout ${T_TIMEOUT} ${T_RUN_FLAGS} ${elf} -- ${T_ARGS})
endfunction()

# osv_finish_tests(): write the list for tests/run and the target that builds what it names.
function(osv_finish_tests)
  get_property(tests GLOBAL PROPERTY OSV_TESTS)
  get_property(targets GLOBAL PROPERTY OSV_TEST_TARGETS)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/tests.list CONTENT "${tests}")
  add_custom_target(tests)
  if(targets)
    list(REMOVE_DUPLICATES targets)
    add_dependencies(tests ${targets})
  endif()
  add_dependencies(tests prefix)
  if(TARGET host-library)
    add_dependencies(tests host-library)
  endif()
endfunction()
