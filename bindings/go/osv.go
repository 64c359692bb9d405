// SPDX-License-Identifier: BSD-3-Clause

// Package osv is what an OSv image can ask of its kernel: memory figures and pressure, network interfaces.
// It wraps <osv/memory.h> and <osv/net.h> through cgo, and links only as an OSv image: use `osv go build`.
package osv

import "time"

// timeoutMs is a limit as the C functions take it: negative means none; rounded up.
func timeoutMs(limit time.Duration) int64 {
	if limit < 0 {
		return -1
	}
	ms := int64(limit / time.Millisecond)
	if limit%time.Millisecond != 0 {
		ms++
	}
	if ms > 1<<31-1 {
		ms = 1<<31 - 1
	}
	return ms
}
