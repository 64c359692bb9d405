/* SPDX-License-Identifier: BSD-3-Clause */
/* Network of the machine: its interfaces with their addresses, and waiting until there is an address. */
#ifndef OSV_NET_H
#define OSV_NET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OSV_NET_UP 1u   /* switched on */
#define OSV_NET_LINK 2u /* the cable is in */
#define OSV_NET_LOOPBACK 4u
#define OSV_NET_DHCP 8u /* asks DHCP for its IPv4 address */

#define OSV_NET_MAX_ADDRESSES 8

/** struct osv_net_address - an IPv4 or IPv6 address with the length of its network prefix. */
struct osv_net_address {
    uint16_t family; /* AF_INET or AF_INET6 */
    uint8_t prefix_length;
    uint8_t reserved;
    uint8_t bytes[16]; /* network order; IPv4: the first 4 */
};

/** struct osv_net_interface - New members are added at the end. */
struct osv_net_interface {
    char name[16];  /* ends with 0 */
    uint32_t index; /* as if_nametoindex() says */
    uint32_t flags; /* OSV_NET_* */
    uint32_t mtu;   /* bytes */
    uint8_t mac[6]; /* 0 for loopback */
    uint16_t address_count;
    struct osv_net_address addresses[OSV_NET_MAX_ADDRESSES];
};

/**
 * osv_net_get_interfaces - fill up to @count elements of @size bytes (sizeof(struct osv_net_interface) as
 * compiled) at @out.
 *
 * Starts the network if nothing did so far; does not wait for addresses. Each element is consistent in
 * itself.
 *
 * Return: how many interfaces there are, which may be more than @count; -1 with errno EFAULT for a bad
 * pointer, EINVAL for malformed network options of the kernel, ENOMEM.
 */
int osv_net_get_interfaces(struct osv_net_interface *out, size_t count, size_t size);

/**
 * osv_net_wait_configured - sleep until an interface other than loopback has an address of @family that
 * others can reach.
 * @family: AF_INET or AF_INET6; link-local IPv6 addresses do not count
 * @timeout_ms: -1: no limit; 0: only look
 *
 * Return: 1 when there is one; 0 at the timeout; -1 with errno ENODEV without a network device, EINTR,
 * EAFNOSUPPORT, or as osv_net_get_interfaces().
 */
int osv_net_wait_configured(int family, int timeout_ms);

#ifdef __cplusplus
}
#endif
#endif
