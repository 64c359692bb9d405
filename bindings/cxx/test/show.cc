// SPDX-License-Identifier: BSD-3-Clause
// The C++ wrappers at work: prints "cxx ok", or what is wrong.
#include <osv/memory.hpp>
#include <osv/net.hpp>

#include <iostream>

int main()
{
    int failures = 0;
    const auto check = [&failures](bool good, const char *what) {
        if (!good) {
            std::cout << "wrong: " << what << '\n';
            failures++;
        }
    };

    const osv::memory_stats stats = osv::get_memory_stats();
    check(stats.total > 0 && stats.free > 0 && stats.free < stats.total, "memory figures");
    check(!osv::wait_memory_pressure(std::chrono::milliseconds(5)), "pressure without cause");
    {
        osv::pressure_listener listener([] {}, std::chrono::milliseconds(5));
    }

    check(osv::wait_net_configured(osv::ip::v4, std::chrono::seconds(15)), "an IPv4 address");
    bool loopback = false, outside = false;
    for (const osv::net_interface &i : osv::get_net_interfaces())
        for (const osv::net_address &a : i.addresses()) {
            loopback |= i.loopback() && i.up() && a.text() == "127.0.0.1" && a.prefix_length() == 8;
            outside |=
                !i.loopback() && i.link() && i.dhcp() && a.family() == osv::ip::v4 && a.text() == "10.0.2.15";
        }
    check(loopback, "loopback");
    check(outside, "the address from DHCP");
    try {
        osv::wait_net_configured(static_cast<osv::ip>(AF_UNIX));
        check(false, "no exception");
    } catch (const std::system_error &error) {
        check(error.code() == std::errc::address_family_not_supported, "the errno of an exception");
    }
    std::cout << (failures == 0 ? "cxx ok\n" : "cxx failed\n");
    return failures != 0;
}
