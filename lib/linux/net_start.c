// SPDX-License-Identifier: BSD-3-Clause
// Starts the network stack when the first socket that needs it is made.
#include "net/inet.h"
#include "net/net.h"
#include "net/unix.h"
#include "sched/mutex.h"
#include "socket_call.h"
#include "virtio/device.h"
#include <errno.h>
#include <sys/socket.h>

/*
 * Theory. A program that opens no socket links no stack; one that links it but never opens a socket (the loader kernel running "hello") does not
 * pay for devices and DHCP either. This file is the one place of this room that names drivers, because a socket is what makes them needed; a driver
 * named by init would be in every program.
 */

static struct mutex lock = MUTEX_INIT(lock);
static bool unix_started, inet_started;

static int start_inet(void)
{
    static const struct virtio_driver *const drivers[] = {&virtio_net_driver};
    int err = net_init();
    if (err)
        return err;
    inet_family_register();
    net_families_register();
    virtio_mmio_probe(drivers, 1);
    virtio_pci_probe(drivers, 1);
    return net_start_devices(&net_boot_config);
}

int net_start(int family)
{
    int err = 0;
    mutex_lock(&lock);
    if (family == AF_UNIX) {
        if (!unix_started)
            unix_family_register();
        unix_started = true;
    } else if (!inet_started) {
        err = start_inet();
        inet_started = err == 0;
    }
    mutex_unlock(&lock);
    return err;
}
