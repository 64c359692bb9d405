// SPDX-License-Identifier: BSD-3-Clause
// backtrace() under reserved names.

#include "names.inc"

ANOTHER_NAME __backtrace, backtrace
ANOTHER_NAME __backtrace_symbols, backtrace_symbols
ANOTHER_NAME __backtrace_symbols_fd, backtrace_symbols_fd

.section .note.GNU-stack, "", @progbits
