// SPDX-License-Identifier: BSD-3-Clause
// Decompression of gzip by zlib's inflate.
#include "mem/kalloc.h"

#include <errno.h>
#include <stdint.h>
#include <zlib.h>

#define OUT_BYTES 32768u
#define WINDOW_GZIP (15 + 16) /* the largest window; a gzip header, checked sums */

/* As room fs/cpio declares them, which stands above. */
typedef int (*sink_fn)(void *arg, const void *bytes, size_t n);
int osv_initrd_gzip(const void *in, size_t n, size_t *used, sink_fn sink, void *arg);

static void *allocate(void *opaque, unsigned count, unsigned size)
{
    (void)opaque;
    return kcalloc(count, size);
}

static void release(void *opaque, void *p)
{
    (void)opaque;
    kfree(p);
}

/* Input comes in pieces because avail_in has 32 bits. */
static int run(z_stream *z, const unsigned char *in, size_t n, unsigned char *out, sink_fn sink, void *arg)
{
    const unsigned char *end = in + n;
    int state = Z_OK, r = 0;

    z->next_in = (unsigned char *)in;
    while (state == Z_OK && r == 0) {
        size_t left = (size_t)(end - z->next_in);
        z->avail_in = left > (1u << 30) ? 1u << 30 : (unsigned)left;
        z->next_out = out;
        z->avail_out = OUT_BYTES;
        state = inflate(z, Z_NO_FLUSH);
        if (z->avail_out != OUT_BYTES)
            r = sink(arg, out, OUT_BYTES - z->avail_out);
    }
    return r != 0 ? r : state == Z_STREAM_END ? 0 : state == Z_MEM_ERROR ? -ENOMEM : -EINVAL;
}

int osv_initrd_gzip(const void *in, size_t n, size_t *used, sink_fn sink, void *arg)
{
    z_stream z = {.zalloc = allocate, .zfree = release};
    unsigned char *out = kmalloc(OUT_BYTES);

    if (out == NULL || inflateInit2(&z, WINDOW_GZIP) != Z_OK) {
        kfree(out);
        return -ENOMEM;
    }
    int r = run(&z, in, n, out, sink, arg);
    *used = (size_t)(z.next_in - (const unsigned char *)in);
    (void)inflateEnd(&z);
    kfree(out);
    return r;
}
