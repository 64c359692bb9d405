// SPDX-License-Identifier: BSD-3-Clause
// Resolver queries with a state argument, which is not used.

#include "compat.h"
#include <resolv.h>

int res_nquery(res_state state, const char *name, int class, int type, unsigned char *answer, int room)
{
    return res_query(name, class, type, answer, room);
}

int res_nsearch(res_state state, const char *name, int class, int type, unsigned char *answer, int room)
{
    return res_search(name, class, type, answer, room);
}
