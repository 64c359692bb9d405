// SPDX-License-Identifier: BSD-3-Clause
// osv-start.o, first on every link line: the ABI note.
#include "osv/abi.h"

#ifndef OSV_START_FLAGS
#define OSV_START_FLAGS 0
#endif

/* ELF gABI, note section: name size, descriptor size, type, name padded to 4, descriptor. */
static const struct {
    unsigned int name_bytes, descriptor_bytes, type;
    char name[4];
    struct osv_abi_note note;
} abi_note __attribute__((section(".note.osv.abi"), used, aligned(4))) = {
    .name_bytes = sizeof(OSV_ABI_NOTE_NAME),
    .descriptor_bytes = sizeof(struct osv_abi_note),
    .type = OSV_ABI_NOTE_TYPE,
    .name = OSV_ABI_NOTE_NAME,
    .note = {.version = OSV_ABI_VERSION, .machine = 62, .flags = OSV_START_FLAGS},
};
