// SPDX-License-Identifier: BSD-3-Clause
// Writes a guest tree as a cpio archive of format newc, as an initrd.
#pragma once

#include "guest_tree.h"

#include <stdint.h>

/**
 * cpio_write - stream @tree to @fd. Hard links stay hard links: the first carries the data, the others have size 0.
 * Sockets and device nodes are left out. @bytes: length of the archive.
 *
 * Return: false, with cause and fix in @why, if a file cannot be read, is 4 GiB or larger, or the archive cannot be written.
 */
bool cpio_write(int fd, struct guest_tree *tree, uint64_t *bytes, struct text *why);
