// SPDX-License-Identifier: BSD-3-Clause
// cpio archives in "newc" format.
#pragma once

#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

/** struct cpio_entry - one member; @name is terminated, @data has @size bytes (a symlink's target too). Both point into the archive. */
struct cpio_entry {
    const char *name;
    const void *data;
    uint64_t ino, size, mtime, rdev;
    uint32_t mode, uid, gid, n_links;
};

/**
 * cpio_walk - call @fn for each member of all archives that follow each other in @image. Stops when @fn returns non-zero and returns that.
 * Return: 0; -EINVAL: malformed, *why says how; -EOPNOTSUPP: compressed, from *rest on.
 */
int cpio_walk(const void *image, size_t n, int (*fn)(const struct cpio_entry *e, void *arg), void *arg, const char **why, const char **rest) __must_check;
/**
 * cpio_member_bytes - how long a member is, from its header and name to the padding behind its data.
 * @header: CPIO_HEADER_BYTES
 *
 * Return: the length; -EINVAL: malformed.
 */
int64_t cpio_member_bytes(const char *header);
#define CPIO_HEADER_BYTES 110

/**
 * cpio_unpack - make the members' files below the root. Errors of single members are logged and do not stop. Return as cpio_walk.
 * @consumed: told now and then that nothing before @upto will be read again, so that its memory can be used; NULL: not told
 *
 * An image may be compressed, or change from plain archives to a compressed one on the way, if the program links the library for it.
 */
int cpio_unpack(const void *image, size_t n, void (*consumed)(const void *upto));

/** cpio_sink_fn - takes the next @n bytes of what is decompressed. Return: 0; else the decompression ends with this. */
typedef int (*cpio_sink_fn)(void *arg, const void *bytes, size_t n);
/**
 * osv_initrd_gzip, osv_initrd_lz4 - decompress what begins at @in and give it to @sink piece by piece.
 * @used: out: how much of the @n bytes it was
 *
 * They are in the image only if something asks for them: `-Wl,-u,osv_initrd_gzip`. The loader kernel has both.
 * Return: 0; -EINVAL: damaged; -ENOMEM; the sink's error.
 */
int osv_initrd_gzip(const void *in, size_t n, size_t *used, cpio_sink_fn sink, void *arg);
int osv_initrd_lz4(const void *in, size_t n, size_t *used, cpio_sink_fn sink, void *arg);
