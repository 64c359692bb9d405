// SPDX-License-Identifier: BSD-3-Clause
// Interface configuration: command line, DHCP, routes, name servers.
#include "base/format.h"
#include "base/log.h"
#include "base/string.h"
#include "core.h"
#include "icmp_error.h"
#include "inet.h"
#include "lwip/dhcp.h"
#include "lwip/dhcp6.h"
#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/ip4.h"
#include "lwip/prot/dhcp.h"
#include "net/net.h"
#include "net_lwip_hooks.h"
#include "netif_device.h"
#include "sched/time.h"
#include <errno.h>

/*
 * Theory. Every device starts with an IPv6 link-local address and router solicitation. For IPv4 it has what --ip= gives it, else DHCP. The
 * program starts at once: only a call that needs a route which does not exist waits, until DHCP has answered or given up.
 * Classless routes (option 121, RFC 3442) replace the router option, and are consulted by the hooks that lwIP's routing asks first.
 */

enum { WAIT_NS_MAX = 15 };
static struct wait_queue configured = WAIT_QUEUE_INIT(configured);
static void (*resolv_listener)(const char *text);
static const struct net_config *active_config;
static char domain_name[128];

void net_set_resolv_listener(void (*fn)(const char *text)) { resolv_listener = fn; }

static void publish_resolv(void)
{
    char text[512];
    size_t used = 0;
    if (resolv_listener == NULL)
        return;
    if (domain_name[0] != '\0')
        used += (size_t)format_string(text, sizeof text, "search %s\n", domain_name);
    for (u8_t i = 0; i < DNS_MAX_SERVERS; i++) {
        const ip_addr_t *server = dns_getserver(i);
        char name[IPADDR_STRLEN_MAX];
        if (!ip_addr_isany(server) && ipaddr_ntoa_r(server, name, sizeof name) != NULL)
            used += (size_t)format_string(text + used, sizeof text - used, "nameserver %s\n", name);
    }
    if (used > 0)
        resolv_listener(text);
}

static bool has_address(const struct net_interface *i, int family)
{
    if (family == AF_INET)
        return !ip4_addr_isany_val(*netif_ip4_addr(i->netif));
    for (s8_t n = 0; n < LWIP_IPV6_NUM_ADDRESSES; n++)
        if (ip6_addr_isvalid(netif_ip6_addr_state(i->netif, n)) && !ip6_addr_islinklocal(netif_ip6_addr(i->netif, n)))
            return true;
    return false;
}

static bool any_configured(int family)
{
    for (const struct net_interface *i = net_interfaces; i != NULL; i = i->next)
        if (i->device != NULL && has_address(i, family))
            return true;
    return false;
}

static bool any_device(void) { return net_interfaces != NULL && net_interfaces->next != NULL; }

int net_wait_configured(int family)
{
    nsec_t deadline = clock_monotonic_ns() + (nsec_t)WAIT_NS_MAX * 1000000000;
    int err = 0;
    net_lock();
    while (any_device() && !any_configured(family) && err == 0) {
        if (family == AF_INET6 && clock_monotonic_ns() > 5000000000) /* router advertisements come soon or never */
            break;
        err = net_wait(&configured, deadline);
    }
    net_unlock();
    return err == -EINTR ? -EINTR : 0;
}

int net_wait_address(int family, nsec_t deadline)
{
    int err = 0;
    bool found, device;
    net_lock();
    while (!(found = any_configured(family)) && (device = any_device()) && err == 0)
        err = net_wait(&configured, deadline);
    net_unlock();
    return found ? 1 : !device ? -ENODEV : err == -ETIMEDOUT ? 0 : err;
}

static void on_status(struct netif *n)
{
    struct net_interface *i = n->state;
    if (has_address(i, AF_INET))
        i->dhcp_done = true;
    publish_resolv();
    wait_queue_wake_all(&configured);
}

/* --- options that lwIP does not know ---------------------------------------------------------------------------------- */

static void parse_classless(struct net_interface *i, const uint8_t *o, unsigned n)
{
    i->n_classless = 0;
    while (n >= 5 && i->n_classless < 8) {
        unsigned width = o[0], bytes = (width + 7) / 8;
        uint8_t dest[4] = {0};
        if (width > 32 || n < 1 + bytes + 4)
            return;
        memcpy(dest, o + 1, bytes);
        unsigned k = i->n_classless++;
        memcpy(&i->classless_dest[k].addr, dest, 4);
        i->classless_mask[k].addr = width ? lwip_htonl(~0u << (32 - width)) : 0;
        memcpy(&i->classless_gateway[k].addr, o + 1 + bytes, 4);
        o += 1 + bytes + 4;
        n -= 1 + bytes + 4;
    }
}

static bool plausible_name(const char *s)
{
    for (; *s != '\0'; s++)
        if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || *s == '-' || *s == '.' || *s == ' '))
            return false;
    return true;
}

static void dhcp_option(struct netif *netif, u8_t option, u8_t length, struct pbuf *p, u16_t offset)
{
    enum { OPTION_DOMAIN = 15, OPTION_MTU = 26, OPTION_CLASSLESS = 121 };
    struct net_interface *i = netif->state;
    uint8_t o[255];
    if (pbuf_copy_partial(p, o, length, offset) != length)
        return;
    if (option == OPTION_CLASSLESS) {
        parse_classless(i, o, length);
    } else if (option == OPTION_MTU && length == 2) {
        unsigned mtu = (unsigned)(o[0] << 8 | o[1]);
        if (mtu >= 576 && mtu <= i->device->max_mtu)
            netif->mtu = (u16_t)mtu;
    } else if (option == OPTION_DOMAIN && length < sizeof domain_name) {
        char name[128];
        memcpy(name, o, length);
        name[length] = '\0';
        if (plausible_name(name))
            strlcpy(domain_name, name, sizeof domain_name);
    }
}

/* Adds what we want to know to the parameter request list of a message: a second list is legal (RFC 3396 joins them). */
static u16_t dhcp_append(struct netif *netif, u8_t message_type, u8_t *options, u16_t used, u16_t room)
{
    static const u8_t wanted[] = {55, 8, 1, 3, 6, 12, 15, 26, 28, 121};
    (void)netif;
    if ((message_type != DHCP_DISCOVER && message_type != DHCP_REQUEST) || used + sizeof wanted + 1 > room)
        return used;
    memcpy(options + used, wanted, sizeof wanted);
    return (u16_t)(used + sizeof wanted);
}

/* --- routing hooks ---------------------------------------------------------------------------------------------------- */

static const ip4_addr_t *classless_route(const struct net_interface *i, const ip4_addr_t *dest)
{
    const ip4_addr_t *best = NULL;
    uint32_t best_mask = 0;
    for (unsigned k = 0; k < i->n_classless; k++) {
        uint32_t mask = i->classless_mask[k].addr;
        if ((dest->addr & mask) == i->classless_dest[k].addr && (best == NULL || lwip_ntohl(mask) > lwip_ntohl(best_mask))) {
            best = &i->classless_gateway[k];
            best_mask = mask;
        }
    }
    return best;
}

static struct netif *ip4_route_hook(const ip4_addr_t *src, const ip4_addr_t *dest)
{
    if (src != NULL && !ip4_addr_isany(src)) { /* a bound source chooses its interface, if that leads anywhere */
        for (struct net_interface *i = net_interfaces; i != NULL; i = i->next)
            if (i->device != NULL && netif_is_up(i->netif) && netif_is_link_up(i->netif) && ip4_addr_cmp(src, netif_ip4_addr(i->netif)) &&
                !ip4_addr_isloopback(dest))
                return i->netif;
    }
    for (struct net_interface *i = net_interfaces; i != NULL; i = i->next)
        if (i->device != NULL && netif_is_up(i->netif) && i->n_classless > 0 && classless_route(i, dest) != NULL &&
            !ip4_addr_netcmp(dest, netif_ip4_addr(i->netif), netif_ip4_netmask(i->netif)))
            return i->netif;
    return NULL;
}

static const ip4_addr_t *ip4_gateway(struct netif *netif, const ip4_addr_t *dest)
{
    struct net_interface *i = netif->state;
    const ip4_addr_t *g = i != NULL && i->netif == netif ? classless_route(i, dest) : NULL;
    return g != NULL && !ip4_addr_isany(g) ? g : NULL;
}

void net_config_register(void)
{
    static const struct net_lwip_hooks hooks = {
        .dhcp_option = dhcp_option, .dhcp_append = dhcp_append, .icmp4 = icmp_error_input4, .icmp6 = icmp_error_input6, .ip4_route = ip4_route_hook, .ip4_gateway = ip4_gateway};
    net_lwip_set_hooks(&hooks);
}

/* --- command line ----------------------------------------------------------------------------------------------------- */

static bool split(const char *text, char *buffer, size_t n, char *parts[], unsigned max, unsigned *count)
{
    if (strlcpy(buffer, text, n) >= n)
        return false;
    *count = 0;
    for (char *p = buffer; *count < max;) {
        parts[(*count)++] = p;
        char *comma = strchr(p, ',');
        if (comma == NULL)
            return true;
        *comma = '\0';
        p = comma + 1;
    }
    return false;
}

static int set_static6(struct net_interface *i, char *address)
{
    ip6_addr_t ip;
    char *slash = strchr(address, '/');
    if (slash != NULL)
        *slash = '\0';
    if (!ip6addr_aton(address, &ip))
        return -EINVAL;
    s8_t slot;
    if (netif_add_ip6_address(i->netif, &ip, &slot) != ERR_OK)
        return -ENOSPC;
    netif_ip6_addr_set_state(i->netif, slot, IP6_ADDR_PREFERRED);
    return 0;
}

static int set_static(const char *spec)
{
    char buffer[160], *part[3];
    unsigned n;
    if (!split(spec, buffer, sizeof buffer, part, 3, &n) || n < 2)
        return -EINVAL;
    struct net_interface *i = net_interface_by_name(part[0]);
    if (i == NULL)
        return -ENODEV;
    if (strchr(part[1], ':') != NULL)
        return set_static6(i, part[1]);
    ip4_addr_t ip, mask, none = {0};
    if (n != 3 || !ip4addr_aton(part[1], &ip) || !ip4addr_aton(part[2], &mask))
        return -EINVAL;
    netif_set_addr(i->netif, &ip, &mask, &none);
    i->static_config = true;
    return 0;
}

static int set_gateway(const char *spec)
{
    ip_addr_t ip;
    if (!ipaddr_aton(spec, &ip))
        return -EINVAL;
    for (struct net_interface *i = net_interfaces; i != NULL; i = i->next) {
        if (i->device == NULL)
            continue;
        if (IP_IS_V4(&ip) && i->static_config) {
            netif_set_gw(i->netif, ip_2_ip4(&ip));
            netif_set_default(i->netif);
            return 0;
        }
    }
    return IP_IS_V4(&ip) ? -ENODEV : -EOPNOTSUPP; /* IPv6 routers announce themselves */
}

static int apply_config(const struct net_config *c)
{
    int err = 0;
    const char *bad = NULL;
    for (unsigned k = 0; k < c->n_ip && !err; k++)
        if ((err = set_static(c->ip[k])) != 0)
            bad = c->ip[k];
    for (unsigned k = 0; k < c->n_gateway && !err; k++)
        if ((err = set_gateway(c->gateway[k])) != 0)
            bad = c->gateway[k];
    for (unsigned k = 0; k < c->n_nameserver && !err; k++) {
        ip_addr_t ip;
        if (!ipaddr_aton(c->nameserver[k], &ip)) {
            err = -EINVAL;
            bad = c->nameserver[k];
        } else {
            dns_setserver((u8_t)k, &ip);
        }
    }
    if (err == -ENODEV)
        log_error("network option '%s': no such interface; the first network device is eth0", bad);
    else if (err)
        log_error("network option '%s' is malformed; write --ip=eth0,192.0.2.2,255.255.255.0 --defaultgw=192.0.2.1 --nameserver=192.0.2.1", bad);
    return err ? -EINVAL : 0;
}

int net_start_devices(const struct net_config *config)
{
    int err = net_attach_devices();
    if (err)
        return err;
    active_config = config;
    net_lock();
    err = apply_config(config);
    for (struct net_interface *i = net_interfaces; i != NULL && !err; i = i->next) {
        if (i->device == NULL)
            continue;
        netif_set_hostname(i->netif, config->hostname != NULL ? config->hostname : "osv");
        netif_set_status_callback(i->netif, on_status);
        dhcp6_enable_stateless(i->netif);
        if (!i->static_config) {
            i->dhcp = true;
            dhcp_start(i->netif);
        }
    }
    publish_resolv();
    net_unlock();
    net_wake_thread();
    return err;
}
