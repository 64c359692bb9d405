# SPDX-License-Identifier: BSD-3-Clause
# The architecture as a table: which room stands on which level. A room may use rooms of lower levels only.
#
# The tens digit is the level of lib/README.md; the ones digit orders rooms inside one level where a port or a bus
# serves its neighbours. Patterns are tried in order, the first match wins.

set(OSV_LAYERS
  "abi=0"
  "base=1"
  "arch=10"
  "mem=20"
  "sched=30"
  "vm=40"
  "file=41"
  "device=42"
  "net/lwip=48"
  "vfs=50"
  "net=51"
  "platform/acpi=60"
  "platform/irqchip=61"
  "drivers/bus=62"
  "drivers/virtio=63"
  "fs/procfs=67"
  "fs/sysfs=67"
  "fs/devfs=64"
  "fs/zlib=60"
  "fs/lz4=60"
  "fs/.*=63"
  "drivers/.*=64"
  "platform/.*=64"
  "process=65"
  "loader=66"
  "linux=70"
  "libc/dynlink=79"
  "libc/.*=78"
  "libc=80"
  "init=90"
  "boot=95"
)

# osv_layer_of(NAME OUT): the level of a room; unknown names are a configure error.
function(osv_layer_of name out)
  foreach(row IN LISTS OSV_LAYERS)
    string(REGEX MATCH "^(.*)=([0-9]+)$" _ "${row}")
    set(level ${CMAKE_MATCH_2})
    if("${name}" MATCHES "^${CMAKE_MATCH_1}$")
      set(${out} ${level} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "room '${name}' is not in cmake/Layers.cmake: add it there with its level")
endfunction()
