// SPDX-License-Identifier: BSD-3-Clause
// Signals that file operations raise: SIGPIPE, SIGXFSZ.
#pragma once

/** file_signals_enable - called by the system calls that make files which can raise one, so that others do not link signals. */
void file_signals_enable(void);
