// SPDX-License-Identifier: BSD-3-Clause
// The list of block devices.
#include "base/string.h"
#include "device/class.h"
#include "sched/mutex.h"
#include <errno.h>

static struct mutex registry_lock = MUTEX_INIT(registry_lock);
static struct list_node devices = {&devices, &devices};

static struct block_device *find_locked(const char *name)
{
    struct block_device *b;

    LIST_FOR_EACH (b, &devices, link)
        if (strcmp(b->name, name) == 0)
            return b;
    return NULL;
}

int block_device_register(struct block_device *b)
{
    int r = 0;

    mutex_lock(&registry_lock);
    if (find_locked(b->name) != NULL)
        r = -EEXIST;
    else
        list_push_back(&devices, &b->link);
    mutex_unlock(&registry_lock);
    return r;
}

struct block_device *block_device_find(const char *name)
{
    mutex_lock(&registry_lock);
    struct block_device *b = find_locked(name);
    mutex_unlock(&registry_lock);
    return b;
}
