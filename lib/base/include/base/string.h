// SPDX-License-Identifier: BSD-3-Clause
// The kernel's own memory and string functions.
#pragma once

#include <base/compiler.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ISO C semantics. */
void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *haystack, const char *needle);

/**
 * strlcpy - copy as much of @src as fits into @n bytes, always terminated if @n > 0.
 *
 * Return: strlen(@src); truncated if that is >= @n.
 */
size_t strlcpy(char *dst, const char *src, size_t n);

/** strlcat - append like strlcpy(); @n is the size of the whole buffer. Return: the length it tried to make. */
size_t strlcat(char *dst, const char *src, size_t n);

/** string_starts_with - true if @s begins with @prefix. */
bool string_starts_with(const char *s, const char *prefix);

/**
 * string_match - shell pattern match with `*` and `?` only.
 *
 * Return: true if the whole of @s matches @pattern.
 */
bool string_match(const char *pattern, const char *s);

/**
 * string_parse_u64 - read an unsigned number.
 * @base: 2..36, or 0: by prefix (0x hexadecimal, 0 octal, else decimal)
 * @end:  where reading stopped; NULL: the whole string must be a number
 *
 * Return: 0; -EINVAL without a digit or with trailing text; -ERANGE if it does not fit.
 */
int __must_check string_parse_u64(const char *s, unsigned base, const char **end, uint64_t *value);

/** string_parse_size - like string_parse_u64() with an optional suffix K, M, G or T (powers of 1024). */
int __must_check string_parse_size(const char *s, const char **end, uint64_t *value);
