// SPDX-License-Identifier: BSD-3-Clause
// Obstacks: stacks of objects that grow at the top; the structure is part of the ABI because of <obstack.h>'s macros.

#include "compat.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chunk {
    char *limit;
    struct chunk *prev;
    char contents[];
};

struct obstack {
    long chunk_size;
    struct chunk *chunk;
    char *object_base;
    char *next_free;
    char *chunk_limit;
    union {
        long i;
        void *p;
    } temp;
    int alignment_mask;
    struct chunk *(*chunk_fn)(void *, long);
    void (*free_fn)(void *, struct chunk *);
    void *extra_arg;
    unsigned use_extra_arg : 1;
    unsigned maybe_empty_object : 1;
    unsigned alloc_failed : 1;
};

static void fail(void)
{
    fputs("memory exhausted\n", stderr);
    exit(EXIT_FAILURE);
}

void (*obstack_alloc_failed_handler)(void) = fail;
int obstack_exit_failure = EXIT_FAILURE;

#define DEFAULT_CHUNK 4064
#define DEFAULT_ALIGNMENT 16

static char *align(char *p, long mask)
{
    return (char *)(((uintptr_t)p + (uintptr_t)mask) & ~(uintptr_t)mask);
}

static struct chunk *take(struct obstack *h, long size)
{
    struct chunk *c = h->use_extra_arg ? h->chunk_fn(h->extra_arg, size)
                                       : ((struct chunk * (*)(long))(void *)h->chunk_fn)(size);
    if (!c)
        obstack_alloc_failed_handler();
    return c;
}

static void give(struct obstack *h, struct chunk *c)
{
    if (h->use_extra_arg)
        h->free_fn(h->extra_arg, c);
    else
        ((void (*)(struct chunk *))(void *)h->free_fn)(c);
}

static int begin(struct obstack *h, long size, long alignment)
{
    h->alignment_mask = (int)((alignment ? alignment : DEFAULT_ALIGNMENT) - 1);
    h->chunk_size = size ? size : DEFAULT_CHUNK;
    struct chunk *c = h->chunk = take(h, h->chunk_size);
    h->next_free = h->object_base = align(c->contents, h->alignment_mask);
    h->chunk_limit = c->limit = (char *)c + h->chunk_size;
    c->prev = NULL;
    h->maybe_empty_object = 0;
    h->alloc_failed = 0;
    return 1;
}

int _obstack_begin(struct obstack *h, int size, int alignment, void *(*alloc)(long), void (*release)(void *))
{
    h->chunk_fn = (struct chunk * (*)(void *, long))(void *)alloc;
    h->free_fn = (void (*)(void *, struct chunk *))(void *)release;
    h->use_extra_arg = 0;
    return begin(h, size, alignment);
}

int _obstack_begin_1(struct obstack *h, int size, int alignment, void *(*alloc)(void *, long), void (*release)(void *, void *),
                     void *arg)
{
    h->chunk_fn = (struct chunk * (*)(void *, long))(void *)alloc;
    h->free_fn = (void (*)(void *, struct chunk *))(void *)release;
    h->extra_arg = arg;
    h->use_extra_arg = 1;
    return begin(h, size, alignment);
}

/* Move the growing object to a new chunk with room for @length more bytes. */
void _obstack_newchunk(struct obstack *h, int length)
{
    struct chunk *old = h->chunk;
    long object = h->next_free - h->object_base;
    long size = object + length + (object >> 3) + h->alignment_mask + 100;

    if (size < h->chunk_size)
        size = h->chunk_size;
    struct chunk *c = take(h, size);
    c->prev = old;
    c->limit = h->chunk_limit = (char *)c + size;
    char *base = align(c->contents, h->alignment_mask);
    memcpy(base, h->object_base, (size_t)object);
    if (!h->maybe_empty_object && h->object_base == align(old->contents, h->alignment_mask)) {
        c->prev = old->prev; /* the object was alone in it */
        give(h, old);
    }
    h->chunk = c;
    h->object_base = base;
    h->next_free = base + object;
    h->maybe_empty_object = 0;
}

static int holds(const struct chunk *c, const void *p)
{
    return (const char *)p > (const char *)c && (const char *)p <= c->limit;
}

int _obstack_allocated_p(struct obstack *h, void *p)
{
    struct chunk *c = h->chunk;

    while (c && !holds(c, p))
        c = c->prev;
    return c != NULL;
}

void _obstack_free(struct obstack *h, void *p)
{
    struct chunk *c = h->chunk;

    while (c && !holds(c, p)) {
        struct chunk *prev = c->prev;
        give(h, c);
        c = prev;
        h->maybe_empty_object = 1;
    }
    if (c) {
        h->object_base = h->next_free = p;
        h->chunk_limit = c->limit;
        h->chunk = c;
    } else if (p) {
        abort(); /* not an object of this obstack */
    }
}

void obstack_free(struct obstack *h, void *p)
{
    _obstack_free(h, p);
}

int _obstack_memory_used(struct obstack *h)
{
    long bytes = 0;

    for (struct chunk *c = h->chunk; c; c = c->prev)
        bytes += c->limit - (char *)c;
    return (int)bytes;
}

int obstack_vprintf(struct obstack *h, const char *format, va_list args)
{
    char *text;
    int n = vasprintf(&text, format, args);

    if (n < 0)
        return n;
    if (h->chunk_limit - h->next_free < n)
        _obstack_newchunk(h, n);
    memcpy(h->next_free, text, (size_t)n);
    h->next_free += n;
    free(text);
    return n;
}

int obstack_printf(struct obstack *h, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = obstack_vprintf(h, format, args);
    va_end(args);
    return n;
}

int __obstack_vprintf_chk(struct obstack *h, int flag, const char *format, va_list args)
{
    return obstack_vprintf(h, format, args);
}

int __obstack_printf_chk(struct obstack *h, int flag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = obstack_vprintf(h, format, args);
    va_end(args);
    return n;
}
