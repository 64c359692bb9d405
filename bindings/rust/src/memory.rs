// SPDX-License-Identifier: BSD-3-Clause
//! Memory of the machine: figures, and hearing that it runs short.

use std::io;
use std::time::Duration;

/// Bytes, unless the name says otherwise; `struct osv_memory_stats`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Stats {
    pub total: u64,
    pub free: u64,
    pub image: u64,
    pub metadata: u64,
    pub kernel_tables: u64,
    pub kernel_objects: u64,
    pub page_cache: u64,
    pub resident: u64,
    pub peak_resident: u64,
    pub mapped: u64,
    pub writable_executable_pages: u64,
}

extern "C" {
    fn osv_memory_get_stats(out: *mut Stats, size: usize) -> i32;
    fn osv_memory_wait_pressure(timeout_ms: i32) -> i32;
}

/// The figures of now.
pub fn stats() -> io::Result<Stats> {
    let mut out = Stats::default();
    // SAFETY: `out` is valid for writes of the size given, and any bytes are a valid `Stats`.
    crate::check(unsafe { osv_memory_get_stats(&mut out, std::mem::size_of::<Stats>()) })?;
    Ok(out)
}

/// Sleeps until the kernel had to give up caches: `true`; or until the limit: `false`. Each event is reported to one caller.
pub fn wait_pressure(limit: Option<Duration>) -> io::Result<bool> {
    // SAFETY: takes no pointers.
    Ok(crate::check(unsafe { osv_memory_wait_pressure(crate::timeout_ms(limit)) })? != 0)
}
