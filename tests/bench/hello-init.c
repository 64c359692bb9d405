// SPDX-License-Identifier: BSD-3-Clause
// The Linux guest's init: print hello and end the machine, as hello does under OSv.
#include <stdio.h>
#include <sys/io.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

int main(void)
{
    printf("Hello, world!\n");
    fflush(stdout);
    tcdrain(STDOUT_FILENO);
    if (iopl(3) == 0)
        outl(0, 0x501);
    reboot(RB_AUTOBOOT);
    return 1;
}
