// SPDX-License-Identifier: BSD-3-Clause
// Checks the offsets into musl's thread control block that assembly files and compilers know by number.

#include "pthread_impl.h"
#include <stddef.h>

_Static_assert(offsetof(struct pthread, sysinfo) == 32, "vfork in clone.S");
_Static_assert(offsetof(struct pthread, canary) == 40, "the compilers' stack protector");
_Static_assert(offsetof(struct pthread, cancel) == 60, "cancel.S");
_Static_assert(offsetof(struct pthread, canceldisable) == 64, "cancel.S");
_Static_assert(offsetof(struct pthread, cancelasync) == 65, "cancel.S");
_Static_assert(PTHREAD_CANCEL_DISABLE == 1 && PTHREAD_CANCEL_MASKED == 2, "cancel.S");
_Static_assert(SYS_close == 3 && EINTR == 4, "cancel.S");
