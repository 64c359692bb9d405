// SPDX-License-Identifier: BSD-3-Clause
// Addresses of an image to "function() at file:line", from DWARF and the symbol table.
#pragma once

#include "text.h"

#include <stdint.h>

struct symboliser;

/** symboliser_create - for the ELF file @path, which need not have symbols. Never fails; knows nothing at worst. */
struct symboliser *symboliser_create(const char *path);
void symboliser_destroy(struct symboliser *symboliser);

/**
 * symboliser_describe - append "function() at file:line" (or a part of it) for @address to @out.
 * Return: false if nothing is known (@out unchanged).
 */
bool symboliser_describe(struct symboliser *symboliser, uint64_t address, struct text *out);
