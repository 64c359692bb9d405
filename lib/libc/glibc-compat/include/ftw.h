// SPDX-License-Identifier: BSD-3-Clause
// glibc's <ftw.h>, with the walks bound to functions that number kinds of files as it does.
#if !defined(OSV_GLIBC_FTW_H)
#define OSV_GLIBC_FTW_H
#include <features.h>
#ifdef __GLIBC__
#pragma redefine_extname ftw __glibc_ftw
#pragma redefine_extname ftw64 __glibc_ftw
#pragma redefine_extname nftw __glibc_nftw
#pragma redefine_extname nftw64 __glibc_nftw
#endif
#endif
#include_next <ftw.h>
