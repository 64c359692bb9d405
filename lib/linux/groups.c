// SPDX-License-Identifier: BSD-3-Clause
// Supplementary groups.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include <abi/capability.h>
#include <errno.h>

#define GROUPS_MAX 65536

long sys_getgroups(int size, gid_t *list)
{
    const struct credentials *c = process_cred();
    int n = (int)c->fs.n_groups;

    if (size < 0)
        return -EINVAL;
    if (size == 0)
        return n;
    if (n > size)
        return -EINVAL;
    return copy_out(list, c->groups, (size_t)n * sizeof(gid_t)) != 0 ? -EFAULT : n;
}

/* Heap sort: the order look-ups rely on, without recursion. */
static void sift_down(uint32_t *a, unsigned root, unsigned n)
{
    for (unsigned child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && a[child] < a[child + 1])
            child++;
        if (a[root] >= a[child])
            return;
        uint32_t t = a[root];
        a[root] = a[child];
        a[child] = t;
    }
}

static void sort(uint32_t *a, unsigned n)
{
    for (unsigned i = n / 2; i-- > 0;)
        sift_down(a, i, n);
    for (unsigned end = n; end-- > 1;) {
        uint32_t t = a[0];
        a[0] = a[end];
        a[end] = t;
        sift_down(a, 0, end);
    }
}

long sys_setgroups(int size, const gid_t *list)
{
    if (!process_capable(CAP_SETGID))
        return -EPERM;
    if ((unsigned)size > GROUPS_MAX)
        return -EINVAL;
    struct credentials *c = cred_clone(process_cred(), (unsigned)size);
    if (c == NULL)
        return -ENOMEM;
    if (copy_in(c->groups, list, (size_t)size * sizeof(gid_t)) != 0) {
        cred_put(c);
        return -EFAULT;
    }
    for (int i = 0; i < size; i++) {
        if (c->groups[i] == UINT32_MAX) {
            cred_put(c);
            return -EINVAL;
        }
    }
    c->fs.n_groups = (uint32_t)size;
    sort(c->groups, (unsigned)size);
    cred_commit(c);
    return 0;
}
