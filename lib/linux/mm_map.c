// SPDX-License-Identifier: BSD-3-Clause
// mmap and munmap.

#include "base/atomic.h"
#include "base/string.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "mapped_files.h"
#include "vfs/inode.h"
#include "vm/object.h"
#include "vm/space.h"
#include <abi/mman.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define SEALED_WRITE 0x18u /* F_SEAL_WRITE, F_SEAL_FUTURE_WRITE */

static int check_file(const struct file *f, const struct vm_map_request *r)
{
    int type = r->flags & MAP_TYPE;

    if (r->flags & MAP_HUGETLB)
        return -EINVAL;
    if (r->length == 0)
        return -EINVAL;
    if (type != MAP_SHARED && type != MAP_PRIVATE && type != MAP_SHARED_VALIDATE)
        return -EINVAL;
    if (type != MAP_PRIVATE && (r->prot & PROT_WRITE) && !file_writable(f))
        return -EACCES;
    if (!file_readable(f))
        return -EACCES;
    return f->ops->mmap ? 0 : -ENODEV;
}

static long map_file(int fd, struct vm_map_request *r)
{
    struct file *f = fd_get(fd);
    long result;

    if (!f)
        return -EBADF;
    mapped_files_register();
    result = check_file(f, r);
    if (result == 0)
        result = f->ops->mmap(f, r->prot, r->flags, (int64_t)r->offset, r->length, &r->object);
    if (result == 0) {
        r->file = f;
        r->may_write = file_writable(f) && !(f->inode != NULL && (f->inode->seals & SEALED_WRITE));
        result = vm_map(vm_current(), r);
        vm_object_put(r->object);
    }
    file_put(f);
    return result;
}

long sys_mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
{
    struct vm_map_request r = {
        .addr = (vaddr_t)addr, .length = length, .prot = prot, .flags = flags, .offset = (uint64_t)offset};

    if (offset % (long)PAGE_SIZE)
        return -EINVAL;
    if (flags & MAP_ANONYMOUS)
        return vm_map(vm_current(), &r);
    return map_file(fd, &r);
}

long sys_munmap(void *addr, size_t length)
{
    return vm_unmap(vm_current(), (vaddr_t)addr, length);
}
