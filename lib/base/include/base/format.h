// SPDX-License-Identifier: BSD-3-Clause
// printf-style formatting into bounded buffers.
#pragma once

#include <base/compiler.h>
#include <stdarg.h>
#include <stddef.h>

/**
 * format_string - write formatted text, always terminated if @n > 0.
 * @fmt: flags `-0+ #`, width and precision (also `*`), lengths hh h l ll z j t, conversions d i u x X o c s p %
 *
 * Return: the length the whole text has (as snprintf); truncated if that is >= @n.
 */
int format_string(char *buf, size_t n, const char *fmt, ...) __printf_like(3, 4);
int format_string_v(char *buf, size_t n, const char *fmt, va_list args) __printf_like(3, 0);

/**
 * format_append - add formatted text at *@used in a buffer of @n bytes and advance *@used.
 *
 * *@used counts what the whole text needs; it may exceed @n, and then the text is cut.
 */
void format_append(char *buf, size_t n, size_t *used, const char *fmt, ...) __printf_like(4, 5);
