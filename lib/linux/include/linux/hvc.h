// SPDX-License-Identifier: BSD-3-Clause
// The virtio console, for those who name it weakly: init and the file systems' start.
#pragma once

#include <stdbool.h>

struct tty;
/** hvc_start - make the first virtio console the only console. Context: may sleep. Return: false: there is none. */
bool hvc_start(void);
/** hvc_terminal - the terminal on it: the machine's if it is the console, else one of its own. Context: may sleep. NULL: no device, no memory. */
struct tty *hvc_terminal(void);
extern const char osv_virtio_console;
