# SPDX-License-Identifier: BSD-3-Clause
# cmake -B build --toolchain $(osv --cmake-toolchain)
get_filename_component(_osv_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_CROSSCOMPILING TRUE)
set(CMAKE_C_COMPILER ${_osv_prefix}/bin/osv-cc)
set(CMAKE_CXX_COMPILER ${_osv_prefix}/bin/osv-c++)
set(CMAKE_ASM_COMPILER ${_osv_prefix}/bin/osv-cc)
set(CMAKE_CROSSCOMPILING_EMULATOR ${_osv_prefix}/bin/osv run)
set(PKG_CONFIG_EXECUTABLE ${_osv_prefix}/bin/osv-pkg-config CACHE FILEPATH "pkg-config that sees no host packages")

# Every executable is a static image; shared libraries do not exist.
set(BUILD_SHARED_LIBS OFF CACHE BOOL "An image is one static file")
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)

set(OSv_DIR ${CMAKE_CURRENT_LIST_DIR})
list(APPEND CMAKE_PREFIX_PATH ${_osv_prefix})
set(CMAKE_FIND_ROOT_PATH ${_osv_prefix})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
