// SPDX-License-Identifier: BSD-3-Clause
// /sys.
#pragma once

/** sysfs_register - make the type "sysfs" known. */
void sysfs_register(void);
