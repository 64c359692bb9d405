// SPDX-License-Identifier: BSD-3-Clause
// The Linux guest's init for unmodified programs: run the one that the arguments name, then end the machine with its status.
#include <stdio.h>
#include <stdlib.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status = 0;
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sys", "/sys", "sysfs", 0, NULL);
    mount("dev", "/dev", "devtmpfs", 0, NULL);
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    pid_t child = fork();
    if (child == 0) {
        execv(argv[1], argv + 1);
        _exit(127);
    }
    waitpid(child, &status, 0);
    tcdrain(STDOUT_FILENO);
    if (iopl(3) == 0)
        outl((unsigned)(WIFEXITED(status) ? WEXITSTATUS(status) : 128), 0x501);
    reboot(RB_AUTOBOOT);
    return argc == 0;
}
