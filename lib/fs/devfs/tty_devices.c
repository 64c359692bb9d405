// SPDX-License-Identifier: BSD-3-Clause
// Terminals by name: tty, console, ttyS0, hvc0, ptmx and the slaves of pseudo terminals.
#include "device/tty.h"
#include "devfs_private.h"
#include "file/file.h"
#include "vfs/path.h"
#include <errno.h>
#include <sys/sysmacros.h>

static int attach(struct tty *t, struct file *f)
{
    if (t == NULL)
        return -EIO;
    f->ops = &tty_file_ops;
    f->priv = t;
    tty_file_opened(t);
    return 0;
}

static int open_console(struct inode *i, struct file *f)
{
    return attach(tty_console(), f);
}

/* The controlling terminal: here the console, the only one a single program starts with. */
static int open_controlling(struct inode *i, struct file *f)
{
    struct tty *t = tty_console();

    if (t == NULL)
        return -ENXIO;
    return attach(t, f);
}

static int open_hvc(struct inode *i, struct file *f)
{
    struct tty *t = tty_hvc();

    return t == NULL ? -ENODEV : attach(t, f);
}

static int open_slave(struct inode *i, struct file *f)
{
    return attach(pty_slave(minor(i->rdev)), f);
}

static int open_master(struct inode *i, struct file *f)
{
    return pty_open_master(f);
}

void tty_devices_register(void)
{
    (void)vfs_char_device_register(5, 0, 1, &tty_file_ops, open_controlling);
    (void)vfs_char_device_register(5, 1, 1, &tty_file_ops, open_console);
    (void)vfs_char_device_register(4, 64, 1, &tty_file_ops, open_console);
    (void)vfs_char_device_register(229, 0, 1, &tty_file_ops, open_hvc);
    (void)vfs_char_device_register(5, 2, 1, &tty_file_ops, open_master);
    (void)vfs_char_device_register(136, 0, 4096, &tty_file_ops, open_slave);
}
