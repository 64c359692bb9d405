// SPDX-License-Identifier: BSD-3-Clause
// The TCP/IP side of room net: start, interfaces, configuration.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stdint.h>

/** struct net_config - from the command line; strings are borrowed for good. Zero: DHCP and IPv6 autoconfiguration on every device. */
struct net_config {
    const char *ip[8];          /* "eth0,192.0.2.2,255.255.255.0" or "eth0,2001:db8::2/64" */
    unsigned n_ip;
    const char *gateway[2];     /* one for each IP version */
    unsigned n_gateway;
    const char *nameserver[3];
    unsigned n_nameserver;
    const char *hostname;
};
extern struct net_config net_boot_config; /* filled by init before the program starts */

/** net_init - start the stack with its loopback interface. Once, before the first socket. Context: may sleep. */
int net_init(void) __must_check;
/** net_finish - before power-off: wait until peers and devices have what was sent; a second of silence ends it. Context: may sleep, not interruptible. */
void net_finish(void);
/** net_start_devices - take over every registered network device and configure it; does not wait for addresses. -EINVAL: @config is malformed (said on the log). */
int net_start_devices(const struct net_config *config) __must_check;
/** net_wait_configured - until some interface besides loopback has an address for @family, DHCP failed, or 15 s passed. 0, -EINTR. */
int net_wait_configured(int family);
/** net_wait_address - until some interface besides loopback has an address for @family. 1: there is one; 0: @deadline passed; -ENODEV: no device; -EINTR. */
int net_wait_address(int family, nsec_t deadline);
struct osv_net_interface;
/** net_interface_info - describe the interface at @position, from 0 on. -ENODEV: no more of them. */
int net_interface_info(unsigned position, struct osv_net_interface *out);
/** net_set_resolv_listener - called (thread context) whenever name servers or the domain change, with text for /etc/resolv.conf. */
void net_set_resolv_listener(void (*fn)(const char *text));
