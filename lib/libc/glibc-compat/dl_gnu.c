// SPDX-License-Identifier: BSD-3-Clause
// Dynamic-linking calls that only glibc has.

#include "compat.h"
#include <dlfcn.h>

void *dlvsym(void *handle, const char *name, const char *version)
{
    return dlsym(handle, name);
}

int dladdr1(const void *address, Dl_info *info, void **extra, int flags)
{
    if (extra)
        *extra = NULL;
    return dladdr(address, info);
}
