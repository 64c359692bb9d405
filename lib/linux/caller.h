// SPDX-License-Identifier: BSD-3-Clause
// Who made the running system call, for the log.
#pragma once

#include <stddef.h>

#define CALLER_BYTES 160

/** caller_text - "python3[1] at /usr/lib/libc.so.6+0xd8a27" for the call the running thread is in. Context: may sleep. */
const char *caller_text(char text[CALLER_BYTES]);
