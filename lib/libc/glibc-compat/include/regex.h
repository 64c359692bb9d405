// SPDX-License-Identifier: BSD-3-Clause
// glibc's <regex.h>, with regexec bound to the function that fills its regmatch_t.
#if !defined(OSV_GLIBC_REGEX_H)
#define OSV_GLIBC_REGEX_H
#include <features.h>
#ifdef __GLIBC__
#pragma redefine_extname regexec __glibc_regexec
#endif
#endif
#include_next <regex.h>
