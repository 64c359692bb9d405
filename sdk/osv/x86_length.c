// SPDX-License-Identifier: BSD-3-Clause
// Length of an x86-64 instruction, enough to walk code without losing the boundaries.
//
// Intel SDM volume 2, chapter 2 (formats) and appendix A (opcode maps). The tables say for each opcode whether a ModRM byte and
// which immediate follow; what is invalid in 64-bit mode has length 0.
#include "x86_length.h"

#include <stdbool.h>
#include <string.h>

/* One letter an opcode: '.' nothing, 'M' ModRM, 'b' imm8, 'w' imm16, 'z' imm16/32, 'v' imm16/32/64 (mov), 'B' ModRM + imm8,
 * 'Z' ModRM + immz, 'o' moffs64, 'e' enter (imm16 + imm8), 'j' rel32, 'p' prefix, 'X' escape, '-' invalid, 'T' group 3. */
static const char one_byte[257] =
    "MMMMbz--MMMMbz-X" /* 00 */
    "MMMMbz--MMMMbz--" /* 10 */
    "MMMMbzp-MMMMbzp-" /* 20 */
    "MMMMbzp-MMMMbzp-" /* 30 */
    "pppppppppppppppp" /* 40: REX */
    "................" /* 50 */
    "--XMppppzZbB...." /* 60: 62 = EVEX */
    "bbbbbbbbbbbbbbbb" /* 70 */
    "BZ-BMMMMMMMMMMMM" /* 80 */
    ".........." "-....." /* 90 */
    "oooo....bz......" /* a0 */
    "bbbbbbbbvvvvvvvv" /* b0 */
    "BBw.XXBZe.w..b-." /* c0: c4, c5 = VEX */
    "MMMM---.MMMMMMMM" /* d0 */
    "bbbbbbbbjj-b...." /* e0 */
    "p.pp..TT......MM" /* f0 */;

static const char two_byte[257] =
    "MMMM-.....-.-M.B" /* 00: 0f = 3DNow */
    "MMMMMMMMMMMMMMMM" /* 10 */
    "MMMM----MMMMMMMM" /* 20 */
    "......-.X-X-----" /* 30: 38, 3a = three-byte maps */
    "MMMMMMMMMMMMMMMM" /* 40 */
    "MMMMMMMMMMMMMMMM" /* 50 */
    "MMMMMMMMMMMMMMMM" /* 60 */
    "BBBBMMM.MM--MMMM" /* 70 */
    "jjjjjjjjjjjjjjjj" /* 80 */
    "MMMMMMMMMMMMMMMM" /* 90 */
    "...MBM--...MBMMM" /* a0 */
    "MMMMMMMMMMBMMMMM" /* b0 */
    "MMBMBBBM........" /* c0 */
    "MMMMMMMMMMMMMMMM" /* d0 */
    "MMMMMMMMMMMMMMMM" /* e0 */
    "MMMMMMMMMMMMMMMM" /* f0 */;

struct decoder {
    const uint8_t *code;
    size_t at, available;
    bool operand16, address32, rex_w;
};

static int peek(const struct decoder *d)
{
    return d->at < d->available ? d->code[d->at] : -1;
}

/* ModRM with SIB and displacement. Return: the reg field, or -1. */
static int skip_modrm(struct decoder *d)
{
    int modrm = peek(d);
    if (modrm < 0)
        return -1;
    d->at++;
    int mod = modrm >> 6, rm = modrm & 7;
    if (mod != 3 && rm == 4) {
        int sib = peek(d);
        if (sib < 0)
            return -1;
        d->at++;
        if (mod == 0 && (sib & 7) == 5)
            d->at += 4;
    } else if (mod == 0 && rm == 5) {
        d->at += 4;
    }
    d->at += mod == 1 ? 1 : mod == 2 ? 4 : 0;
    return modrm >> 3 & 7;
}

static bool skip_operands(struct decoder *d, char kind, uint8_t opcode)
{
    size_t z = d->operand16 ? 2 : 4;
    switch (kind) {
    case '.':
        return true;
    case 'b':
        d->at += 1;
        return true;
    case 'w':
        d->at += 2;
        return true;
    case 'z':
        d->at += z;
        return true;
    case 'j':
        d->at += 4;
        return true;
    case 'v':
        d->at += d->rex_w ? 8 : z;
        return true;
    case 'o':
        d->at += d->address32 ? 4 : 8;
        return true;
    case 'e':
        d->at += 3;
        return true;
    case 'M':
        return skip_modrm(d) >= 0;
    case 'B':
        d->at += skip_modrm(d) >= 0;
        return true;
    case 'Z':
        d->at += skip_modrm(d) >= 0 ? z : 0;
        return true;
    case 'T': { /* f6, f7: test has an immediate, the others have none */
        int reg = skip_modrm(d);
        if (reg == 0 || reg == 1)
            d->at += opcode & 1 ? z : 1;
        return reg >= 0;
    }
    }
    return false;
}

/* After a VEX or EVEX prefix: opcode of map @map, ModRM, and an immediate for some. */
static bool skip_vex(struct decoder *d, unsigned map)
{
    int opcode = peek(d);
    if (opcode < 0 || map < 1 || map > 6)
        return false;
    d->at++;
    if (map == 1 && opcode == 0x77)
        return true; /* vzeroupper */
    if (skip_modrm(d) < 0)
        return false;
    if (map == 3 || (map == 1 && two_byte[opcode] == 'B'))
        d->at++;
    return true;
}

static bool skip_escape(struct decoder *d, uint8_t opcode)
{
    int next = peek(d);
    if (next < 0)
        return false;
    if (opcode == 0xc5) {
        d->at++;
        return skip_vex(d, 1);
    }
    if (opcode == 0xc4) {
        d->at += 2;
        return skip_vex(d, next & 0x1f);
    }
    if (opcode == 0x62) {
        d->at += 3;
        return skip_vex(d, next & 7);
    }
    d->at++; /* 0f: second opcode byte */
    if (next != 0x38 && next != 0x3a)
        return skip_operands(d, two_byte[next], (uint8_t)next);
    if (peek(d) < 0)
        return false;
    d->at++;
    return skip_operands(d, next == 0x3a ? 'B' : 'M', 0);
}

size_t x86_length(const uint8_t *code, size_t available)
{
    struct decoder d = {.code = code, .available = available < 15 ? available : 15};
    int opcode;
    while ((opcode = peek(&d)) >= 0 && one_byte[opcode] == 'p') {
        d.operand16 |= opcode == 0x66;
        d.address32 |= opcode == 0x67;
        d.rex_w = (opcode & 0xf8) == 0x48;
        d.at++;
    }
    if (opcode < 0)
        return 0;
    d.at++;
    bool good = one_byte[opcode] == 'X' ? skip_escape(&d, (uint8_t)opcode) : skip_operands(&d, one_byte[opcode], (uint8_t)opcode);
    return good && d.at <= d.available ? d.at : 0;
}

/* What an instruction does to EAX, as far as it is a constant: >= 0 the value, -1 unknown, -2 nothing. */
static long eax_constant(const uint8_t *code, size_t length)
{
    if (code[0] == 0xb8 && length == 5)
        return (long)(code[1] | code[2] << 8 | code[3] << 16 | (uint32_t)code[4] << 24);
    if (code[0] == 0x48 && length == 7 && code[1] == 0xc7 && code[2] == 0xc0)
        return (long)(code[3] | code[4] << 8 | code[5] << 16 | (uint32_t)code[6] << 24);
    if ((code[0] == 0x31 || code[0] == 0x33) && length == 2 && code[1] == 0xc0)
        return 0;
    if ((code[0] == 0x89 && length == 2 && (code[1] & 0xc7) == 0xc0) || (code[0] == 0x8b && (code[1] & 0x38) == 0) ||
        (code[0] == 0x48 && code[1] == 0x89 && length == 3 && (code[2] & 0xc7) == 0xc0) ||
        (code[0] == 0x48 && code[1] == 0x8b && (code[2] & 0x38) == 0) || code[0] == 0xe8 || code[0] == 0xc3 ||
        (code[0] == 0x44 && code[1] == 0x89 && (code[2] & 0xc7) == 0xc0) ||
        (code[0] == 0x4c && code[1] == 0x89 && (code[2] & 0xc7) == 0xc0))
        return -1;
    return -2;
}

void x86_find_syscalls(const uint8_t *code, size_t bytes, void (*found)(void *context, size_t offset, long number), void *context)
{
    long eax = -1;
    for (size_t at = 0; at < bytes;) {
        size_t length = x86_length(code + at, bytes - at);
        if (length == 2 && code[at] == 0x0f && code[at + 1] == 0x05) {
            found(context, at, eax);
            eax = -1;
        } else if (length) {
            long now = eax_constant(code + at, length);
            eax = now == -2 ? eax : now;
        } else {
            eax = -1;
        }
        at += length ? length : 1;
    }
}
