// SPDX-License-Identifier: BSD-3-Clause
// The loader kernel's program: becomes the Linux program that its first argument names.
#include "osv/dynlink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As a shell would say it: 127 not found, 126 found but not runnable. */
static int refuse(const char *program, int error)
{
    const char *fix = error == ENOENT    ? "it, its interpreter or its directory is not in the guest; pass it with -v or --rootfs"
                      : error == EACCES  ? "it is not executable or is a directory"
                      : error == ENOEXEC ? "it is no x86-64 Linux program"
                      : error == ENOMEM  ? "give the guest more memory with -m"
                                         : "see the kernel's messages";
    fprintf(stderr, "osv: cannot run %s: %s (%s)\n", program, strerror(error), fix);
    return error == ENOENT ? 127 : 126;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("osv: the loader kernel needs a program: name it as the first argument, after \"--\"\n", stderr);
        return 126;
    }
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
    setenv("HOME", "/root", 0);
    /* Chosen by `osv run`, which has compared the names that the program needs with those that are here. */
    if (argc > 2 && strcmp(argv[1], "--linker=osv") == 0)
        return osv_dynlink_run(argv + 2, argv + 1);
    execvp(argv[1], argv + 1);
    return refuse(argv[1], errno);
}
