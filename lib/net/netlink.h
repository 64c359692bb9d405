// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: netlink sockets and the routing protocol on them.
#pragma once

#include "abi/netlink.h"
#include "net/socket.h"
#include "sched/mutex.h"

/** struct netlink_reply - the messages that answer one request, growing. */
struct netlink_reply {
    uint8_t *bytes;
    size_t used, capacity;
    uint32_t seq, port;
    bool failed; /* out of memory */
    size_t message; /* offset of the message being built */
};
/** netlink_begin - start a message of @type with a fixed part of @n bytes (copied); netlink_attr adds; netlink_end closes. */
void netlink_begin(struct netlink_reply *r, uint16_t type, uint16_t flags, const void *fixed, size_t n);
void netlink_attr(struct netlink_reply *r, uint16_t type, const void *data, size_t n);
void netlink_end(struct netlink_reply *r);
/** netlink_find_attr - attribute @type in the checked bytes; NULL if absent or shorter than @min. */
const void *netlink_find_attr(const uint8_t *attrs, size_t n, uint16_t type, size_t min, size_t *len);

/** netlink_publish - send the messages of @r to every route socket in one of @groups (RTMGRP_*). Core lock held. */
void netlink_publish(uint32_t groups, const struct netlink_reply *r);
struct net_interface;
/** rtnetlink_put_link, rtnetlink_put_addresses - append the description of an interface. @family: AF_INET or AF_INET6. Core lock held. */
void rtnetlink_put_link(struct netlink_reply *r, const struct net_interface *i, uint16_t flags);
void rtnetlink_put_addresses(struct netlink_reply *r, const struct net_interface *i, int family, uint16_t flags);
/** rtnetlink_events_start - from now on changes are published. */
void rtnetlink_events_start(void);
/** rtnetlink_request - answer one request (header checked, payload @n bytes). Return: 0 or -errno for the error message. Core lock held. */
int rtnetlink_request(const struct nlmsghdr *h, const uint8_t *payload, size_t n, struct netlink_reply *r) __must_check;
