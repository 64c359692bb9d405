// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: the core lock and what happens when it is released.
#pragma once

#include "base/types.h"
#include "lwip/err.h"
#include "net_lwip_hooks.h"
#include "sched/wait.h"
#include <stdbool.h>

struct netif;
struct socket;

/** net_lock, net_unlock - everything of lwIP and of inet sockets is touched with it held. Unlock first delivers loopback packets and kicks devices. */
void net_lock(void);
void net_unlock(void);
/**
 * net_wait - release the core lock, sleep until woken through @q, take it again. For use in a loop that re-tests its condition.
 * Return: 0, -EINTR, -ETIMEDOUT.
 */
int net_wait(struct wait_queue *q, nsec_t deadline_ns);
/** net_wake_thread - timers or work changed. */
void net_wake_thread(void);
/** net_kick_later - @netif's device has unsent packets: kicked at unlock. */
void net_kick_later(struct netif *netif);
int net_errno(err_t err); /* negative errno of an lwIP result */

struct netif *net_first_device(void);
void net_poll_device_work(void);
bool net_device_work_pending(void);
