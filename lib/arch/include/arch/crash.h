// SPDX-License-Identifier: BSD-3-Clause
// The crash report: cause, registers, backtrace, then a non-zero end.
#pragma once

#include "arch/frame.h"
#include "base/compiler.h"

/** arch_crash - print @cause with registers of @f (NULL: the caller's) and a backtrace, then end the machine. Never hangs, also when it crashes itself. */
void arch_crash(const char *cause, const struct arch_frame *f) __noreturn;

/** arch_backtrace - return addresses by frame pointers from @fp up; @n filled at most. Survives broken chains. Return: how many. */
unsigned arch_backtrace(uintptr_t fp, uintptr_t *out, unsigned n);
/** arch_print_backtrace - "  #0 0xADDR name+0xOFF" a line, by the console's emergency output. */
void arch_print_backtrace(uintptr_t ip, uintptr_t fp);

/** arch_print_frame_backtrace - the same for the code that @f interrupted: application code is unwound by .eh_frame. */
void arch_print_frame_backtrace(const struct arch_frame *f);

/** crash_set_output - unbuffered, lock-free output for last words (default: serial port 0x3f8). */
void crash_set_output(void (*write)(const char *s, unsigned long n));
void crash_write(const char *s, unsigned long n);
/** arch_symbol_lookup - the function around @ip, if the image carries a table of symbols; else NULL. */
const char *arch_symbol_lookup(uintptr_t ip, uintptr_t *offset);
