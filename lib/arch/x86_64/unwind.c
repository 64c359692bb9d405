// SPDX-License-Identifier: BSD-3-Clause
// Backtrace of application code: by .eh_frame where a function has an entry there, else by looking for the next return address.

/*
 * Application code keeps no frame pointers. Compilers describe its frames in .eh_frame (DWARF 5, 6.4, with the LSB's augmentations), and
 * .eh_frame_hdr is a sorted index of it. Code without an entry (libc, assembly) is stepped over by scanning the stack for a word
 * that points behind a call instruction. All memory is read by copy_nofault: a broken stack ends the trace, nothing else.
 */

#include "arch/crash.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "unwind.h"

#define N_REGISTERS 17 /* DWARF columns: rax rdx rcx rbx rsi rdi rbp rsp r8-r15, return address */
#define COLUMN_RSP 7
#define COLUMN_RA 16
#define SCAN_WORDS 1024
#define NO_OFFSET INT32_MIN

extern const uint8_t osv_eh_frame_hdr[], osv_eh_frame_hdr_end[], osv_eh_frame_end[];
extern const char osv_text_start[], osv_text_end[];

/* Rules of one row: registers saved at CFA + offset; NO_OFFSET: unchanged. */
struct row {
    uint32_t cfa_column;
    int64_t cfa_offset;
    int32_t saved[N_REGISTERS];
};

struct reader {
    const uint8_t *p, *end;
    bool bad;
};

struct cie {
    uint64_t code_align;
    int64_t data_align;
    struct reader program;
    bool has_augmentation_data;
};

static uint64_t read_fixed(struct reader *r, unsigned bytes)
{
    uint64_t v = 0;
    if ((size_t)(r->end - r->p) < bytes) {
        r->bad = true;
        return 0;
    }
    memcpy(&v, r->p, bytes);
    r->p += bytes;
    return v;
}

static uint64_t read_uleb(struct reader *r)
{
    uint64_t v = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = (uint8_t)read_fixed(r, 1);
        if (shift < 64)
            v |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80 && !r->bad);
    return v;
}

static int64_t read_sleb(struct reader *r)
{
    int64_t v = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = (uint8_t)read_fixed(r, 1);
        if (shift < 64)
            v |= (int64_t)((uint64_t)(byte & 0x7f) << shift);
        shift += 7;
    } while (byte & 0x80 && !r->bad);
    if (shift < 64 && byte & 0x40)
        v |= -(int64_t)((uint64_t)1 << shift);
    return v;
}

static struct reader record_at(const uint8_t *p)
{
    struct reader r = {p, osv_eh_frame_end, false};
    uint64_t length = read_fixed(&r, 4);
    if (length > (uint64_t)(r.end - r.p))
        r.bad = true;
    else
        r.end = r.p + length;
    return r;
}

/* The FDE for @ip by binary search; table encoding must be sorted pairs of 4-byte offsets from the header, as all linkers write. */
static const uint8_t *find_fde(uintptr_t ip)
{
    const uint8_t *h = osv_eh_frame_hdr;
    uint32_t n;
    if (osv_eh_frame_hdr_end - h < 12 || h[0] != 1 || h[2] != 3 || h[3] != 0x3b)
        return NULL;
    memcpy(&n, h + 8, sizeof(n));
    if (n == 0 || n > (uint64_t)(osv_eh_frame_hdr_end - h - 12) / 8)
        return NULL;
    const int32_t(*table)[2] = (const int32_t(*)[2])(h + 12);
    int64_t target = (int64_t)(ip - (uintptr_t)h);
    if (table[0][0] > target)
        return NULL;
    uint32_t low = 0, high = n;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (table[middle][0] <= target)
            low = middle;
        else
            high = middle;
    }
    return h + table[low][1];
}

static bool read_cie(const uint8_t *p, struct cie *out)
{
    struct reader r = record_at(p);
    read_fixed(&r, 4);
    uint64_t version = read_fixed(&r, 1);
    const char *augmentation = (const char *)r.p;
    while (read_fixed(&r, 1) && !r.bad)
        ;
    out->code_align = read_uleb(&r);
    out->data_align = read_sleb(&r);
    if (version == 1)
        read_fixed(&r, 1);
    else
        read_uleb(&r);
    out->has_augmentation_data = augmentation[0] == 'z';
    if (out->has_augmentation_data) {
        uint64_t n = read_uleb(&r);
        if (n > (uint64_t)(r.end - r.p))
            return false;
        r.p += n;
    } else if (augmentation[0]) {
        return false;
    }
    out->program = r;
    return !r.bad;
}

static void save(struct row *row, uint64_t column, int64_t offset)
{
    if (column < N_REGISTERS)
        row->saved[column] = (int32_t)offset;
}

/* Operations whose operand is in the opcode's low six bits. Return: true if it was one. */
static bool short_operation(uint8_t op, struct reader *r, const struct cie *c, struct row *row, const struct row *initial, uint64_t *location)
{
    unsigned low = op & 0x3f;
    switch (op >> 6) {
    case 1: /* advance_loc */
        *location += low * c->code_align;
        return true;
    case 2: /* offset */
        save(row, low, (int64_t)read_uleb(r) * c->data_align);
        return true;
    case 3: /* restore */
        if (low < N_REGISTERS)
            row->saved[low] = initial->saved[low];
        return true;
    default:
        return false;
    }
}

#define REMEMBER_MAX 4

/* Run @r up to @ip. Return: false for what this reader does not know. */
static bool run(struct reader r, const struct cie *c, struct row *row, const struct row *initial, uint64_t location, uintptr_t ip)
{
    struct row stack[REMEMBER_MAX];
    unsigned depth = 0;
    while (r.p < r.end && !r.bad && location <= ip) {
        uint8_t op = (uint8_t)read_fixed(&r, 1);
        uint64_t column;
        if (short_operation(op, &r, c, row, initial, &location))
            continue;
        switch (op) {
        case 0x00: /* nop */
            break;
        case 0x02: /* advance_loc1, 2, 4 */
        case 0x03:
        case 0x04:
            location += read_fixed(&r, 1u << (op - 2)) * c->code_align;
            break;
        case 0x05: /* offset_extended */
            column = read_uleb(&r);
            save(row, column, (int64_t)read_uleb(&r) * c->data_align);
            break;
        case 0x06: /* restore_extended */
        case 0x08: /* same_value */
            column = read_uleb(&r);
            save(row, column, NO_OFFSET);
            break;
        case 0x07: /* undefined: the outermost frame if it is the return address */
            if (read_uleb(&r) == COLUMN_RA)
                return false;
            break;
        case 0x0a: /* remember_state */
            if (depth == REMEMBER_MAX)
                return false;
            stack[depth++] = *row;
            break;
        case 0x0b: /* restore_state */
            if (depth == 0)
                return false;
            *row = stack[--depth];
            break;
        case 0x0c: /* def_cfa */
            row->cfa_column = (uint32_t)read_uleb(&r);
            row->cfa_offset = (int64_t)read_uleb(&r);
            break;
        case 0x0d: /* def_cfa_register */
            row->cfa_column = (uint32_t)read_uleb(&r);
            break;
        case 0x0e: /* def_cfa_offset */
            row->cfa_offset = (int64_t)read_uleb(&r);
            break;
        case 0x2e: /* GNU_args_size */
            read_uleb(&r);
            break;
        default:
            return false;
        }
    }
    return !r.bad;
}

static bool rules_at(uintptr_t ip, struct row *row)
{
    struct cie c;
    struct row none = {.cfa_column = COLUMN_RSP};
    const uint8_t *fde = find_fde(ip);
    if (!fde)
        return false;
    struct reader r = record_at(fde);
    const uint8_t *cie = r.p - read_fixed(&r, 4);
    uintptr_t start = (uintptr_t)r.p;
    start += (uintptr_t)(int32_t)read_fixed(&r, 4); /* encoding pcrel|sdata4 */
    uint64_t length = read_fixed(&r, 4);
    if (r.bad || ip < start || ip >= start + length || !read_cie(cie, &c))
        return false;
    if (c.has_augmentation_data)
        r.p += read_uleb(&r);
    for (unsigned i = 0; i < N_REGISTERS; i++)
        none.saved[i] = NO_OFFSET;
    *row = none;
    if (!run(c.program, &c, row, &none, 0, UINTPTR_MAX))
        return false;
    struct row initial = *row;
    return run(r, &c, row, &initial, start, ip);
}

static bool step_by_rules(uint64_t *registers, const struct row *row)
{
    uint64_t before[N_REGISTERS];
    if (row->cfa_column >= N_REGISTERS)
        return false;
    memcpy(before, registers, sizeof(before));
    uint64_t cfa = before[row->cfa_column] + (uint64_t)row->cfa_offset;
    for (unsigned i = 0; i < N_REGISTERS; i++)
        if (row->saved[i] != NO_OFFSET && copy_nofault(&registers[i], (const void *)(cfa + (uint64_t)(int64_t)row->saved[i]), 8))
            return false;
    registers[COLUMN_RSP] = cfa;
    if (cfa > before[COLUMN_RSP])
        return true;
    memcpy(registers, before, sizeof(before)); /* a frame pointer that skipped code had changed */
    return false;
}

static bool behind_call(uintptr_t ip)
{
    uint8_t b[7];
    if (ip < (uintptr_t)osv_text_start + 7 || ip > (uintptr_t)osv_text_end || copy_nofault(b, (const void *)(ip - 7), 7))
        return false;
    return b[2] == 0xe8 || (b[5] == 0xff && (b[6] & 0x38) == 0x10) || (b[4] == 0xff && (b[5] & 0x38) == 0x10) ||
           (b[1] == 0xff && (b[2] & 0x38) == 0x10);
}

static bool step_by_scan(uint64_t *registers)
{
    for (unsigned i = 0; i < SCAN_WORDS; i++) {
        uint64_t at = registers[COLUMN_RSP] + i * 8, word;
        if (copy_nofault(&word, (const void *)at, 8))
            return false;
        if (behind_call(word)) {
            registers[COLUMN_RA] = word;
            registers[COLUMN_RSP] = at + 8;
            return true;
        }
    }
    return false;
}

unsigned arch_unwind(const struct arch_frame *f, uintptr_t *out, unsigned n)
{
    uint64_t r[N_REGISTERS] = {f->rax, f->rdx, f->rcx, f->rbx, f->rsi, f->rdi, f->rbp, f->rsp, f->r8, f->r9, f->r10, f->r11,
        f->r12, f->r13, f->r14, f->r15, f->rip};
    unsigned i = 0;
    while (i < n) {
        struct row row;
        uintptr_t ip = r[COLUMN_RA];
        out[i++] = ip;
        bool known = rules_at(i == 1 ? ip : ip - 1, &row); /* a return address may be the next function's first byte */
        if (!(known && step_by_rules(r, &row)) && !step_by_scan(r))
            break;
        if (r[COLUMN_RA] == 0)
            break;
    }
    return i;
}
