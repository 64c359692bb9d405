// SPDX-License-Identifier: BSD-3-Clause
// Growable text and word lists; running out of memory ends the command.
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *memory_resize(void *old, size_t bytes)
{
    void *new = realloc(old, bytes ? bytes : 1);
    if (!new) {
        fputs("osv: out of memory on this machine; close something and try again\n", stderr);
        _exit(125);
    }
    return new;
}

void *memory_allocate(size_t bytes)
{
    return memset(memory_resize(NULL, bytes), 0, bytes);
}

static void text_reserve(struct text *text, size_t more)
{
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity)
        return;
    size_t capacity = text->capacity ? text->capacity * 2 : 64;
    text->capacity = capacity > needed ? capacity : needed;
    text->data = memory_resize(text->data, text->capacity);
}

void text_append(struct text *text, const void *bytes, size_t length)
{
    text_reserve(text, length);
    if (length)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_append_string(struct text *text, const char *string)
{
    text_append(text, string, strlen(string));
}

void text_append_char(struct text *text, char c)
{
    text_append(text, &c, 1);
}

void text_vprintf(struct text *text, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length > 0) {
        text_reserve(text, (size_t)length);
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(text, format, args);
    va_end(args);
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->data)
        text->data[0] = '\0';
}

void text_fini(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

const char *text_string(const struct text *text)
{
    return text->data ? text->data : "";
}

static void words_add_owned(struct words *words, char *word)
{
    if (words->count + 2 > words->capacity) {
        words->capacity = words->capacity ? words->capacity * 2 : 8;
        words->items = memory_resize(words->items, words->capacity * sizeof(*words->items));
    }
    words->items[words->count++] = word;
    words->items[words->count] = NULL;
}

void words_add(struct words *words, const char *word)
{
    words_add_owned(words, string_copy(word));
}

void words_addf(struct words *words, const char *format, ...)
{
    struct text text = {0};
    va_list args;
    va_start(args, format);
    text_append(&text, "", 0);
    text_vprintf(&text, format, args);
    va_end(args);
    words_add_owned(words, text.data);
}

void words_add_all(struct words *words, const struct words *more)
{
    for (size_t i = 0; i < more->count; i++)
        words_add(words, more->items[i]);
}

bool words_contain(const struct words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->items[i], word) == 0)
            return true;
    return false;
}

void words_fini(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
    *words = (struct words){0};
}

char *string_format(const char *format, ...)
{
    struct text text = {0};
    va_list args;
    va_start(args, format);
    text_append(&text, "", 0);
    text_vprintf(&text, format, args);
    va_end(args);
    return text.data;
}

char *string_copy(const char *string)
{
    size_t bytes = strlen(string) + 1;
    return memcpy(memory_resize(NULL, bytes), string, bytes);
}

bool string_starts(const char *string, const char *prefix)
{
    return strncmp(string, prefix, strlen(prefix)) == 0;
}

bool string_ends(const char *string, const char *suffix)
{
    size_t length = strlen(string), tail = strlen(suffix);
    return length >= tail && strcmp(string + length - tail, suffix) == 0;
}

void text_append_shell_word(struct text *text, const char *word)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,/:@%^";
    if (*word && strspn(word, safe) == strlen(word)) {
        text_append_string(text, word);
        return;
    }
    text_append_char(text, '\'');
    for (; *word; word++)
        text_append_string(text, *word == '\'' ? "'\\''" : (char[]){*word, '\0'});
    text_append_char(text, '\'');
}

bool text_read_file(struct text *text, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got;
    do {
        text_reserve(text, 65536);
        got = read(fd, text->data + text->length, 65536);
        if (got > 0)
            text->length += (size_t)got;
    } while (got > 0 || (got < 0 && errno == EINTR));
    text->data[text->length] = '\0';
    int saved = errno;
    close(fd);
    errno = saved;
    return got == 0;
}
