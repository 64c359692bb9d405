// SPDX-License-Identifier: BSD-3-Clause
// What other rooms send to netlink sockets.
#pragma once

#include <stddef.h>

struct file;
/**
 * netlink_deliver - queue one datagram, @n bytes, on the netlink socket @f: the notification of a POSIX message queue.
 * @n: 0: only check that @f could receive
 *
 * Return: 0; -ENOTSOCK; -EINVAL: another family; -ENOBUFS.
 */
int netlink_deliver(struct file *f, const void *bytes, size_t n);
