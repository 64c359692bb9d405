// SPDX-License-Identifier: BSD-3-Clause
// Options about names: --mount-fs, --cwd, --redirect.

#include "base/log.h"
#include "base/string.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "mem/kalloc.h"
#include "private.h"
#include "vfs/path.h"
#include <errno.h>
#include <fcntl.h>

/* A program without file names has no vfs; then these are null. */
int __weak vfs_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
int __weak vfs_mkdir(int dirfd, const char *name, uint32_t mode);
int __weak vfs_walk(int dirfd, const char *name, unsigned flags, struct vfs_path *out);
int __weak vfs_chdir(struct fs_context *c, const struct vfs_path *p);
void __weak vfs_path_put(struct vfs_path *p);
struct fs_context *__weak vfs_current_context(void);
int __weak vfs_open(int dirfd, const char *name, int flags, uint32_t mode, unsigned walk_flags, struct file **out);

static void __noreturn refuse(const char *option, const char *value, int error)
{
    log_error("--%s=%s: error %d", option, value, -error);
    shutdown_with_status(1);
}

/* "TYPE,SOURCE,DIRECTORY" */
static void mount_one(const char *text)
{
    char *type = kstrdup(text), *source = type ? strchr(type, ',') : NULL, *dir = source ? strchr(source + 1, ',') : NULL;
    if (!dir || !vfs_mount || !vfs_mkdir)
        refuse("mount-fs", text, dir ? -ENOSYS : -EINVAL);
    *source++ = 0;
    *dir++ = 0;
    int error = vfs_mkdir(AT_FDCWD, dir, 0755);
    if (error == 0 || error == -EEXIST)
        error = vfs_mount(source, dir, type, 0, NULL);
    if (error)
        refuse("mount-fs", text, error);
    kfree(type);
}

static void change_directory(const char *name)
{
    struct vfs_path p;
    int error = vfs_walk && vfs_chdir && vfs_path_put && vfs_current_context ? vfs_walk(AT_FDCWD, name, WALK_DIRECTORY, &p) : -ENOSYS;
    if (!error) {
        error = vfs_chdir(vfs_current_context(), &p);
        vfs_path_put(&p);
    }
    if (error)
        refuse("cwd", name, error);
}

void files_mount(void)
{
    for (unsigned i = 0; i < init_options.mount_fs.n; i++)
        mount_one(init_options.mount_fs.words[i]);
    if (init_options.cwd)
        change_directory(init_options.cwd);
}

void files_redirect(void)
{
    struct file *f;
    const char *name = init_options.redirect;
    if (!name)
        return;
    int error = vfs_open ? vfs_open(AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND, 0644, 0, &f) : -ENOSYS;
    int fd = error ? -1 : fd_open_file(f, false);
    if (fd < 0)
        refuse("redirect", name, error ? error : fd);
    struct fd_table *t = fd_table_current();
    for (int to = 1; to <= 2; to++)
        if ((error = fd_dup_to(t, fd, to, false)) < 0)
            refuse("redirect", name, error);
    fd_close(t, fd);
}
