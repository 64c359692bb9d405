// SPDX-License-Identifier: BSD-3-Clause
// Growable text and word lists; running out of memory ends the command.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define PRINTF_LIKE(at, first) __attribute__((__format__(printf, at, first)))

/* A NUL-terminated string that grows. All zero is empty and valid. */
struct text {
    char *data;
    size_t length;
    size_t capacity;
};

void text_append(struct text *text, const void *bytes, size_t length);
void text_append_string(struct text *text, const char *string);
void text_append_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);
void text_vprintf(struct text *text, const char *format, va_list args) PRINTF_LIKE(2, 0);
void text_clear(struct text *text);
void text_fini(struct text *text);

/** text_string - the content as a C string, "" when empty; valid until the next change. */
const char *text_string(const struct text *text);

/* A list of owned strings; @items always ends with NULL once a word was added. All zero is empty and valid. */
struct words {
    char **items;
    size_t count;
    size_t capacity;
};

void words_add(struct words *words, const char *word);
void words_addf(struct words *words, const char *format, ...) PRINTF_LIKE(2, 3);
void words_add_all(struct words *words, const struct words *more);
bool words_contain(const struct words *words, const char *word);
void words_fini(struct words *words);

/** string_format - printf into a fresh string that the caller frees. */
char *string_format(const char *format, ...) PRINTF_LIKE(1, 2);
char *string_copy(const char *string);
bool string_starts(const char *string, const char *prefix);
bool string_ends(const char *string, const char *suffix);

void *memory_allocate(size_t bytes);
void *memory_resize(void *old, size_t bytes);

/** text_append_shell_word - append @word so that a POSIX shell reads it back as one word. */
void text_append_shell_word(struct text *text, const char *word);

/** text_read_file - append a whole file (any kind that read(2) can read). Return: false, errno set, if unreadable. */
bool text_read_file(struct text *text, const char *path);
