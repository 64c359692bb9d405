// SPDX-License-Identifier: BSD-3-Clause
// Parser of cpio archives in "newc" format (070701, 070702).
//
// A member is a 110-byte header of hexadecimal text, the name with its terminator, and the data; name and data end padded to four
// bytes. A member named TRAILER!!! ends an archive; zero bytes and further archives may follow. Nothing in the image is trusted.
#include "cpio/cpio.h"

#include "base/string.h"
#include <errno.h>
#include <stdbool.h>

#define HEADER_BYTES ((size_t)CPIO_HEADER_BYTES)
#define MAGIC_BYTES 6u
#define N_FIELDS 13
#define NAME_LIMIT 4096u

enum field { INO, MODE, UID, GID, NLINK, MTIME, FILESIZE, DEVMAJOR, DEVMINOR, RDEVMAJOR, RDEVMINOR, NAMESIZE, CHECK };

struct cursor {
    const char *bytes;
    size_t n, at;
};

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_fields(const char *header, uint32_t fields[N_FIELDS])
{
    for (int f = 0; f < N_FIELDS; f++) {
        fields[f] = 0;
        for (int k = 0; k < 8; k++) {
            int v = hex_value(header[MAGIC_BYTES + (unsigned)f * 8 + (unsigned)k]);
            if (v < 0)
                return false;
            fields[f] = fields[f] << 4 | (uint32_t)v;
        }
    }
    return true;
}

static int malformed(const char **why, const char *text)
{
    *why = text;
    return -EINVAL;
}

/* Moves over @n bytes and the padding behind them; false: beyond the end. */
static bool take(struct cursor *c, size_t n, const char **out)
{
    if (n > c->n - c->at)
        return false;
    *out = c->bytes + c->at;
    c->at += n;
    size_t padded = ALIGN_UP(c->at, 4);
    c->at = padded > c->n ? c->n : padded;
    return true;
}

/* 1: a member; 2: the trailer. */
static int next_member(struct cursor *c, struct cpio_entry *e, const char **why)
{
    uint32_t f[N_FIELDS];
    const char *header, *name, *data;

    if (c->n - c->at < HEADER_BYTES)
        return malformed(why, "header cut short");
    header = c->bytes + c->at;
    if (memcmp(header, "070701", MAGIC_BYTES) != 0 && memcmp(header, "070702", MAGIC_BYTES) != 0)
        return malformed(why, "bad magic");
    if (!parse_fields(header, f))
        return malformed(why, "header is not hexadecimal");
    c->at += HEADER_BYTES;
    if (f[NAMESIZE] == 0 || f[NAMESIZE] > NAME_LIMIT || !take(c, f[NAMESIZE], &name))
        return malformed(why, "bad name size");
    if (name[f[NAMESIZE] - 1] != '\0')
        return malformed(why, "name without end");
    if (!take(c, f[FILESIZE], &data))
        return malformed(why, "data cut short");
    *e = (struct cpio_entry){.name = name,
                             .data = data,
                             .ino = f[INO] | (uint64_t)(f[DEVMAJOR] << 8 ^ f[DEVMINOR]) << 32,
                             .size = f[FILESIZE],
                             .mtime = f[MTIME],
                             .rdev = (uint64_t)f[RDEVMAJOR] << 32 | f[RDEVMINOR],
                             .mode = f[MODE],
                             .uid = f[UID],
                             .gid = f[GID],
                             .n_links = f[NLINK]};
    return strcmp(name, "TRAILER!!!") == 0 ? 2 : 1;
}

int64_t cpio_member_bytes(const char *header)
{
    uint32_t f[N_FIELDS];

    if (memcmp(header, "070701", MAGIC_BYTES) != 0 && memcmp(header, "070702", MAGIC_BYTES) != 0)
        return -EINVAL;
    if (!parse_fields(header, f) || f[NAMESIZE] == 0 || f[NAMESIZE] > NAME_LIMIT)
        return -EINVAL;
    return (int64_t)(ALIGN_UP((uint64_t)HEADER_BYTES + f[NAMESIZE], 4) + ALIGN_UP((uint64_t)f[FILESIZE], 4));
}

static const char *compression(const unsigned char *p, size_t n)
{
    if (n >= 2 && p[0] == 0x1f && p[1] == 0x8b)
        return "compressed with gzip";
    if (n >= 4 && ((p[0] == 0x02 && p[1] == 0x21 && p[2] == 0x4c && p[3] == 0x18) ||
                   (p[0] == 0x04 && p[1] == 0x22 && p[2] == 0x4d && p[3] == 0x18)))
        return "compressed with lz4";
    if (n >= 4 && p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd)
        return "compressed with zstd";
    if (n >= 2 && p[0] == 0xfd && p[1] == '7')
        return "compressed with xz";
    return NULL;
}

static void skip_zeros(struct cursor *c)
{
    while (c->at < c->n && c->bytes[c->at] == '\0')
        c->at++;
}

int cpio_walk(const void *image, size_t n, int (*fn)(const struct cpio_entry *e, void *arg), void *arg, const char **why, const char **rest)
{
    struct cursor c = {.bytes = image, .n = n};
    struct cpio_entry e;

    for (;;) {
        skip_zeros(&c);
        if (c.at == c.n)
            return 0;
        *why = compression((const unsigned char *)c.bytes + c.at, c.n - c.at);
        if (*why != NULL) {
            *rest = c.bytes + c.at;
            return -EOPNOTSUPP;
        }
        int r = next_member(&c, &e, why);
        if (r < 0)
            return r;
        if (r == 2)
            continue;
        r = fn(&e, arg);
        if (r != 0)
            return r;
    }
}
