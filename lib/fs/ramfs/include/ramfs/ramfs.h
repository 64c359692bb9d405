// SPDX-License-Identifier: BSD-3-Clause
// Files in memory: the root file system, tmpfs, memfd.
#pragma once

#include "vfs/inode.h"

/** ramfs_register - make the types rootfs, ramfs and tmpfs known. */
void ramfs_register(void);
extern struct fs_type ramfs_type, tmpfs_type, rootfs_type;
/** ramfs_super - an unmounted super block of type @t, for file systems that are a ramfs with contents (devfs). */
int ramfs_super(const struct fs_type *t, uint32_t magic, unsigned flags, const char *data, struct super_block **out);
/** memfd_create_file - an anonymous file in memory. */
int memfd_create_file(const char *name, bool allow_sealing, struct file **out);
