# SPDX-License-Identifier: BSD-3-Clause
# Third-party sources: pinned, verified against cmake/third-party.sha256, unpacked outside the tree by cmake/setup.sh.
#
# Sets OSV_THIRD_PARTY_DIR, OSV_MUSL_DIR, OSV_MIMALLOC_DIR, OSV_LWIP_DIR, OSV_ZLIB_DIR, OSV_LZ4_DIR and OSV_MUSL_INCLUDE (the public headers,
# generated ones included).

execute_process(
  COMMAND ${CMAKE_COMMAND} -E env OSV_SOURCES_DIR=${OSV_SOURCES_DIR} OSV_CACHE_DIR=${OSV_CACHE_DIR}
    sh ${CMAKE_CURRENT_LIST_DIR}/setup.sh sources
  OUTPUT_VARIABLE OSV_THIRD_PARTY_DIR OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the third-party sources could not be set up (see above)")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_LIST_DIR}/setup.sh ${CMAKE_CURRENT_LIST_DIR}/third-party.sha256)

set(OSV_MUSL_INCLUDE ${OSV_THIRD_PARTY_DIR}/musl-include)

# osv_third_party(NAME): sets OSV_<NAME>_DIR to its source folder.
function(osv_third_party name)
  string(TOUPPER ${name} upper)
  if(NOT IS_DIRECTORY ${OSV_THIRD_PARTY_DIR}/${name})
    message(FATAL_ERROR "no third-party source named '${name}'")
  endif()
  set(OSV_${upper}_DIR ${OSV_THIRD_PARTY_DIR}/${name} PARENT_SCOPE)
endfunction()

osv_third_party(musl)
osv_third_party(mimalloc)
osv_third_party(lwip)
osv_third_party(zlib)
osv_third_party(lz4)
