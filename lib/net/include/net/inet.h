// SPDX-License-Identifier: BSD-3-Clause
// The Internet families: registration, called once by init's net component.
#pragma once

void inet_family_register(void);
void netlink_family_register(void);
