// SPDX-License-Identifier: BSD-3-Clause
// The file systems a program finds when it starts: the root with the initrd in it, /dev, /proc, /sys.
//
// Linked by whatever takes a path (path_arg.c); room init calls it by a weak reference.
#include "fs_start.h"

#include "arch/boot_handoff.h"
#include "base/log.h"
#include "cpio/cpio.h"
#include "device/tty.h"
#include "devfs/devfs.h"
#include "linux/hvc.h"
#include "mem/frame.h"
#include "net/proc.h"
#include "procfs/procfs.h"
#include "ramfs/ramfs.h"
#include "sysfs/sysfs.h"
#include "vfs/path.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static void consumed(const void *upto)
{
    frame_release_range(boot_handoff.initrd_start, ALIGN_DOWN(virt_to_phys(upto), PAGE_SIZE));
}

/* Programs without sockets do not link them; net_start.c does. */
#pragma weak net_proc_files
#pragma weak net_sys_dir

static void show_network(void)
{
    if (net_proc_files != NULL)
        procfs_set_net(net_proc_files);
    if (&net_sys_dir != NULL)
        sysfs_set_net(&net_sys_dir);
}

/* The same holds for the virtio console. */
#pragma weak hvc_terminal

static int unpack_initrd(void)
{
    paddr_t start = boot_handoff.initrd_start, end = boot_handoff.initrd_end;

    if (start >= end)
        return 0;
    int r = frame_map_range(start, end);
    if (r == 0)
        r = cpio_unpack(phys_to_virt(start), end - start, consumed);
    frame_release_range(start, ALIGN_UP(end, PAGE_SIZE));
    return r == -ENOMEM || r == -ENOSPC ? r : 0;
}

static void mount_at(const char *type, const char *dir, uint32_t mode)
{
    int r = vfs_mkdir(AT_FDCWD, dir, mode);

    if (r == 0 || r == -EEXIST)
        r = vfs_mount(type, dir, type, 0, NULL);
    if (r != 0)
        log_warn("cannot mount %s on %s: error %d", type, dir, -r);
}

static void make_dir(const char *dir, uint32_t mode)
{
    int r = vfs_mkdir(AT_FDCWD, dir, mode);

    if (r != 0 && r != -EEXIST)
        log_warn("cannot make %s: error %d", dir, -r);
}

int filesystems_start(void)
{
    ramfs_register();
    devfs_register();
    procfs_register();
    sysfs_register();
    show_network();
    if (hvc_terminal)
        tty_set_hvc(hvc_terminal);
    int r = vfs_init();
    if (r == 0)
        r = unpack_initrd();
    if (r != 0)
        return r;
    mount_at("devtmpfs", "/dev", 0755);
    mount_at("devpts", "/dev/pts", 0755);
    mount_at("tmpfs", "/dev/shm", 01777);
    mount_at("proc", "/proc", 0555);
    mount_at("sysfs", "/sys", 0555);
    uint32_t old = fs_context_umask_set(vfs_current_context(), 0);
    make_dir("/tmp", 01777);
    fs_accounts_make();
    fs_context_umask_set(vfs_current_context(), old);
    return 0;
}
