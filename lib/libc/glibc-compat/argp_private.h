// SPDX-License-Identifier: BSD-3-Clause
// What argp's parser and its help texts share.
#pragma once

#include "include-gnu/argp.h"
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>

static inline bool option_is_short(const struct argp_option *o)
{
    return !(o->flags & OPTION_DOC) && o->key > 0 && o->key <= UCHAR_MAX && isprint(o->key);
}

static inline bool option_is_end(const struct argp_option *o)
{
    return !o->key && !o->name && !o->doc && !o->group;
}

/* argp_input_of - the input of table @argp in the parse that @state belongs to; NULL: none. */
void *argp_input_of(const struct argp *argp, const struct argp_state *state);
