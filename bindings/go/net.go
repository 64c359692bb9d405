// SPDX-License-Identifier: BSD-3-Clause

package osv

// #include <osv/net.h>
// #include <sys/socket.h>
import "C"

import (
	"net/netip"
	"time"
)

// Family is a version of IP.
type Family int

// The versions of IP.
const (
	IPv4 Family = C.AF_INET
	IPv6 Family = C.AF_INET6
)

// Interface is one interface as it was when asked. Addresses come with the length of their network prefix.
type Interface struct {
	Name                     string
	Index, MTU               int
	MAC                      [6]byte
	Up, Link, Loopback, DHCP bool
	Addresses                []netip.Prefix
}

func prefixOf(a *C.struct_osv_net_address) netip.Prefix {
	var bytes [16]byte
	for i := range bytes {
		bytes[i] = byte(a.bytes[i])
	}
	address := netip.AddrFrom16(bytes)
	if a.family == C.AF_INET {
		address = netip.AddrFrom4([4]byte{bytes[0], bytes[1], bytes[2], bytes[3]})
	}
	return netip.PrefixFrom(address, int(a.prefix_length))
}

func interfaceOf(raw *C.struct_osv_net_interface) Interface {
	out := Interface{
		Name: C.GoString(&raw.name[0]), Index: int(raw.index), MTU: int(raw.mtu),
		Up: raw.flags&C.OSV_NET_UP != 0, Link: raw.flags&C.OSV_NET_LINK != 0,
		Loopback: raw.flags&C.OSV_NET_LOOPBACK != 0, DHCP: raw.flags&C.OSV_NET_DHCP != 0,
	}
	for i := range out.MAC {
		out.MAC[i] = byte(raw.mac[i])
	}
	for i := 0; i < int(raw.address_count); i++ {
		out.Addresses = append(out.Addresses, prefixOf(&raw.addresses[i]))
	}
	return out
}

// Interfaces returns all interfaces, loopback too. It does not wait for addresses.
func Interfaces() ([]Interface, error) {
	raw := make([]C.struct_osv_net_interface, 4)
	for {
		n, err := C.osv_net_get_interfaces(&raw[0], C.size_t(len(raw)), C.sizeof_struct_osv_net_interface)
		if n < 0 {
			return nil, err
		}
		if int(n) > len(raw) {
			raw = make([]C.struct_osv_net_interface, int(n))
			continue
		}
		var out []Interface
		for i := range raw[:n] {
			out = append(out, interfaceOf(&raw[i]))
		}
		return out, nil
	}
}

// WaitConfigured sleeps until others can reach us by family (true) or the limit passed (false). A negative limit is none.
// Without a network device the error is syscall.ENODEV.
func WaitConfigured(family Family, limit time.Duration) (bool, error) {
	r, err := C.osv_net_wait_configured(C.int(family), C.int(timeoutMs(limit)))
	if r < 0 {
		return false, err
	}
	return r != 0, nil
}
