// SPDX-License-Identifier: BSD-3-Clause
// NUMA memory policy on a machine with one node: everything is on node 0.

#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include <abi/misc.h>
#include <errno.h>

#define MPOL_MODE_MASK 0x1fff
#define MPOL_MODES 7

/* Nodes but 0 do not exist. Return: 0; -EFAULT; -EINVAL. */
static int check_nodes(int mode, const unsigned long *mask, unsigned long maxnode)
{
    unsigned long nodes = 0;

    mode &= MPOL_MODE_MASK;
    if (mode >= MPOL_MODES)
        return -EINVAL;
    if (maxnode > 1 && mask && get_user_u64((uint64_t *)&nodes, mask))
        return -EFAULT;
    if (mode == MPOL_DEFAULT || mode == MPOL_LOCAL)
        return nodes ? -EINVAL : 0;
    if (mode == MPOL_PREFERRED && !nodes)
        return 0;
    return nodes == 1 ? 0 : -EINVAL;
}

long sys_mbind(void *addr, unsigned long length, unsigned long mode, const unsigned long *nodemask,
               unsigned long maxnode, unsigned flags)
{
    if ((uintptr_t)addr % 4096 || (flags & ~7u))
        return -EINVAL;
    return check_nodes((int)mode, nodemask, maxnode);
}

long sys_set_mempolicy(int mode, const unsigned long *nodemask, unsigned long maxnode)
{
    return check_nodes(mode, nodemask, maxnode);
}

long sys_get_mempolicy(int *mode, unsigned long *nodemask, unsigned long maxnode, void *addr, unsigned long flags)
{
    if (flags & ~(unsigned long)(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED))
        return -EINVAL;
    if (addr && !(flags & MPOL_F_ADDR))
        return -EINVAL;
    if (mode && put_user_u32(mode, MPOL_DEFAULT))
        return -EFAULT;
    if (nodemask && maxnode > 1 && put_user_u64(nodemask, flags & MPOL_F_MEMS_ALLOWED ? 1 : 0))
        return -EFAULT;
    return 0;
}
