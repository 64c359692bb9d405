// SPDX-License-Identifier: BSD-3-Clause
// Starts the network stack when the first socket that needs it is made.
#define _GNU_SOURCE /* struct ucred */
#include "abi/capability.h"
#include "linux/hvc.h"
#include "net/inet.h"
#include "net/net.h"
#include "net/proc.h"
#include "net/socket.h"
#include "net/unix.h"
#include "process/process.h"
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

/* Whoever mounts /proc and /sys names these weakly: named here, they are linked with the stack. */
static const struct pseudo_node *const shown[] __attribute__((used)) = {net_proc_files, &net_sys_dir};
/* So does init with the end of the machine. */
static void (*const at_end)(void) __attribute__((used)) = net_finish;
/* With the transports there, the virtio console costs little. */
static const char *const console_too __attribute__((used)) = &osv_virtio_console;

static struct mutex lock = MUTEX_INIT(lock);
static bool unix_started, inet_started;

static void own_credentials(struct ucred *out)
{
    const struct credentials *c = process_cred();
    *out = (struct ucred){.pid = process_current()->pid, .uid = c->uid, .gid = c->gid};
}

/* SCM_CREDENTIALS of somebody else need privilege: unix(7). */
static int may_claim(const struct ucred *claimed)
{
    const struct credentials *c = process_cred();
    bool own_uid = claimed->uid == c->uid || claimed->uid == c->euid || claimed->uid == c->suid || process_capable(CAP_SETUID);
    bool own_gid = claimed->gid == c->gid || claimed->gid == c->egid || claimed->gid == c->sgid || process_capable(CAP_SETGID);
    bool own_pid = claimed->pid == process_current()->pid || process_capable(CAP_SYS_ADMIN);
    return own_uid && own_gid && own_pid ? 0 : -EPERM;
}

static int start_inet(void)
{
    static const struct virtio_driver *const drivers[] = {&virtio_net_driver};
    int err = net_init();
    if (err)
        return err;
    inet_family_register();
    netlink_family_register();
    packet_family_register();
    virtio_mmio_probe(drivers, 1);
    virtio_pci_probe(drivers, 1);
    return net_start_devices(&net_boot_config);
}

static long interface_ioctl(unsigned cmd, unsigned long arg)
{
    int err = net_start(AF_INET);
    return err ? err : inet_interface_ioctl(cmd, arg);
}

int net_start(int family)
{
    int err = 0;
    mutex_lock(&lock);
    socket_set_interface_ioctl(interface_ioctl);
    if (family == AF_UNIX) {
        if (!unix_started) {
            unix_set_credentials_hook(own_credentials, may_claim);
            unix_family_register();
        }
        unix_started = true;
    } else if (!inet_started) {
        err = start_inet();
        inet_started = err == 0;
    }
    mutex_unlock(&lock);
    return err;
}
