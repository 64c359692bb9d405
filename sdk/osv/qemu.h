// SPDX-License-Identifier: BSD-3-Clause
// QEMU: finding it, and the command line that boots a guest.
#pragma once

#include "run_options.h"

struct qemu_plan {
    const char *qemu;         /* path of QEMU */
    const char *kernel;       /* ELF to boot */
    const char *initrd;       /* cpio archive, or NULL */
    const char *command_line; /* for the guest kernel */
    uint64_t memory_bytes;
    bool use_kvm;
    bool with_net;
};

/** qemu_find - path of qemu-system-x86_64, from --qemu, $OSV_QEMU or PATH; ends the command if there is none. */
char *qemu_find(const char *wanted);

/** qemu_arguments - the whole argv of QEMU for @plan under @options. */
void qemu_arguments(struct words *argv, const struct qemu_plan *plan, const struct run_options *options);
