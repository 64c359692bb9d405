// SPDX-License-Identifier: BSD-3-Clause
// The file systems a program finds when it starts.
#pragma once

/** filesystems_start - once, after the first process exists; called by room init if the program links it. 0; -ENOMEM. */
int filesystems_start(void);
/** fs_accounts_make - /etc/passwd and /etc/group, unless the image carries them. */
void fs_accounts_make(void);
