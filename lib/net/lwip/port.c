// SPDX-License-Identifier: BSD-3-Clause
// What lwIP needs from the kernel: memory, time, randomness, copies, checksums; and the questions it passes on to room net.
#include "arch/uaccess.h"
#include "base/hash.h"
#include "base/string.h"
#include "device/class.h"
#include "lwip/arch.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"
#include "mem/kalloc.h"
#include "net_lwip_hooks.h"
#include "sched/time.h"

_Atomic bool net_copy_failed;
static const struct net_lwip_hooks *hooks;

void net_lwip_set_hooks(const struct net_lwip_hooks *h) { hooks = h; }

void *net_lwip_malloc(size_t n) { return kmalloc(n); }
void *net_lwip_calloc(size_t count, size_t n) { return kcalloc(count, n); }
void net_lwip_free(void *p) { kfree(p); }

u32_t sys_now(void) { return (u32_t)(clock_monotonic_ns() / 1000000); }

uint32_t net_lwip_random(void)
{
    uint32_t v;
    random_bytes(&v, sizeof v);
    return v;
}

/* tcp_write() copies straight from the application's buffer: such addresses may fault, kernel ones may not. */
void net_lwip_copy(void *dst, const void *src, size_t n)
{
    if (!user_range_ok(src, n)) {
        memcpy(dst, src, n);
        return;
    }
    size_t left = copy_in_partial(dst, src, n);
    if (left != 0) {
        memset((char *)dst + n - left, 0, left);
        net_copy_failed = true;
    }
}

/* Initial sequence numbers: a secret hash of the four-tuple plus a clock of 4 us ticks (RFC 6528). */
u32_t net_lwip_tcp_isn(const ip_addr_t *local_ip, u16_t local_port, const ip_addr_t *remote_ip, u16_t remote_port)
{
    static uint64_t secret[2];
    if (secret[0] == 0)
        random_bytes(secret, sizeof secret);
    struct {
        uint64_t key[2];
        ip_addr_t local, remote;
        u16_t ports[2];
    } tuple;
    memset(&tuple, 0, sizeof tuple);
    tuple.key[0] = secret[0];
    tuple.key[1] = secret[1];
    tuple.local = *local_ip;
    tuple.remote = *remote_ip;
    tuple.ports[0] = local_port;
    tuple.ports[1] = remote_port;
    return (u32_t)hash_bytes(&tuple, sizeof tuple, secret[1]) + (u32_t)(clock_monotonic_ns() / 4096);
}

/* The Internet checksum's folded sum, not complemented, in network order as found in memory (RFC 1071). */
uint16_t net_lwip_checksum(const void *data, int n)
{
    const uint8_t *p = data;
    uint64_t sum = 0;
    /* Words of 32 bits cannot overflow the 64-bit sum: lengths are below 2^17. */
    for (; n >= 16; n -= 16, p += 16) {
        uint32_t w[4];
        memcpy(w, p, sizeof w);
        sum += (uint64_t)w[0] + w[1] + w[2] + w[3];
    }
    for (; n >= 4; n -= 4, p += 4) {
        uint32_t w;
        memcpy(&w, p, sizeof w);
        sum += w;
    }
    if (n >= 2) {
        uint16_t w;
        memcpy(&w, p, sizeof w);
        sum += w;
        p += 2;
    }
    if (n & 1)
        sum += *p;
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* --- questions for room net ------------------------------------------------------------------------------------------ */

void net_lwip_dhcp_option_parse(struct netif *netif, u8_t option, u8_t length, struct pbuf *p, u16_t offset)
{
    if (hooks != NULL)
        hooks->dhcp_option(netif, option, length, p, offset);
}

u16_t net_lwip_dhcp_append_options(struct netif *netif, u8_t message_type, u8_t *options, u16_t used, u16_t room)
{
    return hooks != NULL ? hooks->dhcp_append(netif, message_type, options, used, room) : used;
}

void net_lwip_icmp(const struct pbuf *p, struct netif *netif, bool v6)
{
    if (hooks != NULL)
        (v6 ? hooks->icmp6 : hooks->icmp4)(p->payload, p->len, netif);
}

struct netif *net_lwip_ip4_route(const ip4_addr_t *src, const ip4_addr_t *dest)
{
    return hooks != NULL ? hooks->ip4_route(src, dest) : NULL;
}

const ip4_addr_t *net_lwip_ip4_gateway(struct netif *netif, const ip4_addr_t *dest)
{
    return hooks != NULL ? hooks->ip4_gateway(netif, dest) : NULL;
}
