// SPDX-License-Identifier: BSD-3-Clause
// The first serial port.
#pragma once

#include "base/compiler.h"

/** uart_init - register ttyS0 as a console if port 0x3f8 answers. */
void uart_init(void);
