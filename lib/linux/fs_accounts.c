// SPDX-License-Identifier: BSD-3-Clause
// /etc/passwd and /etc/group of images that carry none: root, and the ordinary user that servers fall back to.
#include "fs_start.h"

#include "base/log.h"
#include "base/string.h"
#include "file/file.h"
#include "file/iov_iter.h"
#include "vfs/path.h"
#include <errno.h>
#include <fcntl.h>

static void write_if_absent(const char *name, char *text)
{
    struct file *f;
    struct iov_one one;
    int r = vfs_open(AT_FDCWD, name, O_WRONLY | O_CREAT | O_EXCL, 0644, 0, &f);

    if (r == -EEXIST)
        return;
    if (r == 0) {
        long n = file_write(f, iov_iter_init_kernel(&one, text, strlen(text)), NULL, 0);
        r = n < 0 ? (int)n : 0;
        file_put(f);
    }
    if (r != 0)
        log_warn("cannot write %s: error %d", name, -r);
}

void fs_accounts_make(void)
{
    static char passwd[] = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
    static char group[] = "root:x:0:\nnogroup:x:65534:\n";
    int r = vfs_mkdir(AT_FDCWD, "/etc", 0755);

    if (r != 0 && r != -EEXIST)
        return;
    write_if_absent("/etc/passwd", passwd);
    write_if_absent("/etc/group", group);
}
