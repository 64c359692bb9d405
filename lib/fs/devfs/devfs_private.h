// SPDX-License-Identifier: BSD-3-Clause
// The parts of devfs.
#pragma once

void mem_devices_register(void);
void tty_devices_register(void);
void devpts_register(void);
