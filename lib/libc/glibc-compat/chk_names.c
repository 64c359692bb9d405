// SPDX-License-Identifier: BSD-3-Clause
// Fortified queries of names and ids.

#include "compat.h"
#include <stdlib.h>
#include <unistd.h>

int __gethostname_chk(char *to, size_t n, size_t room)
{
    check_room(n, room);
    return gethostname(to, n);
}

int __getdomainname_chk(char *to, size_t n, size_t room)
{
    check_room(n, room);
    return getdomainname(to, n);
}

int __getlogin_r_chk(char *to, size_t n, size_t room)
{
    check_room(n, room);
    return getlogin_r(to, n);
}

int __ttyname_r_chk(int fd, char *to, size_t n, size_t room)
{
    check_room(n, room);
    return ttyname_r(fd, to, n);
}

int __ptsname_r_chk(int fd, char *to, size_t n, size_t room)
{
    check_room(n, room);
    return ptsname_r(fd, to, n);
}

int __getgroups_chk(int n, gid_t *list, size_t room)
{
    if (n > 0)
        check_room((size_t)n, room / sizeof *list);
    return getgroups(n, list);
}

size_t __confstr_chk(int name, char *to, size_t n, size_t room)
{
    check_room(n, room);
    return confstr(name, to, n);
}
