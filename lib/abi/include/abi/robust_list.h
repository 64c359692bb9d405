// SPDX-License-Identifier: BSD-3-Clause
// The list of robust mutexes a thread leaves behind.
#pragma once

struct robust_list {
    struct robust_list *next;
};

struct robust_list_head {
    struct robust_list list;
    long futex_offset;                   /* from a list entry to its futex word */
    struct robust_list *list_op_pending; /* being locked or unlocked */
};

#define ROBUST_LIST_LIMIT 2048
