// SPDX-License-Identifier: BSD-3-Clause
// References that mappings hold on their files, and the names they show in /proc/self/maps.
#include "mapped_files.h"

#include "base/string.h"
#include "file/file.h"
#include "vm/space.h"
#include <sys/stat.h>

/* Room vfs names files if the program has it. */
extern int vfs_path_string(const struct vfs_path *p, char *buf, size_t n) __weak;
extern int vfs_stat_path(const struct vfs_path *p, struct stat *out) __weak;

static void mapped_file_get(void *file)
{
    file_get(file);
}

static void mapped_file_put(void *file)
{
    file_put(file);
}

static void mapped_file_identify(void *file, char *path, size_t n, uint64_t *dev, uint64_t *inode)
{
    struct file *f = file;
    struct stat st = {0};

    if (f->path && vfs_stat_path ? vfs_stat_path(f->path, &st) == 0 : f->ops->stat && f->ops->stat(f, &st) == 0) {
        *dev = st.st_dev;
        *inode = st.st_ino;
    }
    if (!f->path || !vfs_path_string || vfs_path_string(f->path, path, n) < 0)
        strlcpy(path, f->ops->kind, n);
}

static const struct vm_file_ref_ops mapped_files = {mapped_file_get, mapped_file_put, mapped_file_identify};

void mapped_files_register(void)
{
    vm_set_file_ref_ops(&mapped_files);
}
