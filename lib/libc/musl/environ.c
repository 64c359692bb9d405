// SPDX-License-Identifier: BSD-3-Clause
// Where the variable `environ` is that this libc uses: its own, unless the dynamic linker has found the program's copy.
#include <features.h>

extern char **__environ __attribute__((__visibility__("hidden")));
__attribute__((__visibility__("hidden"))) char ***__osv_environ = &__environ;
