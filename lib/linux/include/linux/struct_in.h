// SPDX-License-Identifier: BSD-3-Clause
// Structures that grow: the caller says how large its one is.
#pragma once

#include "base/compiler.h"
#include <stddef.h>

/**
 * struct_copy_in - copy a caller's structure of @user_size bytes into the kernel's of @size: what the caller lacks is zero, what it has
 * beyond must be. Return: 0; -EFAULT; -E2BIG: the caller uses fields that this kernel does not know.
 */
int struct_copy_in(void *dst, size_t size, const void *user, size_t user_size) __must_check;
