// SPDX-License-Identifier: BSD-3-Clause
//! The crate at work: prints "rust ok", or panics.
use osv::{memory, net};
use std::time::Duration;

fn main() -> std::io::Result<()> {
    let stats = memory::stats()?;
    assert!(stats.free > 0 && stats.free < stats.total, "{stats:?}");
    assert!(!memory::wait_pressure(Some(Duration::from_millis(5)))?);

    assert!(net::wait_configured(
        net::Family::V4,
        Some(Duration::from_secs(15))
    )?);
    let all = net::interfaces()?;
    let has = |i: &net::Interface, text: &str| i.addresses.iter().any(|a| a.ip.to_string() == text);
    assert!(
        all.iter()
            .any(|i| i.loopback && i.up && has(i, "127.0.0.1")),
        "{all:?}"
    );
    assert!(
        all.iter()
            .any(|i| !i.loopback && i.link && i.dhcp && has(i, "10.0.2.15")),
        "{all:?}"
    );
    println!("rust ok");
    Ok(())
}
