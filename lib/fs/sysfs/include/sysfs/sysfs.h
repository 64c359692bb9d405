// SPDX-License-Identifier: BSD-3-Clause
// /sys.
#pragma once

/** sysfs_register - make the type "sysfs" known. */
void sysfs_register(void);
struct pseudo_node;
/** sysfs_set_net - the generated directory behind /sys/class/net. */
void sysfs_set_net(const struct pseudo_node *dir);
