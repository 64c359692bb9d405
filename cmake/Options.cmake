# SPDX-License-Identifier: BSD-3-Clause
# Every option of the build, each with a working default.

set(OSV_PRESET release CACHE STRING "Flavour of libosv.a: release or debug")
set_property(CACHE OSV_PRESET PROPERTY STRINGS release debug)
set(OSV_ARCH x86_64 CACHE STRING "Architecture that libosv.a is for")
set(OSV_SOURCES_DIR "$ENV{OSV_SOURCES_DIR}" CACHE PATH "Folder with the third-party source archives (empty: fetch them)")
set(OSV_CACHE_DIR "$ENV{OSV_CACHE_DIR}" CACHE PATH "Where third-party sources are unpacked (empty: the user's cache folder)")
option(OSV_CCACHE "Compile through ccache where it is installed" ON)
option(OSV_WERROR "Treat warnings as errors" ON)

if(NOT OSV_PRESET MATCHES "^(release|debug)$")
  message(FATAL_ERROR "OSV_PRESET is '${OSV_PRESET}': use release or debug")
endif()
if(NOT OSV_ARCH STREQUAL x86_64)
  message(FATAL_ERROR "OSV_ARCH is '${OSV_ARCH}': only x86_64 is supported")
endif()

find_program(OSV_CCACHE_PROGRAM ccache)
mark_as_advanced(OSV_CCACHE_PROGRAM)
if(OSV_CCACHE AND OSV_CCACHE_PROGRAM)
  # Paths below the source folder are hashed relative to it, so that every checkout shares the cache.
  set(OSV_COMPILER_LAUNCHER env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${OSV_CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${OSV_COMPILER_LAUNCHER})
  set(CMAKE_ASM_COMPILER_LAUNCHER ${OSV_COMPILER_LAUNCHER})
endif()

foreach(tool ar nm objcopy readelf strip)
  string(TOUPPER ${tool} upper)
  find_program(OSV_LLVM_${upper} NAMES llvm-${tool}-14 llvm-${tool} REQUIRED)
  mark_as_advanced(OSV_LLVM_${upper})
endforeach()
