// SPDX-License-Identifier: BSD-3-Clause
// ftw and nftw with glibc's numbering of file kinds, one less than musl's: what C++ and foreign programs call.

#include "compat.h"
#include <ftw.h>
#include <sys/stat.h>

typedef int ftw_fn(const char *path, const struct stat *st, int kind);
typedef int nftw_fn(const char *path, const struct stat *st, int kind, struct FTW *ftw);

static _Thread_local ftw_fn *ftw_callback;
static _Thread_local nftw_fn *nftw_callback;

static int call_ftw(const char *path, const struct stat *st, int kind)
{
    return ftw_callback(path, st, kind - 1);
}

static int call_nftw(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    return nftw_callback(path, st, kind - 1, ftw);
}

int __glibc_ftw(const char *path, ftw_fn *fn, int fds)
{
    ftw_fn *outer = ftw_callback;

    ftw_callback = fn;
    int result = ftw(path, call_ftw, fds);
    ftw_callback = outer;
    return result;
}

int __glibc_nftw(const char *path, nftw_fn *fn, int fds, int flags)
{
    nftw_fn *outer = nftw_callback;

    nftw_callback = fn;
    int result = nftw(path, call_nftw, fds, flags);
    nftw_callback = outer;
    return result;
}
