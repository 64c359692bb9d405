// SPDX-License-Identifier: BSD-3-Clause
// reboot.
#include "arch/power.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include <abi/capability.h>
#include <errno.h>
#include <sys/reboot.h>

#define MAGIC1 0xfee1dead
#define MAGIC2 672274793
#define MAGIC2A 85072278
#define MAGIC2B 369367448
#define MAGIC2C 537993216

long sys_reboot(int magic1, int magic2, unsigned cmd, void *arg)
{
    if (!process_capable(CAP_SYS_BOOT))
        return -EPERM;
    if ((unsigned)magic1 != MAGIC1 || (magic2 != MAGIC2 && magic2 != MAGIC2A && magic2 != MAGIC2B && magic2 != MAGIC2C))
        return -EINVAL;
    switch (cmd) {
    case RB_ENABLE_CAD:
    case RB_DISABLE_CAD:
        return 0; /* there is no keyboard to watch */
    case RB_AUTOBOOT:
        arch_reset();
    case RB_HALT_SYSTEM:
    case RB_POWER_OFF:
        process_exit_group(0);
    default:
        return -EINVAL;
    }
}
