// SPDX-License-Identifier: BSD-3-Clause
// The resolver's set-up calls: musl reads its configuration anew for each query, so there is no state.

#include "compat.h"
#include <resolv.h>
#include <string.h>

int __res_init(void)
{
    return 0;
}

int __res_ninit(res_state state)
{
    memset(state, 0, sizeof *state);
    return 0;
}

int res_ninit(res_state state)
{
    return __res_ninit(state);
}

void __res_nclose(res_state state)
{
}

void res_nclose(res_state state)
{
}

void __res_iclose(res_state state, int free_addresses)
{
}
