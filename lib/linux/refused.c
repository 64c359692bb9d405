// SPDX-License-Identifier: BSD-3-Clause
// Calls that a kernel without the subsystem answers with a fixed error: modules, kexec, keys, performance counters, BPF, tracing.
#include "linux/syscalls.h"
#include "process/process.h"
#include <abi/capability.h>
#include <errno.h>

static long need(unsigned cap, long otherwise)
{
    return process_capable(cap) ? otherwise : -EPERM;
}

long sys_vhangup(void)
{
    return need(CAP_SYS_TTY_CONFIG, 0);
}

long sys_init_module(void *image, unsigned long len, const char *args)
{
    return need(CAP_SYS_MODULE, -ENOSYS);
}

long sys_finit_module(int fd, const char *args, int flags)
{
    return need(CAP_SYS_MODULE, -ENOSYS);
}

long sys_delete_module(const char *name, unsigned flags)
{
    return need(CAP_SYS_MODULE, -ENOSYS);
}

long sys_kexec_load(unsigned long entry, unsigned long n_segments, void *segments, unsigned long flags)
{
    return need(CAP_SYS_BOOT, -ENOSYS);
}

long sys_kexec_file_load(int kernel_fd, int initrd_fd, unsigned long len, const char *cmdline, unsigned long flags)
{
    return need(CAP_SYS_BOOT, -ENOSYS);
}

long sys_add_key(const char *type, const char *description, const void *payload, size_t len, int ring)
{
    return -ENOSYS;
}

long sys_request_key(const char *type, const char *description, const char *info, int ring)
{
    return -ENOSYS;
}

long sys_keyctl(int op, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5)
{
    return -ENOSYS;
}

long sys_perf_event_open(void *attr, pid_t pid, int cpu, int group_fd, unsigned long flags)
{
    return -ENOSYS;
}

long sys_bpf(int cmd, void *attr, unsigned size)
{
    return -ENOSYS;
}

long sys_lookup_dcookie(uint64_t cookie, char *buf, size_t len)
{
    return -ENOSYS;
}

long sys_landlock_create_ruleset(const void *attr, size_t size, unsigned flags)
{
    return -ENOSYS;
}

long sys_landlock_add_rule(int fd, int type, const void *attr, unsigned flags)
{
    return -ENOSYS;
}

long sys_landlock_restrict_self(int fd, unsigned flags)
{
    return -ENOSYS;
}

long sys_memfd_secret(unsigned flags)
{
    return -ENOSYS;
}

long sys_ptrace(long request, pid_t pid, void *addr, void *data)
{
    return -ENOSYS;
}

long sys_kcmp(pid_t pid1, pid_t pid2, int type, unsigned long idx1, unsigned long idx2)
{
    return -ENOSYS;
}


long sys_acct(const char *name)
{
    return need(CAP_SYS_PACCT, -ENOSYS);
}

