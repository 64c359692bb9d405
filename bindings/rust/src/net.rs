// SPDX-License-Identifier: BSD-3-Clause
//! Network of the machine: its interfaces, and waiting for an address.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct RawAddress {
    family: u16,
    prefix_length: u8,
    reserved: u8,
    bytes: [u8; 16],
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct RawInterface {
    name: [u8; 16],
    index: u32,
    flags: u32,
    mtu: u32,
    mac: [u8; 6],
    address_count: u16,
    addresses: [RawAddress; 8],
}

extern "C" {
    fn osv_net_get_interfaces(out: *mut RawInterface, count: usize, size: usize) -> i32;
    fn osv_net_wait_configured(family: i32, timeout_ms: i32) -> i32;
}

/// Which version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    V4,
    V6,
}

/// An address with the length of its network prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    pub ip: IpAddr,
    pub prefix_length: u8,
}

/// One interface as it was when asked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Interface {
    pub name: String,
    pub index: u32,
    pub mtu: u32,
    pub mac: [u8; 6],
    pub up: bool,
    pub link: bool,
    pub loopback: bool,
    pub dhcp: bool,
    pub addresses: Vec<Address>,
}

fn address(raw: &RawAddress) -> Option<Address> {
    let b = raw.bytes;
    let ip = match raw.family {
        AF_INET => IpAddr::V4(Ipv4Addr::new(b[0], b[1], b[2], b[3])),
        AF_INET6 => IpAddr::V6(Ipv6Addr::from(b)),
        _ => return None,
    };
    Some(Address {
        ip,
        prefix_length: raw.prefix_length,
    })
}

fn interface(raw: &RawInterface) -> Interface {
    let length = raw
        .name
        .iter()
        .position(|&c| c == 0)
        .unwrap_or(raw.name.len());
    Interface {
        name: String::from_utf8_lossy(&raw.name[..length]).into_owned(),
        index: raw.index,
        mtu: raw.mtu,
        mac: raw.mac,
        up: raw.flags & 1 != 0,
        link: raw.flags & 2 != 0,
        loopback: raw.flags & 4 != 0,
        dhcp: raw.flags & 8 != 0,
        addresses: raw
            .addresses
            .iter()
            .take(raw.address_count.into())
            .filter_map(address)
            .collect(),
    }
}

/// All interfaces, loopback too. Does not wait for addresses.
pub fn interfaces() -> io::Result<Vec<Interface>> {
    let mut raw = vec![RawInterface::default(); 4];
    loop {
        let room = raw.len();
        // SAFETY: `raw` holds `room` elements of the size given, and any bytes are a valid `RawInterface`.
        let n = crate::check(unsafe {
            osv_net_get_interfaces(raw.as_mut_ptr(), room, std::mem::size_of::<RawInterface>())
        })? as usize;
        raw.resize(n, RawInterface::default());
        if n <= room {
            return Ok(raw.iter().map(interface).collect());
        }
    }
}

/// Sleeps until others can reach us by `family`: `true`; or until the limit: `false`. An error without a network device.
pub fn wait_configured(family: Family, limit: Option<Duration>) -> io::Result<bool> {
    let family = match family {
        Family::V4 => AF_INET,
        Family::V6 => AF_INET6,
    };
    // SAFETY: takes no pointers.
    Ok(
        crate::check(unsafe { osv_net_wait_configured(family.into(), crate::timeout_ms(limit)) })?
            != 0,
    )
}
