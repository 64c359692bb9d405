// SPDX-License-Identifier: BSD-3-Clause
// memfd: a regular file that never had a name.
#include "base/format.h"
#include "ramfs_private.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static struct super_block *memfd_super;
static struct mutex memfd_lock = MUTEX_INIT(memfd_lock);

static int make_super(void)
{
    int r = 0;

    mutex_lock(&memfd_lock);
    if (memfd_super == NULL)
        r = ramfs_super(&tmpfs_type, 0x01021994, 0, NULL, &memfd_super);
    mutex_unlock(&memfd_lock);
    return r;
}

int memfd_create_file(const char *name, bool allow_sealing, struct file **out)
{
    char label[260];
    int r = make_super();

    if (r != 0)
        return r;
    struct inode *i = ram_make_inode(memfd_super, S_IFREG | 0777);
    if (i == NULL)
        return -ENOMEM;
    i->n_links = 0;
    if (allow_sealing)
        i->seals = INODE_SEALABLE;
    format_string(label, sizeof label, "memfd:%s", name);
    r = vfs_open_anonymous(i, label, O_RDWR, out);
    return r;
}
