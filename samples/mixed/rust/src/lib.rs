// SPDX-License-Identifier: BSD-3-Clause
//! The Rust part: threads and a panic.
use std::thread;

extern "C" {
    fn mixed_square(n: i32) -> i32;
}

#[no_mangle]
pub extern "C" fn rust_sum_of_squares(n: i32) -> i32 {
    // SAFETY: any number will do, from any thread.
    let threads: Vec<_> = (1..=n)
        .map(|i| thread::spawn(move || unsafe { mixed_square(i) }))
        .collect();
    threads.into_iter().map(|t| t.join().unwrap_or(0)).sum()
}

#[no_mangle]
pub extern "C" fn rust_catches() -> i32 {
    std::panic::set_hook(Box::new(|_| {}));
    i32::from(std::panic::catch_unwind(|| panic!("to be caught")).is_err())
}
