// SPDX-License-Identifier: BSD-3-Clause
// <osv/net.h>: loopback is there, figures agree with if_nametoindex, short arrays are not overrun, waiting
// ends.
#include "../check.h"
#include <net/if.h>
#include <osv/net.h>
#include <sys/socket.h>

int main(void)
{
    static const unsigned char localhost[4] = {127, 0, 0, 1};
    struct osv_net_interface list[8], one;
    int n = osv_net_get_interfaces(list, 8, sizeof(list[0])), loopbacks = 0;

    CHECK(n >= 1 && n <= 8);
    for (int i = 0; i < n; i++) {
        CHECK(list[i].index == if_nametoindex(list[i].name));
        if (!(list[i].flags & OSV_NET_LOOPBACK))
            continue;
        loopbacks++;
        CHECK((list[i].flags & (OSV_NET_UP | OSV_NET_LINK)) == (OSV_NET_UP | OSV_NET_LINK) &&
              list[i].mtu == 65536);
        CHECK(list[i].address_count >= 1 && list[i].addresses[0].family == AF_INET &&
              list[i].addresses[0].prefix_length == 8);
        CHECK(memcmp(list[i].addresses[0].bytes, localhost, 4) == 0);
    }
    CHECK(loopbacks == 1);
    CHECK(osv_net_get_interfaces(NULL, 0, sizeof(one)) == n);
    memset(&one, 0x5a, sizeof(one));
    CHECK(osv_net_get_interfaces(&one, 1, 16) == n && strcmp(one.name, list[0].name) == 0 &&
          one.index == 0x5a5a5a5a);
    CHECK_ERRNO(osv_net_get_interfaces((void *)8, 1, sizeof(one)), EFAULT);
    CHECK_ERRNO(osv_net_wait_configured(AF_UNIX, 0), EAFNOSUPPORT);
    if (n == 1) {
        CHECK_ERRNO(osv_net_wait_configured(AF_INET, -1), ENODEV);
    } else {
        CHECK(osv_net_wait_configured(AF_INET, 10000) == 1);
        CHECK(osv_net_get_interfaces(list, 8, sizeof(list[0])) == n);
        CHECK(list[1].address_count >= 1 && (list[1].flags & OSV_NET_LINK));
        CHECK(osv_net_wait_configured(AF_INET, 0) == 1);
    }
    return finish();
}
