// SPDX-License-Identifier: BSD-3-Clause
// Kernel copies of argument and environment vectors.
#include "arch/uaccess.h"
#include "base/string.h"
#include "loader/exec.h"
#include "mem/kalloc.h"
#include <errno.h>

void exec_strings_free(struct exec_strings *s)
{
    kfree(s->bytes);
    *s = (struct exec_strings){0};
}

static int reserve(struct exec_strings *s, size_t *capacity, size_t want)
{
    if (want <= *capacity)
        return 0;
    size_t grown = *capacity ? *capacity : 512;
    while (grown < want)
        grown *= 2;
    char *bytes = krealloc(s->bytes, grown);
    if (bytes == NULL)
        return -ENOMEM;
    s->bytes = bytes;
    *capacity = grown;
    return 0;
}

/* Appends one user string; Linux limits a single one to 128 KiB and all to EXEC_MAX_BYTES. */
static int append_user_string(struct exec_strings *s, size_t *capacity, const char *user)
{
    enum { CHUNK = 256, STRING_MAX = 128 << 10 };
    size_t got = 0;
    for (;;) {
        int err = reserve(s, capacity, s->n_bytes + got + CHUNK);
        if (err)
            return err;
        long n = copy_in_string(s->bytes + s->n_bytes + got, user + got, CHUNK);
        if (n >= 0) {
            s->n_bytes += got + (size_t)n + 1;
            s->n++;
            return 0;
        }
        if (n != -ENAMETOOLONG)
            return (int)n;
        err = copy_in(s->bytes + s->n_bytes + got, user + got, CHUNK - 1);
        if (err)
            return err;
        got += CHUNK - 1;
        if (got > STRING_MAX || s->n_bytes + got > EXEC_MAX_BYTES)
            return -E2BIG;
    }
}

int exec_strings_copy(const char *const *user_array, struct exec_strings *out)
{
    struct exec_strings s = {0};
    size_t capacity = 0;
    int err = 0;
    for (size_t i = 0; user_array != NULL; i++) {
        const char *user;
        err = copy_in(&user, user_array + i, sizeof user);
        if (err || user == NULL)
            break;
        err = append_user_string(&s, &capacity, user);
        if (!err && s.n_bytes + s.n * sizeof(char *) > EXEC_MAX_BYTES)
            err = -E2BIG;
        if (err)
            break;
    }
    if (err) {
        exec_strings_free(&s);
        return err;
    }
    *out = s;
    return 0;
}

int exec_strings_prepend(struct exec_strings *s, const char *text)
{
    size_t n = strlen(text) + 1;
    char *bytes = kmalloc(s->n_bytes + n);
    if (bytes == NULL)
        return -ENOMEM;
    memcpy(bytes, text, n);
    if (s->n_bytes)
        memcpy(bytes + n, s->bytes, s->n_bytes);
    kfree(s->bytes);
    *s = (struct exec_strings){.bytes = bytes, .n_bytes = s->n_bytes + n, .n = s->n + 1};
    return 0;
}
