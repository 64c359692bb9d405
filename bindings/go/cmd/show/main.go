// SPDX-License-Identifier: BSD-3-Clause

// The package at work: prints "go ok", or what is wrong.
package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"osv"
)

func check(good bool, what ...any) {
	if !good {
		fmt.Println(append([]any{"wrong:"}, what...)...)
		os.Exit(1)
	}
}

func main() {
	stats, err := osv.ReadMemoryStats()
	check(err == nil && stats.Free > 0 && stats.Free < stats.Total, stats, err)
	pressed, err := osv.WaitMemoryPressure(5 * time.Millisecond)
	check(!pressed && (err == nil || errors.Is(err, syscall.EINTR)), "pressure", pressed, err)

	configured, err := false, error(syscall.EINTR)
	for errors.Is(err, syscall.EINTR) { // Go's run time sends itself signals
		configured, err = osv.WaitConfigured(osv.IPv4, 15*time.Second)
	}
	check(configured && err == nil, "configured", configured, err)
	all, err := osv.Interfaces()
	loopback, outside := false, false
	for _, i := range all {
		for _, a := range i.Addresses {
			loopback = loopback || i.Loopback && i.Up && a.String() == "127.0.0.1/8"
			outside = outside || !i.Loopback && i.Link && i.DHCP && a.String() == "10.0.2.15/24"
		}
	}
	check(err == nil && loopback && outside, all, err)
	_, err = osv.WaitConfigured(1, 0)
	check(err == syscall.EAFNOSUPPORT, "errno", err)
	fmt.Println("go ok")
}
