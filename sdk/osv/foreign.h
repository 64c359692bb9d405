// SPDX-License-Identifier: BSD-3-Clause
// A Linux program of the host (or of a root directory) with everything it needs, as a guest tree.
#pragma once

#include "guest_tree.h"
#include "run_options.h"

#include <stdint.h>

struct foreign {
    struct guest_tree tree;
    struct words command;   /* program and arguments, as the guest shall start them */
    struct words missing;   /* libraries not found, each with who needs it */
    char *working_dir;      /* for the guest, or NULL */
};

/**
 * foreign_locate - the path of @name on the host as a shell would find it, or NULL. The caller frees it.
 * With @rootfs, a path that exists below it wins; *@in_rootfs tells.
 */
char *foreign_locate(const char *name, const char *rootfs, bool *in_rootfs);

/** foreign_collect - fill @foreign for options->program; ends the command if the program cannot be used. */
void foreign_collect(struct foreign *foreign, const struct run_options *options);

/** foreign_collect_files - only --rootfs and -v, for an image that needs no loader. */
void foreign_collect_files(struct foreign *foreign, const struct run_options *options);
void foreign_fini(struct foreign *foreign);

/** foreign_is_script - whether the host file @path starts with "#!/". */
bool foreign_is_script(const char *path);

/** foreign_program_of - the ELF program that runs @path below @rootfs: itself, or a script's interpreter. The caller frees it. */
char *foreign_program_of(const char *path, const char *rootfs);

/** foreign_write_initrd - write the tree as an archive to @path (made anew). Return: its length. */
uint64_t foreign_write_initrd(struct foreign *foreign, const char *path);
