// SPDX-License-Identifier: BSD-3-Clause
// The list of network devices.
#include "base/format.h"
#include "device/net.h"
#include "sched/mutex.h"

static struct mutex registry_lock = MUTEX_INIT(registry_lock);
static struct list_node devices = {&devices, &devices};
static unsigned n_devices;

int net_device_register(struct net_device *d)
{
    mutex_lock(&registry_lock);
    format_string(d->name, sizeof d->name, "eth%u", n_devices++);
    list_push_back(&devices, &d->link);
    mutex_unlock(&registry_lock);
    return 0;
}

int net_device_iterate(int (*fn)(struct net_device *d, void *arg), void *arg)
{
    int r = 0;
    struct net_device *d;
    mutex_lock(&registry_lock);
    LIST_FOR_EACH (d, &devices, link) {
        r = fn(d, arg);
        if (r != 0)
            break;
    }
    mutex_unlock(&registry_lock);
    return r;
}
