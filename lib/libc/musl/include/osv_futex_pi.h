// SPDX-License-Identifier: BSD-3-Clause
// Included before a source of musl's that makes priority-inheriting locks: links the kernel's half of them.
#pragma once

extern const char osv_futex_pi;
static const char *const osv_keep_futex_pi __attribute__((__used__)) = &osv_futex_pi;
