// SPDX-License-Identifier: BSD-3-Clause
// Return addresses by frame pointers, and names for them from the optional table of symbols.

#include "arch/crash.h"
#include "arch/uaccess.h"

/* Table in section osv_symbols, appended by osv-cc --symbols: header, addresses in ascending order, name offsets, names. */
struct symbol_table {
    uint32_t magic, n; /* "OSvS", number of functions */
    uint32_t words[];  /* n addresses, n offsets of names from the start of the table */
};
#define SYMBOL_MAGIC 0x5376534fu

extern const char osv_symbols_start[], osv_symbols_end[];
extern const char osv_text_start[], osv_text_end[];

const char *arch_symbol_lookup(uintptr_t ip, uintptr_t *offset)
{
    const struct symbol_table *t = (const struct symbol_table *)osv_symbols_start;
    uintptr_t size = (uintptr_t)(osv_symbols_end - osv_symbols_start);
    if (size < sizeof(*t) || t->magic != SYMBOL_MAGIC || t->n == 0 || t->n > size / 8)
        return (void *)0;
    if (ip < (uintptr_t)osv_text_start || ip >= (uintptr_t)osv_text_end || t->words[0] > ip)
        return (void *)0;
    uint32_t low = 0, high = t->n;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (t->words[middle] <= ip)
            low = middle;
        else
            high = middle;
    }
    *offset = ip - t->words[low];
    uint32_t name = t->words[t->n + low];
    return name < size ? osv_symbols_start + name : (void *)0;
}

unsigned arch_backtrace(uintptr_t fp, uintptr_t *out, unsigned n)
{
    unsigned i = 0;
    while (i < n && fp && (fp & 7) == 0) {
        uintptr_t words[2]; /* caller's frame pointer, return address */
        if (copy_nofault(words, (const void *)fp, sizeof(words)) || !words[1])
            break;
        out[i++] = words[1];
        if (words[0] == fp)
            break;
        fp = words[0];
    }
    return i;
}
