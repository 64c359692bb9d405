// SPDX-License-Identifier: BSD-3-Clause
// <osv/net.h> for C++: the interfaces as values, and waiting for an address.
#pragma once

#include <osv/error.hpp>
#include <osv/net.h>

#include <arpa/inet.h>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace osv
{

enum class ip { v4 = AF_INET, v6 = AF_INET6 };

/** class net_address - an address with its prefix length. */
class net_address
{
  public:
    explicit net_address(const ::osv_net_address &raw) : raw_(raw) {}
    ip family() const { return raw_.family == AF_INET ? ip::v4 : ip::v6; }
    unsigned prefix_length() const { return raw_.prefix_length; }
    /** text - "192.0.2.1" or "2001:db8::1", without the prefix length. */
    std::string text() const
    {
        char buffer[INET6_ADDRSTRLEN];
        const char *name = inet_ntop(raw_.family, raw_.bytes, buffer, sizeof(buffer));
        return name != nullptr ? name : "";
    }

  private:
    ::osv_net_address raw_;
};

/** class net_interface - one interface as it was when asked. */
class net_interface
{
  public:
    explicit net_interface(const ::osv_net_interface &raw) : raw_(raw) {}
    std::string name() const { return raw_.name; }
    unsigned index() const { return raw_.index; }
    unsigned mtu() const { return raw_.mtu; }
    bool up() const { return (raw_.flags & OSV_NET_UP) != 0; }
    bool link() const { return (raw_.flags & OSV_NET_LINK) != 0; }
    bool loopback() const { return (raw_.flags & OSV_NET_LOOPBACK) != 0; }
    bool dhcp() const { return (raw_.flags & OSV_NET_DHCP) != 0; }
    std::vector<net_address> addresses() const
    {
        std::vector<net_address> out;
        for (unsigned i = 0; i < raw_.address_count; i++)
            out.emplace_back(raw_.addresses[i]);
        return out;
    }

  private:
    ::osv_net_interface raw_;
};

/** get_net_interfaces - all of them, loopback too. Throws std::system_error. */
inline std::vector<net_interface> get_net_interfaces()
{
    std::vector<::osv_net_interface> raw(4);
    for (;;) {
        const auto n = static_cast<std::size_t>(detail::check(
            osv_net_get_interfaces(raw.data(), raw.size(), sizeof(raw[0])), "osv_net_get_interfaces"));
        const bool complete = n <= raw.size();
        raw.resize(n);
        if (complete)
            return std::vector<net_interface>(raw.begin(), raw.end());
    }
}

/** wait_net_configured - true: others can reach us by @family; false: @limit passed. Throws
 * std::system_error, ENODEV without a device. */
inline bool wait_net_configured(ip family = ip::v4, std::chrono::milliseconds limit = no_limit)
{
    return detail::wait(limit, "osv_net_wait_configured", [family](int timeout_ms) {
        return osv_net_wait_configured(static_cast<int>(family), timeout_ms);
    });
}

} // namespace osv
