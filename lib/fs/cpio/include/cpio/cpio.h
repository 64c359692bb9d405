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
 * Return: 0; -EINVAL: malformed, *why says how; -EOPNOTSUPP: compressed.
 */
int cpio_walk(const void *image, size_t n, int (*fn)(const struct cpio_entry *e, void *arg), void *arg, const char **why) __must_check;
/**
 * cpio_unpack - make the members' files below the root. Errors of single members are logged and do not stop. Return as cpio_walk.
 * @consumed: told now and then that nothing before @upto will be read again, so that its memory can be used; NULL: not told
 */
int cpio_unpack(const void *image, size_t n, void (*consumed)(const void *upto));
