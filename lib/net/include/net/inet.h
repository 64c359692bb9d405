// SPDX-License-Identifier: BSD-3-Clause
// The Internet families: registration, called once by init's net component.
#pragma once

void inet_family_register(void);
void netlink_family_register(void);
void packet_family_register(void);

/** inet_interface_ioctl - SIOC requests about interfaces (netdevice(7)); the stack runs. @arg: a struct ifreq, ifconf or rtentry in application memory. */
long inet_interface_ioctl(unsigned cmd, unsigned long arg);
