// SPDX-License-Identifier: BSD-3-Clause
// lwIP's configuration: core API only, our own sockets above, memory from kmalloc, one lock around everything.
#pragma once

/* No threads inside lwIP: room net calls it with its core lock held and runs its timers. */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_NETIF_API 0
#define LWIP_TIMERS 1

/* Memory: every pool and heap block is a kernel object; limits are those of the machine. */
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 16
#define mem_clib_malloc net_lwip_malloc
#define mem_clib_calloc net_lwip_calloc
#define mem_clib_free net_lwip_free
#define MEMP_NUM_TCP_PCB 65535
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define PBUF_POOL_SIZE 0

/* TCP: window scaling so that a window covers a fast, long path. */
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1 /* they assume 16-bit windows */
#define TCP_MSS 32768 /* the largest, for loopback; a link's own comes from its MTU */
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 5
#define TCP_WND (1024 * 1024)
#define TCP_SND_BUF (1024 * 1024)
#define TCP_SND_QUEUELEN 2048
#define TCP_SNDLOWAT 2048
#define TCP_SNDQUEUELOWAT 1024
#define TCP_QUEUE_OOSEQ 1
#define TCP_OOSEQ_MAX_BYTES (256 * 1024)
#define TCP_OOSEQ_MAX_PBUFS 256
#define LWIP_TCP_SACK_OUT 1
#define LWIP_TCP_TIMESTAMPS 1
#define LWIP_TCP_KEEPALIVE 1
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 128
#define TCP_OVERSIZE 256
#define TCP_MSL 30000UL
#define LWIP_TCP_RTO_TIME 1000 /* ms before the first measurement: RFC 6298 */
#define TCP_SYNMAXRTX 6
#define TCP_MAXRTX 12
#define LWIP_TCP_CLOSE_TIMEOUT_MS_DEFAULT 20000

/* Protocols. */
#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_ARP 1
#define ETH_PAD_SIZE 0
#define ARP_TABLE_SIZE 64
#define ARP_QUEUEING 1
#define IP_FORWARD 0
#define IP_REASSEMBLY 1
#define IP_REASS_MAX_PBUFS 128
#define MEMP_NUM_REASSDATA 16
#define IP_FRAG 1
#define LWIP_ICMP 1
#define LWIP_BROADCAST_PING 0
#define LWIP_RAW 1
#define LWIP_UDP 1
#define LWIP_UDPLITE 0
#define LWIP_TCP 1
#define LWIP_IGMP 1
#define LWIP_MULTICAST_TX_OPTIONS 1
#define LWIP_DHCP 1
#define LWIP_DHCP_DOES_ACD_CHECK 0
#define DHCP_DOES_ARP_CHECK 0
#define LWIP_DHCP_GET_NTP_SRV 0
#define LWIP_DHCP_MAX_DNS_SERVERS 3
#define LWIP_DNS 1 /* only to hold the servers that DHCP names; names are resolved by libc */
#define DNS_MAX_SERVERS 3
#define LWIP_IPV6_AUTOCONFIG 1
#define LWIP_IPV6_MLD 1
#define LWIP_IPV6_DHCP6 1
#define LWIP_IPV6_DHCP6_STATELESS 1
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 1
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 1
#define LWIP_ND6_RDNSS_MAX_DNS_SERVERS 3
#define LWIP_IPV6_NUM_ADDRESSES 6
#define MEMP_NUM_MLD6_GROUP 64
#define MEMP_NUM_IGMP_GROUP 64
#define LWIP_ND6_QUEUEING 1
#define LWIP_IPV6_FRAG 1
#define IPV6_FRAG_COPYHEADER 1
#define LWIP_IPV6_REASS 1
#define LWIP_IPV6_FORWARD 0

/* Interfaces. */
#define LWIP_NETIF_HOSTNAME 1
#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_NETIF_LINK_CALLBACK 1
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_HAVE_LOOPIF 1
#define LWIP_LOOPBACK_MAX_PBUFS 0
#define LWIP_NETIF_LOOPBACK_MULTITHREADING 0
#define LWIP_NETIF_TX_SINGLE_PBUF 0
#define LWIP_NUM_NETIF_CLIENT_DATA 1
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1
#define LWIP_CHECKSUM_ON_COPY 0
#define SO_REUSE 1
#define SO_REUSE_RXTOALL 1
#define IP_SOF_BROADCAST 1
#define IP_SOF_BROADCAST_RECV 0

/* Randomness, sequence numbers, copies and hooks come from room net. */
#define LWIP_RAND() net_lwip_random()
#define LWIP_HOOK_FILENAME "net_lwip_hooks.h"
#define LWIP_HOOK_TCP_ISN net_lwip_tcp_isn
#define LWIP_HOOK_DHCP_PARSE_OPTION net_lwip_dhcp_option
#define LWIP_HOOK_DHCP_APPEND_OPTIONS net_lwip_dhcp_append
#define LWIP_HOOK_IP4_ROUTE_SRC(src, dest) net_lwip_ip4_route(src, dest)
#define LWIP_HOOK_IP4_INPUT net_lwip_ip4_input
#define LWIP_HOOK_IP6_INPUT net_lwip_ip6_input
#define LWIP_HOOK_ETHARP_GET_GW(netif, dest) net_lwip_ip4_gateway(netif, dest)
#define MEMCPY(dst, src, len) net_lwip_copy(dst, src, len)
#define SMEMCPY(dst, src, len) __builtin_memcpy(dst, src, len)

#define LWIP_STATS 1
#define LWIP_STATS_LARGE 1
#define LINK_STATS 1
#define MEM_STATS 0
#define MEMP_STATS 0
#define SYS_STATS 0
#define MIB2_STATS 1
#define LWIP_DEBUG 0
