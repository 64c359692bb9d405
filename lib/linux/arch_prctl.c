// SPDX-License-Identifier: BSD-3-Clause
// arch_prctl: FS base and state components of x86-64.
#include "arch/cpu.h"
#include "arch/thread.h"
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "sched/thread.h"
#include <abi/prctl.h>
#include <errno.h>

#define XCOMP_USER 0x20000ull /* components that need permission: AMX tiles; never enabled here */

long sys_arch_prctl(int option, unsigned long arg)
{
    switch (option) {
    case ARCH_SET_FS:
        if (arg >= ARCH_USER_END)
            return -EPERM;
        arch_thread_set_fs_base(arch_current(), arg);
        return 0;
    case ARCH_GET_FS:
        return put_user_u64((void *)arg, arch_current()->fs_base);
    case ARCH_SET_GS: /* the kernel's own: one privilege level */
        return -EPERM;
    case ARCH_GET_GS:
        return put_user_u64((void *)arg, 0);
    case ARCH_GET_CPUID:
        return 1;
    case ARCH_SET_CPUID:
        return arg != 0 ? 0 : -ENODEV;
    case ARCH_GET_XCOMP_SUPP:
    case ARCH_GET_XCOMP_PERM:
        return put_user_u64((void *)arg, cpu_features.xcr0);
    case ARCH_REQ_XCOMP_PERM:
        return arg < 64 && (cpu_features.xcr0 >> arg & 1) ? 0 : arg < 64 && (XCOMP_USER >> arg & 1) ? -EOPNOTSUPP : -EINVAL;
    default:
        return -EINVAL;
    }
}
