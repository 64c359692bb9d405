// SPDX-License-Identifier: BSD-3-Clause
// Constructors and destructors of objects, and the handlers that C++ registers for an object (__cxa_atexit,
// __cxa_finalize).
#include "dynlink.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

typedef void init_fn(int argc, char **argv, char **envp);
typedef void fini_fn(void);

DL_HIDDEN int dl_argc;
DL_HIDDEN char **dl_argv;

struct exit_handler {
    struct exit_handler *next;
    void (*fn)(void *);
    void *arg, *owner;
};
static struct exit_handler *handlers;
static pthread_mutex_t handlers_lock = PTHREAD_MUTEX_INITIALIZER;

int osv_dl_cxa_atexit(void (*fn)(void *), void *arg, void *owner);
void osv_dl_cxa_finalize(void *owner);
int osv_dl_atexit(void (*fn)(void));
int osv_dl_cxa_thread_atexit(void (*fn)(void *), void *object, void *owner);
int __cxa_thread_atexit_impl(void (*fn)(void *), void *object, void *owner);

int osv_dl_cxa_atexit(void (*fn)(void *), void *arg, void *owner)
{
    struct exit_handler *h = malloc(sizeof *h);

    if (!h)
        return -1;
    *h = (struct exit_handler){NULL, fn, arg, owner};
    pthread_mutex_lock(&handlers_lock);
    h->next = handlers;
    handlers = h;
    pthread_mutex_unlock(&handlers_lock);
    return 0;
}

/* Takes out the newest handler of @owner (NULL: of anybody). */
static struct exit_handler *take(void *owner)
{
    struct exit_handler **at = &handlers, *h;

    pthread_mutex_lock(&handlers_lock);
    while ((h = *at) && owner && h->owner != owner)
        at = &h->next;
    if (h)
        *at = h->next;
    pthread_mutex_unlock(&handlers_lock);
    return h;
}

void osv_dl_cxa_finalize(void *owner)
{
    struct exit_handler *h;

    while ((h = take(owner))) {
        struct exit_handler mine = *h;
        free(h);
        mine.fn(mine.arg);
    }
}

static void call_plain(void *fn)
{
    ((void (*)(void))(uintptr_t)fn)();
}

int osv_dl_atexit(void (*fn)(void))
{
    return osv_dl_cxa_atexit(call_plain, (void *)(uintptr_t)fn, NULL);
}

/* An object with destructors pending in some thread stays. */
int osv_dl_cxa_thread_atexit(void (*fn)(void *), void *object, void *owner)
{
    dl_lock();
    struct dl_object *o = dl_object_at(owner);
    if (o)
        o->keep = true;
    dl_unlock();
    return __cxa_thread_atexit_impl(fn, object, owner);
}

void dl_run_own_constructors(struct dl_object *o)
{
    o->initialised = true;
    if (o->builtin)
        return;
    if (o->is_main)
        for (uint64_t i = 0; i < o->t.n_preinit; i++)
            if (o->t.preinit_array[i] && o->t.preinit_array[i] != ~0ul)
                ((init_fn *)o->t.preinit_array[i])(dl_argc, dl_argv, environ);
    if (o->t.init)
        ((init_fn *)(o->t.bias + o->t.init))(dl_argc, dl_argv, environ);
    for (uint64_t i = 0; i < o->t.n_init; i++)
        if (o->t.init_array[i] && o->t.init_array[i] != ~0ul)
            ((init_fn *)o->t.init_array[i])(dl_argc, dl_argv, environ);
}

/* Dependencies first; a cycle is entered where it is met. @stack has room for every object once. */
static void construct_from(struct dl_object *root, struct dl_object **stack, unsigned *next)
{
    unsigned depth = 0;

    if (root->initialising || root->initialised)
        return;
    root->initialising = true;
    stack[0] = root;
    next[0] = 0;
    for (;;) {
        struct dl_object *o = stack[depth];
        if (next[depth] < o->n_needed) {
            struct dl_object *d = o->needed[next[depth]++];
            if (d->initialising || d->initialised || d->builtin)
                continue;
            d->initialising = true;
            stack[++depth] = d;
            next[depth] = 0;
            continue;
        }
        o->initialising = false;
        if (!o->is_main)
            dl_run_own_constructors(o);
        if (depth-- == 0)
            return;
    }
}

void dl_run_constructors(struct dl_object *const *group, unsigned n)
{
    struct dl_object **stack = malloc((n + 1) * sizeof *stack);
    unsigned *next = malloc((n + 1) * sizeof *next);

    if (!stack || !next)
        abort();
    for (unsigned i = n; i-- > 0;)
        construct_from(group[i], stack, next);
    free(stack);
    free(next);
}

void dl_run_destructors(struct dl_object *o)
{
    if (!o->initialised || o->builtin)
        return;
    o->initialised = false;
    for (uint64_t i = o->t.n_fini; i-- > 0;)
        if (o->t.fini_array[i] && o->t.fini_array[i] != ~0ul)
            ((fini_fn *)o->t.fini_array[i])();
    if (o->t.fini)
        ((fini_fn *)(o->t.bias + o->t.fini))();
}

/* Users before what they use: an object goes when no initialised object that comes before it in this order
 * needs it. */
static void destruct_all(void)
{
    unsigned n = 0;

    for (struct dl_object *o = dl_objects; o; o = o->next)
        n++;
    for (; n; n--) {
        struct dl_object *pick = NULL;
        for (struct dl_object *o = dl_objects; o && !pick; o = o->next) {
            bool is_needed = !o->initialised;
            for (struct dl_object *user = dl_objects; user && !is_needed; user = user->next)
                for (unsigned k = 0; user != o && user->initialised && k < user->n_needed; k++)
                    is_needed |= user->needed[k] == o;
            if (!is_needed)
                pick = o;
        }
        for (struct dl_object *o = dl_objects; o && !pick; o = o->next) /* a cycle */
            pick = o->initialised && !o->builtin ? o : NULL;
        if (pick)
            dl_run_destructors(pick);
        if (pick && pick->builtin)
            pick->initialised = false;
    }
}

static void at_exit(void)
{
    osv_dl_cxa_finalize(NULL);
    destruct_all();
    osv_dl_cxa_finalize(NULL);
}

void dl_at_exit_init(void)
{
    atexit(at_exit);
}
