// SPDX-License-Identifier: BSD-3-Clause
// O_ASYNC: readiness told by signals.
#pragma once

#include <stdbool.h>

struct file;
/**
 * file_async_set - begin or end to send the file's owner (F_SETOWN) SIGIO, or its F_SETSIG, when the file becomes ready.
 * @fd: what the signal's details will name
 *
 * Files that announce no readiness accept it and never signal, as on Linux.
 * Return: 0; -ENOMEM.
 */
int file_async_set(struct file *f, int fd, bool on);
