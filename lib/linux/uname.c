// SPDX-License-Identifier: BSD-3-Clause
// uname, sethostname and setdomainname.
#include "arch/uaccess.h"
#include "base/string.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "process/uts.h"
#include <abi/capability.h>
#include <errno.h>
#include <sys/utsname.h>

long sys_uname(struct utsname *name)
{
    struct utsname out;

    uts_get(&out);
    return copy_out(name, &out, sizeof(out));
}

static long set(const char *user, int len, void (*store)(const char *))
{
    char name[65];

    if (!process_capable(CAP_SYS_ADMIN))
        return -EPERM;
    if (len < 0 || len > 64)
        return -EINVAL;
    memset(name, 0, sizeof(name));
    if (copy_in(name, user, (size_t)len) != 0)
        return -EFAULT;
    store(name);
    return 0;
}

long sys_sethostname(const char *name, int len)
{
    return set(name, len, uts_set_host);
}

long sys_setdomainname(const char *name, int len)
{
    return set(name, len, uts_set_domain);
}
