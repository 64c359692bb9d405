// SPDX-License-Identifier: BSD-3-Clause
// The ABI note that every linked image carries in .note.osv.abi, and its current values.
#pragma once

/* ELF note: name "OSv" (namesz 4), type OSV_ABI_NOTE_TYPE, descriptor = struct osv_abi_note. Little endian. */
#define OSV_ABI_NOTE_NAME "OSv"
#define OSV_ABI_NOTE_TYPE 1

/* Grows by one when an image and a loader, or an image and `osv run`, of different ages can no longer work together. */
#define OSV_ABI_VERSION 1

#define OSV_ABI_FLAG_DEBUG 1u  /* linked against the debug profile */
#define OSV_ABI_FLAG_LOADER 2u /* the loader kernel: its first argument names the program to load */

/* Four 32-bit words, little endian. */
struct osv_abi_note {
    unsigned int version; /* OSV_ABI_VERSION */
    unsigned int machine; /* ELF e_machine: 62 x86-64, 183 aarch64 */
    unsigned int flags;   /* OSV_ABI_FLAG_* */
    unsigned int reserved;
};
