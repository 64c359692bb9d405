// SPDX-License-Identifier: BSD-3-Clause
// /dev.
#pragma once

/** devfs_register - make the types devtmpfs and devpts known and the standard devices openable. */
void devfs_register(void);
