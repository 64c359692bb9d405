// SPDX-License-Identifier: BSD-3-Clause
//! What an OSv image can ask of its kernel. Safe wrappers over `<osv/memory.h>` and `<osv/net.h>`; no dependencies.
//!
//! Programs that use it link only as OSv images: the functions below are the kernel's.

pub mod memory;
pub mod net;

use std::io;
use std::time::Duration;

/// Milliseconds as the C functions take them: -1 for no limit, rounded up.
fn timeout_ms(limit: Option<Duration>) -> i32 {
    match limit {
        None => -1,
        Some(limit) => {
            let ms = (limit.as_nanos() + 999_999) / 1_000_000;
            i32::try_from(ms).unwrap_or(i32::MAX)
        }
    }
}

fn check(result: i32) -> io::Result<i32> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}
