// SPDX-License-Identifier: BSD-3-Clause
// Futex operations on two words: REQUEUE, CMP_REQUEUE and WAKE_OP.
#include "arch/uaccess.h"
#include "futex_private.h"
#include <abi/futex.h>
#include <errno.h>

/* Both buckets locked and *@uaddr equal to *@cmp (if given). 0, -EAGAIN, -EFAULT; unlocked on failure. */
static int lock_and_compare(uint32_t *uaddr, const uint32_t *cmp, struct futex_bucket *a, struct futex_bucket *b)
{
    uint32_t now;

    for (;;) {
        futex_lock_two(a, b);
        if (cmp == NULL)
            return 0;
        if (get_user_u32_nofault(&now, uaddr) == 0) {
            if (now == *cmp)
                return 0;
            futex_unlock_two(a, b);
            return -EAGAIN;
        }
        futex_unlock_two(a, b);
        int err = futex_fault_in(uaddr, false);
        if (err != 0)
            return err;
    }
}

static void move_locked(struct futex_waiter *w, struct futex_bucket *to, const struct vm_futex_key *key)
{
    list_remove(&w->link);
    w->key = *key;
    futex_enqueue_locked(to, w);
}

long futex_requeue(uint32_t *uaddr, unsigned flags, uint32_t *uaddr2, int n_wake, int n_requeue, const uint32_t *cmp)
{
    struct vm_futex_key key, key2;
    struct futex_waiter *w, *next;
    long done = 0;

    if (n_wake < 0 || n_requeue < 0)
        return -EINVAL;
    int err = futex_key(uaddr, flags, &key);
    if (err == 0)
        err = futex_key(uaddr2, flags, &key2);
    if (err != 0)
        return err;
    struct futex_bucket *from = futex_bucket_of(&key), *to = futex_bucket_of(&key2);
    err = lock_and_compare(uaddr, cmp, from, to);
    if (err != 0)
        return err;
    LIST_FOR_EACH_SAFE(w, next, &from->waiters, link) {
        if (done - n_wake >= n_requeue)
            break;
        if (!futex_same_key(&w->key, &key))
            continue;
        if (w->kind != FUTEX_WAITS) {
            err = -EINVAL;
            break;
        }
        if (++done <= n_wake)
            futex_wake_locked(w);
        else if (!futex_same_key(&key, &key2))
            move_locked(w, to, &key2);
    }
    futex_unlock_two(from, to);
    return err != 0 ? err : done;
}

/* What the low 28 bits of a WAKE_OP say. */
struct wake_op {
    enum user_atomic_op op;
    unsigned compare;
    int32_t operand, comparand;
};

static int decode_op(uint32_t code, struct wake_op *out)
{
    static const enum user_atomic_op ops[] = {USER_ATOMIC_SET, USER_ATOMIC_ADD, USER_ATOMIC_OR, USER_ATOMIC_ANDN, USER_ATOMIC_XOR};
    unsigned op = code >> 28 & 7;

    out->operand = (int32_t)(code << 8) >> 20;
    out->comparand = (int32_t)(code << 20) >> 20;
    out->compare = code >> 24 & 15;
    if (code >> 28 & FUTEX_OP_OPARG_SHIFT)
        out->operand = (int32_t)(1u << (out->operand & 31));
    if (op >= ARRAY_SIZE(ops))
        return -ENOSYS;
    out->op = ops[op];
    return 0;
}

static int compare(const struct wake_op *op, int32_t old)
{
    switch (op->compare) {
    case FUTEX_OP_CMP_EQ:
        return old == op->comparand;
    case FUTEX_OP_CMP_NE:
        return old != op->comparand;
    case FUTEX_OP_CMP_LT:
        return old < op->comparand;
    case FUTEX_OP_CMP_LE:
        return old <= op->comparand;
    case FUTEX_OP_CMP_GT:
        return old > op->comparand;
    case FUTEX_OP_CMP_GE:
        return old >= op->comparand;
    default:
        return -ENOSYS;
    }
}

/* Wake at most @n (at least one, as Linux does) waiters of @key. */
static long wake_some_locked(struct futex_bucket *b, const struct vm_futex_key *key, int n)
{
    struct futex_waiter *w, *next;
    long woken = 0;

    LIST_FOR_EACH_SAFE(w, next, &b->waiters, link) {
        if (!futex_same_key(&w->key, key))
            continue;
        if (w->kind != FUTEX_WAITS)
            return -EINVAL;
        futex_wake_locked(w);
        if (++woken >= n)
            break;
    }
    return woken;
}

long futex_wake_op(uint32_t *uaddr, unsigned flags, uint32_t *uaddr2, int n_wake, int n_wake2, uint32_t code)
{
    struct vm_futex_key key, key2;
    struct wake_op op;
    uint32_t old;

    int err = futex_key(uaddr, flags, &key);
    if (err == 0)
        err = futex_key(uaddr2, flags, &key2);
    if (err == 0)
        err = decode_op(code, &op);
    if (err != 0)
        return err;
    struct futex_bucket *a = futex_bucket_of(&key), *b = futex_bucket_of(&key2);
    for (;;) {
        futex_lock_two(a, b);
        if (user_atomic_u32_nofault(uaddr2, op.op, (uint32_t)op.operand, &old) == 0)
            break;
        futex_unlock_two(a, b);
        err = futex_fault_in(uaddr2, true);
        if (err != 0)
            return err;
    }
    long woken = 0, wake2 = compare(&op, (int32_t)old);
    if (wake2 < 0) {
        woken = wake2;
    } else {
        woken = wake_some_locked(a, &key, n_wake);
        if (woken >= 0 && wake2) {
            long more = wake_some_locked(b, &key2, n_wake2);
            woken = more < 0 ? more : woken + more;
        }
    }
    futex_unlock_two(a, b);
    return woken;
}
