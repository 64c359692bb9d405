// SPDX-License-Identifier: BSD-3-Clause
// Inside room linux: the vDSO's table.
#pragma once

/** vdso_calls_register - tell the loader which functions the vDSO calls; before the first execve, any number of times. */
void vdso_calls_register(void);
