// SPDX-License-Identifier: BSD-3-Clause
// __libc_single_threaded: code may skip atomics while it is true. It never is: the kernel is no place to save a lock prefix.

#include "compat.h"

char __libc_single_threaded = 0;
