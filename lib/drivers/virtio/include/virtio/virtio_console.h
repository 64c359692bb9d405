// SPDX-License-Identifier: BSD-3-Clause
// What the virtio-console driver found.
#pragma once

struct console;
/** virtio_console_first - hvc0, or NULL: no such device so far. */
struct console *virtio_console_first(void);
