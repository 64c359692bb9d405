// SPDX-License-Identifier: BSD-3-Clause
// Netgroups: there is no such database, so no group has members.

#include "compat.h"

int setnetgrent(const char *group)
{
    (void)group;
    return 0;
}

void endnetgrent(void)
{
}

int getnetgrent(char **host, char **user, char **domain)
{
    return 0;
}

int getnetgrent_r(char **host, char **user, char **domain, char *buffer, size_t size)
{
    return 0;
}

int innetgr(const char *group, const char *host, const char *user, const char *domain)
{
    return 0;
}
