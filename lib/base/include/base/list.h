// SPDX-License-Identifier: BSD-3-Clause
// Circular doubly linked list, intrusive; the head is a node of the same type.
#pragma once

#include <base/compiler.h>
#include <stdbool.h>
#include <stddef.h>

struct list_node {
    struct list_node *prev;
    struct list_node *next;
};

/* Static initialiser of a head or of an unlinked node. */
#define LIST_INIT(name)                                                                                      \
    {                                                                                                        \
        &(name), &(name)                                                                                     \
    }

/** list_init - make @n an empty list, or an unlinked node. */
static inline void list_init(struct list_node *n)
{
    n->prev = n;
    n->next = n;
}

/** list_empty - true if @head has no elements; on a node: true if it is in no list. */
static inline bool list_empty(const struct list_node *head)
{
    return head->next == head;
}

static inline void list_link_between(struct list_node *n, struct list_node *prev, struct list_node *next)
{
    n->prev = prev;
    n->next = next;
    prev->next = n;
    next->prev = n;
}

/** list_push_front - link @n, in no list, before the first element. */
static inline void list_push_front(struct list_node *head, struct list_node *n)
{
    list_link_between(n, head, head->next);
}

/** list_push_back - link @n, in no list, after the last element. */
static inline void list_push_back(struct list_node *head, struct list_node *n)
{
    list_link_between(n, head->prev, head);
}

/** list_insert_before - link @n, in no list, before @pos. */
static inline void list_insert_before(struct list_node *pos, struct list_node *n)
{
    list_link_between(n, pos->prev, pos);
}

/** list_insert_after - link @n, in no list, after @pos. */
static inline void list_insert_after(struct list_node *pos, struct list_node *n)
{
    list_link_between(n, pos, pos->next);
}

/** list_remove - unlink @n; it is then in no list, and removing it again does nothing. */
static inline void list_remove(struct list_node *n)
{
    n->prev->next = n->next;
    n->next->prev = n->prev;
    list_init(n);
}

/** list_first - the first node, or NULL. */
static inline struct list_node *list_first(const struct list_node *head)
{
    return list_empty(head) ? NULL : head->next;
}

/** list_last - the last node, or NULL. */
static inline struct list_node *list_last(const struct list_node *head)
{
    return list_empty(head) ? NULL : head->prev;
}

/** list_pop_front - unlink and return the first node, or NULL. */
static inline struct list_node *list_pop_front(struct list_node *head)
{
    struct list_node *n = list_first(head);

    if (n)
        list_remove(n);
    return n;
}

/** list_pop_back - unlink and return the last node, or NULL. */
static inline struct list_node *list_pop_back(struct list_node *head)
{
    struct list_node *n = list_last(head);

    if (n)
        list_remove(n);
    return n;
}

/** list_move_back - unlink @n from its list and make it the last of @head. */
static inline void list_move_back(struct list_node *head, struct list_node *n)
{
    list_remove(n);
    list_push_back(head, n);
}

/** list_splice_back - move all elements of @from, in order, to the end of @to; @from becomes empty. */
static inline void list_splice_back(struct list_node *to, struct list_node *from)
{
    if (list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    list_init(from);
}

/** list_count - the number of elements, by walking. */
static inline size_t list_count(const struct list_node *head)
{
    size_t count = 0;

    for (const struct list_node *n = head->next; n != head; n = n->next)
        count++;
    return count;
}

#define list_entry(node, type, member) container_of(node, type, member)

/* First or last element as a structure pointer; NULL if the list is empty. */
#define list_first_entry(head, type, member)                                                                 \
    (list_empty(head) ? NULL : container_of((head)->next, type, member))
#define list_last_entry(head, type, member)                                                                  \
    (list_empty(head) ? NULL : container_of((head)->prev, type, member))

/* Walk: @pos is a pointer to the containing structure. The list must not change, except by _SAFE removing @pos. */
#define LIST_FOR_EACH(pos, head, member)                                                                     \
    for ((pos) = container_of((head)->next, __typeof__(*(pos)), member); &(pos)->member != (head);           \
         (pos) = container_of((pos)->member.next, __typeof__(*(pos)), member))

#define LIST_FOR_EACH_REVERSE(pos, head, member)                                                             \
    for ((pos) = container_of((head)->prev, __typeof__(*(pos)), member); &(pos)->member != (head);           \
         (pos) = container_of((pos)->member.prev, __typeof__(*(pos)), member))

/* @tmp: another pointer of the type of @pos; the body may unlink or free @pos. */
#define LIST_FOR_EACH_SAFE(pos, tmp, head, member)                                                           \
    for ((pos) = container_of((head)->next, __typeof__(*(pos)), member),                                     \
        (tmp) = container_of((pos)->member.next, __typeof__(*(pos)), member);                                \
         &(pos)->member != (head);                                                                           \
         (pos) = (tmp), (tmp) = container_of((pos)->member.next, __typeof__(*(pos)), member))
