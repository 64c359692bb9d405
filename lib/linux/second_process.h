// SPDX-License-Identifier: BSD-3-Clause
// The answer to whoever wants a second process.
#pragma once

/** second_process_refused - -ENOSYS; the first time, log which program asked and where. @call: the system call's name. */
long second_process_refused(const char *call);
