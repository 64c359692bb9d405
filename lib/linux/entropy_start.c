// SPDX-License-Identifier: BSD-3-Clause
// Finds the machine's entropy devices when a program first asks for random numbers.
#include "entropy_start.h"

#include "sched/mutex.h"
#include "virtio/device.h"

/* The processor's generator seeds the kernel's own at boot; a device is looked for only by programs that ask, because finding one costs more than their start. */
void entropy_start(void)
{
    static const struct virtio_driver *const drivers[] = {&virtio_rng_driver};
    static struct mutex lock = MUTEX_INIT(lock);
    static bool started;

    if (__atomic_load_n(&started, __ATOMIC_ACQUIRE))
        return;
    mutex_lock(&lock);
    if (!started) {
        virtio_mmio_probe(drivers, 1);
        virtio_pci_probe(drivers, 1);
        __atomic_store_n(&started, true, __ATOMIC_RELEASE);
    }
    mutex_unlock(&lock);
}
