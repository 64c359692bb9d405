// SPDX-License-Identifier: BSD-3-Clause
// The file systems a program finds when it starts.
#pragma once

/** filesystems_start - once, after the first process exists. 0; -ENOMEM: memory is too small for the initrd. */
int filesystems_start(void);
