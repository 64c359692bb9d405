#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Load over a tap device in a network namespace: many idle connections in little memory, many connections one after another with the memory back, and a flood
of half-open ones that the server survives. Counts come from OSV_TEST_IDLE, OSV_TEST_CONNECTS and OSV_TEST_SYNS."""
import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.join(os.environ["OSV_PREFIX"], "bin")
IDLE = int(os.environ.get("OSV_TEST_IDLE", "1000"))
CONNECTS = int(os.environ.get("OSV_TEST_CONNECTS", "1000"))
SYNS = int(os.environ.get("OSV_TEST_SYNS", "2000"))
GUEST = ("10.7.0.2", 7)
failures = 0


def check(what, ok, detail=""):
    global failures
    print(("ok: " if ok else "FAILED: ") + what + f" {detail}", flush=True)
    failures += not ok


def enter_namespace():
    if os.environ.get("OSV_TAP_INSIDE"):
        return
    why = [f"{tool} is not installed" for tool in ("unshare", "ip") if not shutil.which(tool)]
    if not why:
        probe = subprocess.run(["unshare", "-n", "ip", "tuntap", "add", "t0", "mode", "tap"], capture_output=True, text=True, check=False)
        why = ["this user may not make a network namespace with a tap device; run as root: " + probe.stderr.strip()] if probe.returncode else []
    if why:
        print("skipped: " + why[0])
        sys.exit(0)
    os.execvpe("unshare", ["unshare", "-n", sys.executable, os.path.abspath(__file__)], dict(os.environ, OSV_TAP_INSIDE="1"))


def ask():
    """Open connections of the server, free KiB of the guest."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        for _ in range(30):
            try:
                s.sendto(b"info", GUEST)
                n, free = s.recv(100).split()
                return int(n), int(free)
            except OSError:
                time.sleep(0.1)
    raise SystemExit("FAILED: the guest does not answer")


def wait_open(wanted):
    for _ in range(200):
        n, free = ask()
        if n == wanted:
            break
        time.sleep(0.1)
    return n, free


def echo(s, text):
    s.sendall(text)
    got = b""
    while len(got) < len(text):
        piece = s.recv(100)
        if not piece:
            return False
        got += piece
    return got == text


def idle_connections():
    _, before = ask()
    connections = [socket.create_connection(GUEST, timeout=60) for _ in range(IDLE)]
    n, during = wait_open(IDLE)
    check(f"{IDLE} connections are open", n == IDLE, f"{n}, {(before - during) / IDLE:.2f} KiB each")
    check("each hundredth one still answers", all(echo(s, b"still here") for s in connections[::100]))
    for s in connections:
        s.close()
    n, after = wait_open(0)
    check("all are closed", n == 0, f"{n}; {before - after} KiB less free than before")


def connect_and_close(n):
    errors = 0
    for _ in range(n):
        try:
            with socket.create_connection(GUEST, timeout=20) as s:
                errors += not echo(s, b"x")
        except OSError:
            errors += 1
    return errors


def many_connects():
    """The guest's side closes second, so nothing is left in TIME-WAIT there. The first round warms the allocators up."""
    errors = connect_and_close(max(CONNECTS // 10, 300))
    _, before = wait_open(0)
    errors += connect_and_close(CONNECTS)
    n, after = wait_open(0)
    check(f"{CONNECTS} connects and closes", errors == 0 and n == 0, f"{errors} errors")
    # The slabs of the kernel may be filled differently: a small leak of 64 bytes a connection would show as a multiple of this.
    check("memory is back", before - after < 256 + CONNECTS // 100, f"{before - after} KiB less free")


def flood():
    """SYNs from addresses that never answer."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    s.bind(("t0", 0))
    source_mac = s.getsockname()[4]

    def total(data):
        n = sum(struct.unpack(f"!{len(data) // 2}H", data))
        n = (n & 0xffff) + (n >> 16)
        return ~((n & 0xffff) + (n >> 16)) & 0xffff

    _, before = ask()
    for i in range(SYNS):
        source = struct.pack("!BBH", 10, 7, 256 + i % 60000)
        dest = bytes([10, 7, 0, 2])
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 40, i & 0xffff, 0, 64, 6, 0) + source + dest
        ip = ip[:10] + struct.pack("!H", total(ip)) + ip[12:]
        tcp = struct.pack("!HHIIBBHHH", 1024 + i % 50000, 7, i * 7919 & 0xffffffff, 0, 0x50, 2, 65535, 0, 0)
        tcp = tcp[:16] + struct.pack("!H", total(source + dest + struct.pack("!HH", 6, 20) + tcp)) + tcp[18:]
        s.send(bytes.fromhex("525400123456") + source_mac + b"\x08\x00" + ip + tcp)
    s.close()
    _, during = ask()
    errors = connect_and_close(20)
    check(f"a client is served after {SYNS} half-open connections", errors == 0, f"{errors} errors, {before - during} KiB taken by them")


def main():
    enter_namespace()
    resource.setrlimit(resource.RLIMIT_NOFILE, (IDLE + 200, IDLE + 200))
    for command in ("ip link set lo up", "ip tuntap add t0 mode tap", "ip addr add 10.7.0.1/16 dev t0", "ip link set t0 up"):
        subprocess.run(command.split(), check=True)
    for name, value in (("net/ipv4/ip_local_port_range", "1024 65000"), ("net/ipv4/tcp_tw_reuse", "1")):
        with open("/proc/sys/" + name, "w") as f:
            f.write(value)
    subprocess.run(["ip", "link", "set", "t0", "txqueuelen", "10000"], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        image = os.path.join(scratch, "many.elf")
        subprocess.run([os.path.join(BIN, "osv-cc"), "-O2", os.path.join(HERE, "devices", "many.c"), "-o", image], check=True)
        guest = subprocess.Popen([os.path.join(BIN, "osv"), "run", "--accel", "tcg", "--timeout", "550", "-m", "64M", "--net", "tap:t0",
                                  "--kernel-option=--ip=eth0,10.7.0.2,255.255.0.0", image], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        check("the guest starts", guest.stdout.readline() == "ready\n")
        idle_connections()
        many_connects()
        flood()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"quit", GUEST)
        check("the guest ends", guest.wait(60) == 0)
    sys.exit(1 if failures else 0)


main()
