// SPDX-License-Identifier: BSD-3-Clause
// Robust futexes: what a thread held when it ended is marked and one waiter told.
#include "arch/uaccess.h"
#include "process/futex.h"
#include <abi/futex.h>
#include <abi/robust_list.h>
#include <stddef.h>

/* @pending: the entry that was being locked or unlocked when the thread ended. Return: false: give up, the list is broken. */
static bool mark_dead(uint32_t *word, uint32_t tid, bool pi, bool pending)
{
    uint32_t value;

    if ((uintptr_t)word & 3 || get_user_u32(&value, word) != 0)
        return false;
    /* between the store of 0 and the wake of an unlock: nobody else would wake the waiters */
    if (pending && !pi && value == 0) {
        futex_wake_user(word, 1);
        return true;
    }
    for (;;) {
        if ((value & FUTEX_TID_MASK) != tid)
            return true;
        uint32_t expected = value;
        if (user_cmpxchg_u32(word, &expected, (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED) != 0)
            return false;
        if (expected == value)
            break;
        value = expected;
    }
    if (!pi && (value & FUTEX_WAITERS))
        futex_wake_user(word, 1);
    return true;
}

/* A link of the list: bit 0 says that the futex is a PI one. */
static bool fetch(uintptr_t *entry, bool *pi, const void *from)
{
    uint64_t value;

    if (get_user_u64(&value, from) != 0)
        return false;
    *entry = value & ~UINT64_C(1);
    *pi = value & 1;
    return true;
}

void futex_exit_robust_list(void *user_head, uint32_t tid)
{
    struct robust_list_head *head = user_head;
    uintptr_t entry, next, pending;
    bool pi, next_pi, pending_pi;
    uint64_t offset;

    if (!fetch(&entry, &pi, &head->list.next) || get_user_u64(&offset, &head->futex_offset) != 0 ||
        !fetch(&pending, &pending_pi, &head->list_op_pending))
        return;
    for (unsigned n = 0; entry != (uintptr_t)&head->list && n < ROBUST_LIST_LIMIT; n++) {
        /* the link first: once marked, the next owner may free it */
        bool more = fetch(&next, &next_pi, (void *)entry);
        if (entry != pending && !mark_dead((uint32_t *)(entry + offset), tid, pi, false))
            return;
        if (!more)
            break;
        entry = next;
        pi = next_pi;
    }
    if (pending != 0)
        (void)mark_dead((uint32_t *)(pending + offset), tid, pending_pi, true);
}
