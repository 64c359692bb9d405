// SPDX-License-Identifier: BSD-3-Clause
// Data files that a Linux program expects beside its libraries.
#pragma once

#include "closure.h"

/**
 * foreign_data_add - add what belongs to the program at @real: files of its package and the packages around it (see packages_family),
 * and what its libraries are known to read.
 * @everything: leave nothing out (documentation, translations, other programs).
 */
void foreign_data_add(struct guest_tree *tree, struct closure *closure, const char *real, bool everything);

/** foreign_data_add_base - the directories and /etc files that any Linux program may count on, if not there yet. */
void foreign_data_add_base(struct guest_tree *tree);
