// SPDX-License-Identifier: BSD-3-Clause
// SIOC* requests: interface list, addresses, flags, and changes to them.
#include "abi/ioctl.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "inet.h"
#include "lwip/netif.h"
#include "net/inet.h"
#include "netif_device.h"
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <sys/ioctl.h>

static short flags_of(const struct net_interface *i)
{
    const struct netif *n = i->netif;
    int f = (n->flags & NETIF_FLAG_UP ? IFF_UP : 0) | (netif_is_up(n) && netif_is_link_up(n) ? IFF_RUNNING : 0);
    f |= i->device == NULL ? IFF_LOOPBACK : IFF_BROADCAST | IFF_MULTICAST;
    return (short)(f | (i->promiscuous ? IFF_PROMISC : 0));
}

static void put_address(struct sockaddr *out, const ip4_addr_t *ip)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    in.sin_addr.s_addr = ip4_addr_get_u32(ip);
    memcpy(out, &in, sizeof in);
}

static int get(struct net_interface *i, unsigned cmd, struct ifreq *r)
{
    ip4_addr_t ip;
    switch (cmd) {
    case SIOCGIFFLAGS: r->ifr_flags = flags_of(i); return 0;
    case SIOCGIFINDEX: r->ifr_ifindex = (int)i->index; return 0;
    case SIOCGIFMTU: r->ifr_mtu = i->device == NULL ? 65536 : i->netif->mtu; return 0;
    case SIOCGIFMETRIC: r->ifr_metric = 0; return 0;
    case SIOCGIFTXQLEN: r->ifr_qlen = 1000; return 0;
    case SIOCGIFHWADDR:
        memset(&r->ifr_hwaddr, 0, sizeof r->ifr_hwaddr);
        r->ifr_hwaddr.sa_family = i->device == NULL ? ARPHRD_LOOPBACK : ARPHRD_ETHER;
        memcpy(r->ifr_hwaddr.sa_data, i->netif->hwaddr, 6);
        return 0;
    case SIOCGIFADDR:
        if (ip4_addr_isany(netif_ip4_addr(i->netif)))
            return -EADDRNOTAVAIL;
        put_address(&r->ifr_addr, netif_ip4_addr(i->netif));
        return 0;
    case SIOCGIFNETMASK: put_address(&r->ifr_netmask, netif_ip4_netmask(i->netif)); return 0;
    case SIOCGIFDSTADDR: put_address(&r->ifr_dstaddr, netif_ip4_addr(i->netif)); return 0;
    case SIOCGIFBRDADDR:
        ip.addr = i->device == NULL ? 0 : netif_ip4_addr(i->netif)->addr | ~netif_ip4_netmask(i->netif)->addr;
        put_address(&r->ifr_broadaddr, &ip);
        return 0;
    default: return -EINVAL;
    }
}

static int set(struct net_interface *i, unsigned cmd, const struct ifreq *r)
{
    struct sockaddr_in in;
    ip4_addr_t ip;
    memcpy(&in, &r->ifr_addr, sizeof in);
    ip.addr = in.sin_addr.s_addr;
    switch (cmd) {
    case SIOCSIFFLAGS:
        if (r->ifr_flags & IFF_UP)
            netif_set_up(i->netif);
        else
            netif_set_down(i->netif);
        return 0;
    case SIOCSIFMTU:
        if (i->device == NULL || r->ifr_mtu < 576 || (unsigned)r->ifr_mtu > i->device->max_mtu)
            return -EINVAL;
        i->netif->mtu = (u16_t)r->ifr_mtu;
        return 0;
    case SIOCSIFADDR:
        if (in.sin_family != AF_INET)
            return -EINVAL;
        netif_set_ipaddr(i->netif, &ip);
        return 0;
    case SIOCSIFNETMASK: netif_set_netmask(i->netif, &ip); return 0;
    case SIOCSIFTXQLEN:
    case SIOCSIFBRDADDR: return 0;
    default: return -EOPNOTSUPP;
    }
}

static bool is_set(unsigned cmd)
{
    return cmd == SIOCSIFFLAGS || cmd == SIOCSIFMTU || cmd == SIOCSIFADDR || cmd == SIOCSIFNETMASK || cmd == SIOCSIFTXQLEN || cmd == SIOCSIFBRDADDR;
}
static bool is_get(unsigned cmd)
{
    return cmd == SIOCGIFFLAGS || cmd == SIOCGIFINDEX || cmd == SIOCGIFMTU || cmd == SIOCGIFMETRIC || cmd == SIOCGIFTXQLEN ||
           cmd == SIOCGIFHWADDR || cmd == SIOCGIFADDR || cmd == SIOCGIFNETMASK || cmd == SIOCGIFDSTADDR || cmd == SIOCGIFBRDADDR;
}

static long one_interface(unsigned cmd, void *user)
{
    struct ifreq r;
    if (copy_in(&r, user, sizeof r) != 0)
        return -EFAULT;
    r.ifr_name[IFNAMSIZ - 1] = '\0';
    char *colon = strchr(r.ifr_name, ':');
    if (colon != NULL)
        *colon = '\0';
    net_lock();
    struct net_interface *i = net_interface_by_name(r.ifr_name);
    int err = i == NULL ? -ENODEV : is_set(cmd) ? set(i, cmd, &r) : get(i, cmd, &r);
    net_unlock();
    if (!err && !is_set(cmd))
        err = copy_out(user, &r, sizeof r);
    return err;
}

static long name_of_index(void *user)
{
    struct ifreq r;
    if (copy_in(&r, user, sizeof r) != 0)
        return -EFAULT;
    net_lock();
    struct net_interface *i = net_interface_by_index((unsigned)r.ifr_ifindex);
    if (i != NULL)
        strlcpy(r.ifr_name, i->name, sizeof r.ifr_name);
    net_unlock();
    return i == NULL ? -ENODEV : copy_out(user, &r, sizeof r);
}

/* SIOCGIFCONF lists interfaces that have an IPv4 address; a NULL buffer asks for the size. */
static long list(void *user)
{
    struct ifconf c;
    if (copy_in(&c, user, sizeof c) != 0)
        return -EFAULT;
    int used = 0;
    long err = 0;
    net_lock();
    for (struct net_interface *i = net_interfaces; i != NULL && !err; i = i->next) {
        struct ifreq r;
        if (ip4_addr_isany(netif_ip4_addr(i->netif)))
            continue;
        if (c.ifc_buf != NULL && used + (int)sizeof r > c.ifc_len)
            break;
        memset(&r, 0, sizeof r);
        strlcpy(r.ifr_name, i->name, sizeof r.ifr_name);
        put_address(&r.ifr_addr, netif_ip4_addr(i->netif));
        if (c.ifc_buf != NULL)
            err = copy_out(c.ifc_buf + used, &r, sizeof r);
        used += (int)sizeof r;
    }
    net_unlock();
    c.ifc_len = used;
    return err ? err : copy_out(user, &c, sizeof c);
}

static long add_route(void *user)
{
    struct rtentry r;
    struct sockaddr_in dst, gateway;
    if (copy_in(&r, user, sizeof r) != 0)
        return -EFAULT;
    memcpy(&dst, &r.rt_dst, sizeof dst);
    memcpy(&gateway, &r.rt_gateway, sizeof gateway);
    if (dst.sin_addr.s_addr != 0 || !(r.rt_flags & RTF_GATEWAY))
        return -EOPNOTSUPP;
    ip4_addr_t ip = {gateway.sin_addr.s_addr};
    long err = -ENETUNREACH;
    net_lock();
    for (struct net_interface *i = net_interfaces; i != NULL; i = i->next) {
        if (i->device != NULL && ip4_addr_netcmp(&ip, netif_ip4_addr(i->netif), netif_ip4_netmask(i->netif))) {
            netif_set_gw(i->netif, &ip);
            netif_set_default(i->netif);
            err = 0;
            break;
        }
    }
    net_unlock();
    return err;
}

long inet_ioctl(struct socket *s, unsigned cmd, unsigned long arg)
{
    (void)s;
    return inet_interface_ioctl(cmd, arg);
}

long inet_interface_ioctl(unsigned cmd, unsigned long arg)
{
    if (cmd == SIOCGIFCONF)
        return list((void *)arg);
    if (cmd == SIOCGIFNAME)
        return name_of_index((void *)arg);
    if (cmd == SIOCADDRT)
        return add_route((void *)arg);
    if (is_get(cmd) || is_set(cmd))
        return one_interface(cmd, (void *)arg);
    return cmd == 0x8946 /* SIOCETHTOOL */ ? -EOPNOTSUPP : -ENOTTY;
}
