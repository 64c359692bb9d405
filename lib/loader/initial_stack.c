// SPDX-License-Identifier: BSD-3-Clause
// Builds the stack a program finds at its entry.
#include "loader/initial_stack.h"

#include "arch/uaccess.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include <elf.h>
#include <errno.h>

/*
 * Theory. From the top down: eight zero bytes, the file name, environment strings, argument strings, the platform name, 16 random
 * bytes; then, 16-aligned at its lower end, the block of words: argc, argv[], NULL, envp[], NULL, auxv. The strings of
 * argv and envp are contiguous, because setproctitle() of many programs and /proc/self/cmdline rely on it.
 * The words are assembled in kernel memory and go out in one copy.
 */

struct cursor {
    vaddr_t at, floor;
};

static int push_bytes(struct cursor *c, const void *bytes, size_t n)
{
    if (c->at - c->floor < n)
        return -E2BIG;
    c->at -= n;
    return copy_out((void *)c->at, bytes, n);
}

static int push_strings(struct cursor *c, const struct exec_strings *s, vaddr_t *start, vaddr_t *end)
{
    *end = c->at;
    int err = s->n_bytes ? push_bytes(c, s->bytes, s->n_bytes) : 0;
    *start = c->at;
    return err;
}

/* Fills @words with the addresses of @s's strings, which begin at @base; returns the next free word. */
static uint64_t *point_at_strings(uint64_t *words, const struct exec_strings *s, vaddr_t base)
{
    size_t offset = 0;
    for (unsigned i = 0; i < s->n; i++) {
        *words++ = base + offset;
        offset += strlen(s->bytes + offset) + 1;
    }
    *words++ = 0;
    return words;
}

static int push_words(struct initial_stack *s, struct cursor *c, vaddr_t random, vaddr_t exec_name, vaddr_t platform)
{
    size_t n_words = 1 + s->argv->n + 1 + s->envp->n + 1 + 2 * (s->n_aux + 4);
    uint64_t *words = kmalloc(n_words * sizeof *words);
    if (words == NULL)
        return -ENOMEM;
    uint64_t *w = words;
    *w++ = s->argv->n;
    w = point_at_strings(w, s->argv, s->arg_start);
    w = point_at_strings(w, s->envp, s->env_start);
    size_t aux_offset = (size_t)((char *)w - (char *)words);
    for (unsigned i = 0; i < s->n_aux; i++) {
        *w++ = s->aux[i].type;
        *w++ = s->aux[i].value;
    }
    const uint64_t tail[] = {AT_RANDOM, random, AT_EXECFN, exec_name, AT_PLATFORM, platform, AT_NULL, 0};
    memcpy(w, tail, sizeof tail);

    size_t bytes = n_words * sizeof *words;
    int err = -E2BIG;
    vaddr_t sp = (c->at - bytes) & ~15ull;
    if (c->at - c->floor > bytes + 16) {
        err = copy_out((void *)sp, words, bytes);
        c->at = sp;
        s->aux_start = sp + aux_offset;
        s->aux_bytes = bytes - aux_offset;
    }
    kfree(words);
    return err;
}

int initial_stack_build(struct initial_stack *s, vaddr_t *sp)
{
    struct cursor c = {.at = s->top, .floor = s->top - s->max_bytes};
    static const uint64_t zero;
    int err = push_bytes(&c, &zero, sizeof zero);
    if (!err)
        err = push_bytes(&c, s->exec_name, strlen(s->exec_name) + 1);
    vaddr_t exec_name = c.at;
    if (!err)
        err = push_strings(&c, s->envp, &s->env_start, &s->env_end);
    if (!err)
        err = push_strings(&c, s->argv, &s->arg_start, &s->arg_end);
    if (!err)
        err = push_bytes(&c, s->platform, strlen(s->platform) + 1);
    vaddr_t platform = c.at;
    c.at &= ~15ull;
    if (!err)
        err = push_bytes(&c, s->random, sizeof s->random);
    vaddr_t random = c.at;
    if (!err)
        err = push_words(s, &c, random, exec_name, platform);
    if (!err)
        *sp = c.at;
    return err;
}
