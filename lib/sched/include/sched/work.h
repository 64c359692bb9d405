// SPDX-License-Identifier: BSD-3-Clause
// Deferred work: run a function soon in a kernel thread that may sleep.
#pragma once

#include "base/list.h"
#include <stdbool.h>

struct work {
    struct list_node link;
    void (*fn)(struct work *);
    bool queued;
};
void work_init(struct work *w, void (*fn)(struct work *));
bool work_queue(struct work *w); /* false if it is queued already; context: any */
/** work_prepare - make the worker thread now: for work that will be queued where no thread can be made. Context: may sleep. */
void work_prepare(void);
void work_flush(struct work *w); /* waits until it is neither queued nor running */
