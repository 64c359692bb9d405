// SPDX-License-Identifier: BSD-3-Clause
// The names that uname(2) tells.
#include "process/uts.h"
#include "arch/spinlock.h"
#include "base/string.h"
#include <sys/utsname.h>

/* Programs compare the release with the version a feature came with: this is the Linux whose behaviour is provided. */
static struct utsname names = {
    .sysname = "Linux",
    .nodename = "osv",
    .release = "6.1.0",
    .version = "#1 SMP PREEMPT OSv",
#ifdef __x86_64__
    .machine = "x86_64",
#else
    .machine = "aarch64",
#endif
    .__domainname = "(none)",
};
static struct spinlock lock = SPINLOCK_INIT(RANK_PROCESS);

void uts_get(struct utsname *out)
{
    spin_lock(&lock);
    *out = names;
    spin_unlock(&lock);
}

static void store(char *field, const char *name)
{
    char copy[65] = {0};

    strlcpy(copy, name, sizeof(copy));
    spin_lock(&lock);
    memcpy(field, copy, sizeof(copy));
    spin_unlock(&lock);
}

void uts_set_host(const char *name)
{
    store(names.nodename, name);
}

void uts_set_domain(const char *name)
{
    store(names.__domainname, name);
}
