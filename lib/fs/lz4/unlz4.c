// SPDX-License-Identifier: BSD-3-Clause
// Decompression of lz4: frames, and the older format that `lz4 -l` writes and Linux asks for.
#include "base/string.h"
#include "mem/kalloc.h"
#include "mem/kmap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#define LZ4F_STATIC_LINKING_ONLY
#include <lz4.h>
#include <lz4frame.h>

#define OUT_BYTES 65536u
#define LEGACY_MAGIC 0x184C2102u
#define LEGACY_BLOCK_BYTES (8u << 20)

/* As room fs/cpio declares them, which stands above. */
typedef int (*sink_fn)(void *arg, const void *bytes, size_t n);
int osv_initrd_lz4(const void *in, size_t n, size_t *used, sink_fn sink, void *arg);
/* What the library's malloc, calloc and free are renamed to. Its buffers are up to 4 MiB and more: too long a row of frames for kmalloc. */
void *lz4_allocate(size_t n);
void *lz4_allocate_zeroed(size_t count, size_t n);
void lz4_release(void *p);

#define MAPPED_FROM 65536u

struct block_head {
    _Alignas(16) bool mapped;
};

void *lz4_allocate(size_t n)
{
    bool mapped = n >= MAPPED_FROM;
    struct block_head *head = mapped ? kmap_alloc(n + sizeof *head) : kmalloc(n + sizeof *head);

    if (head == NULL)
        return NULL;
    head->mapped = mapped;
    return head + 1;
}

void *lz4_allocate_zeroed(size_t count, size_t n)
{
    void *p = lz4_allocate(count * n); /* the library asks for single objects */

    if (p != NULL)
        memset(p, 0, count * n);
    return p;
}

void lz4_release(void *p)
{
    struct block_head *head = (struct block_head *)p - 1;

    if (p == NULL)
        return;
    if (head->mapped)
        kmap_free(head);
    else
        kfree(head);
}

static uint32_t little32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Blocks of up to 8 MiB, each behind its compressed length; a short block, zeros or the end of the input end it. */
static int legacy(const uint8_t *in, size_t n, size_t *used, sink_fn sink, void *arg)
{
    char *out = kmap_alloc(LEGACY_BLOCK_BYTES);
    size_t at = 4;
    int r = out == NULL ? -ENOMEM : 0;

    while (r == 0 && n - at >= 4) {
        uint32_t size = little32(in + at);
        if (size == 0)
            break;
        if (size == LEGACY_MAGIC) {
            at += 4;
            continue;
        }
        if (size > n - at - 4) {
            r = -EINVAL;
            break;
        }
        int got = LZ4_decompress_safe((const char *)in + at + 4, out, (int)size, (int)LEGACY_BLOCK_BYTES);
        at += 4 + (size_t)size;
        r = got < 0 ? -EINVAL : sink(arg, out, (size_t)got);
    }
    kmap_free(out);
    *used = at;
    return r;
}

static int run(LZ4F_dctx *d, const uint8_t *in, size_t n, size_t *used, char *out, sink_fn sink, void *arg)
{
    size_t at = 0, hint = 1;
    int r = 0;

    while (hint != 0 && r == 0) {
        size_t taken = n - at, made = OUT_BYTES;
        hint = LZ4F_decompress(d, out, &made, in + at, &taken, NULL);
        if (LZ4F_isError(hint) || (taken == 0 && made == 0 && hint != 0))
            return -EINVAL;
        at += taken;
        if (made != 0)
            r = sink(arg, out, made);
    }
    *used = at;
    return r;
}

static int framed(const uint8_t *in, size_t n, size_t *used, sink_fn sink, void *arg)
{
    LZ4F_dctx *d = NULL;
    char *out = kmalloc(OUT_BYTES);
    int r = -ENOMEM;

    if (out != NULL && !LZ4F_isError(LZ4F_createDecompressionContext(&d, LZ4F_VERSION)))
        r = run(d, in, n, used, out, sink, arg);
    (void)LZ4F_freeDecompressionContext(d);
    kfree(out);
    return r;
}

int osv_initrd_lz4(const void *in, size_t n, size_t *used, sink_fn sink, void *arg)
{
    if (n < 4)
        return -EINVAL;
    return little32(in) == LEGACY_MAGIC ? legacy(in, n, used, sink, arg) : framed(in, n, used, sink, arg);
}
