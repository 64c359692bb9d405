// SPDX-License-Identifier: BSD-3-Clause
// fcntl commands of named files: record locks, leases, seals.
#define _GNU_SOURCE 1
#include "fcntl_lock.h"

#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "process/process.h"
#include "vfs/path.h"
#include "vfs/inode.h"
#include "vm/object.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define SEALS_ALL 0x1fu
#define SEAL_SEAL 1u
#define SEAL_WRITE 8u

static long record_lock(struct file *f, unsigned cmd, unsigned long arg)
{
    struct flock fl;
    struct process *p = process_current();

    if (copy_in(&fl, (const void *)arg, sizeof fl) != 0)
        return -EFAULT;
    long r = vfs_posix_lock(f, (int)cmd, &fl, fd_table_current(), p != NULL ? p->pid : 0);
    if (r == 0 && (cmd == F_GETLK || cmd == F_OFD_GETLK) && copy_out((void *)arg, &fl, sizeof fl) != 0)
        r = -EFAULT;
    return r;
}

/* Seals belong to the inode: every descriptor of the file sees them. */
static long add_seals(struct file *f, unsigned long seals)
{
    struct inode *i = f->inode;
    long r = 0;

    if (!file_writable(f))
        return -EPERM;
    if ((seals & ~(unsigned long)SEALS_ALL) || i == NULL || !(i->seals & INODE_SEALABLE))
        return -EINVAL;
    rwlock_write_lock(&i->data_lock);
    if (i->seals & SEAL_SEAL)
        r = -EPERM;
    else if ((seals & SEAL_WRITE) && !(i->seals & SEAL_WRITE) && vm_object_is_mapped_writable(&i->pages))
        r = -EBUSY;
    else
        i->seals |= (uint32_t)seals;
    rwlock_write_unlock(&i->data_lock);
    return r;
}

long fcntl_lock(struct file *f, unsigned cmd, unsigned long arg)
{
    switch (cmd) {
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return record_lock(f, cmd, arg);
    case F_ADD_SEALS:
        return add_seals(f, arg);
    case F_GET_SEALS:
        return f->inode != NULL && (f->inode->seals & INODE_SEALABLE) ? (long)(f->inode->seals & SEALS_ALL) : -EINVAL;
    case F_GETLEASE:
        return F_UNLCK;
    case F_SETLEASE:
        if (f->inode == NULL || !S_ISREG(f->inode->mode))
            return -EINVAL;
        return arg == F_UNLCK ? -EAGAIN : arg == F_RDLCK || arg == F_WRLCK ? -EAGAIN : -EINVAL; /* as when others have it open */
    default:
        return -EINVAL;
    }
}
