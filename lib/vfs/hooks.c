// SPDX-License-Identifier: BSD-3-Clause
// What the room asks of rooms above: identity and limits of the caller; and optional parts that register themselves.
#include "vfs_private.h"

#include <sys/inotify.h>
#include <sys/stat.h>

static const struct vfs_current_ops *current_ops;
static const struct vfs_cred kernel_cred = {.capabilities = UINT64_MAX};
static struct fs_context *boot_context;
vfs_notify_fn vfs_notify_hook;

void vfs_set_current_ops(const struct vfs_current_ops *ops)
{
    current_ops = ops;
}

const struct vfs_cred *vfs_current_cred(void)
{
    const struct vfs_cred *c = current_ops != NULL && current_ops->cred != NULL ? current_ops->cred() : NULL;

    return c != NULL ? c : &kernel_cred;
}

struct fs_context *vfs_current_context(void)
{
    struct fs_context *c = current_ops != NULL && current_ops->context != NULL ? current_ops->context() : NULL;

    if (c != NULL)
        return c;
    if (boot_context == NULL)
        boot_context = fs_context_create();
    return boot_context;
}

uint64_t vfs_file_size_limit(void)
{
    return current_ops != NULL && current_ops->file_size_limit != NULL ? current_ops->file_size_limit() : UINT64_MAX;
}

void vfs_set_notify_hook(vfs_notify_fn fn)
{
    vfs_notify_hook = fn;
}

/* An event about a dentry goes to its directory with the name, and to the inode itself unless it is about the name. */
void vfs_notify_dentry(struct dentry *d, uint32_t mask)
{
    if (vfs_notify_hook == NULL)
        return;
    struct inode *i = d->inode;
    uint32_t dir_bit = i != NULL && S_ISDIR(i->mode) ? IN_ISDIR : 0;

    if (d->parent != d && d->parent->inode != NULL && d->parent->inode->watches != NULL)
        vfs_notify_hook(NULL, d->parent->inode, d->name->text, d->name->length, mask | dir_bit, 0);
    if (!(mask & (IN_CREATE | IN_DELETE)))
        vfs_notify_hook(i, NULL, NULL, 0, mask | dir_bit, 0);
    else if ((mask & IN_DELETE) && i != NULL && i->n_links == 0)
        vfs_notify_hook(i, NULL, NULL, 0, IN_DELETE_SELF, 0);
}
