// SPDX-License-Identifier: BSD-3-Clause

package osv

// #include <osv/memory.h>
import "C"

import "time"

// MemoryStats is in bytes, unless the name says otherwise.
type MemoryStats struct {
	Total, Free, Image, Metadata, KernelTables, KernelObjects, PageCache uint64
	Resident, PeakResident, Mapped                                       uint64
	WritableExecutablePages                                              uint64
}

// ReadMemoryStats returns the figures of now.
func ReadMemoryStats() (MemoryStats, error) {
	var s C.struct_osv_memory_stats
	if r, err := C.osv_memory_get_stats(&s, C.sizeof_struct_osv_memory_stats); r < 0 {
		return MemoryStats{}, err
	}
	return MemoryStats{
		Total: uint64(s.total), Free: uint64(s.free), Image: uint64(s.image), Metadata: uint64(s.metadata),
		KernelTables: uint64(s.kernel_tables), KernelObjects: uint64(s.kernel_objects), PageCache: uint64(s.page_cache),
		Resident: uint64(s.resident), PeakResident: uint64(s.peak_resident), Mapped: uint64(s.mapped),
		WritableExecutablePages: uint64(s.writable_executable_pages),
	}, nil
}

// WaitMemoryPressure sleeps until the kernel had to give up caches (true) or the limit passed (false). A negative limit is none.
// Each event is reported to one caller. The error may be syscall.EINTR.
func WaitMemoryPressure(limit time.Duration) (bool, error) {
	r, err := C.osv_memory_wait_pressure(C.int(timeoutMs(limit)))
	if r < 0 {
		return false, err
	}
	return r != 0, nil
}
