#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Two tap devices in a network namespace of their own: SLAAC from a router of this test, DHCP from dnsmasq, a fixed address, ping, UDP and TCP of both
families over both interfaces, and a cable pulled in the middle of a transfer."""
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.join(os.environ["OSV_PREFIX"], "bin")
BYTES = 12 << 20
failures = 0


def check(what, ok, detail=""):
    global failures
    print(("ok: " if ok else "FAILED: ") + what + ("" if ok else f" {detail}"))
    failures += not ok


def skip(why):
    print(f"skipped: {why}")
    sys.exit(0)


def enter_namespace():
    """Start again inside a namespace where nothing but loopback exists."""
    if os.environ.get("OSV_TAP_INSIDE"):
        return
    for tool in ("unshare", "ip", "dnsmasq"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    probe = subprocess.run(["unshare", "-n", "ip", "tuntap", "add", "t0", "mode", "tap"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        skip("this user may not make a network namespace with a tap device; run as root: " + probe.stderr.strip())
    os.execvpe("unshare", ["unshare", "-n", sys.executable, os.path.abspath(__file__)], dict(os.environ, OSV_TAP_INSIDE="1"))


def make_taps():
    for command in ("ip link set lo up", "ip tuntap add t0 mode tap", "ip tuntap add t1 mode tap", "ip addr add 10.7.0.1/24 dev t0",
                    "ip addr add 10.8.0.1/24 dev t1", "ip addr add fd07::1/64 dev t0 nodad", "ip link set t0 up", "ip link set t1 up"):
        subprocess.run(command.split(), check=True)


def advertise(stop):
    """A router: an advertisement with prefix fd07::/64, when asked and each second."""
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
    prefix = struct.pack("!BBBBIII16s", 3, 4, 64, 0xc0, 3600, 3600, 0, socket.inet_pton(socket.AF_INET6, "fd07::"))
    message = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix
    where = ("ff02::1", 0, 0, socket.if_nametoindex("t0"))
    while not stop.wait(0.5):
        try:
            s.sendto(message, where)
        except OSError:
            pass  # no cable yet


def pattern(n):
    return bytes(i * 7 >> 5 & 255 for i in range(4096)) * (n // 4096)


def udp(address):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        for _ in range(30):
            try:
                s.sendto(b"datagram", (address, 7))
                return s.recv(100) == b"datagram"
            except OSError:
                time.sleep(0.2)
    return False


def ping(address):
    v6 = ":" in address
    body = struct.pack("!HH", os.getpid() & 0xffff, 1) + b"echo" * 8
    request = struct.pack("!BBH", 128 if v6 else 8, 0, 0) + body
    if not v6:  # the kernel sums ICMPv6 only
        total = sum(struct.unpack(f"!{len(request) // 2}H", request))
        total = (total & 0xffff) + (total >> 16)
        request = request[:2] + struct.pack("!H", ~(total + (total >> 16)) & 0xffff) + body
    with socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMPV6 if v6 else socket.IPPROTO_ICMP) as s:
        s.settimeout(20)
        s.sendto(request, (address, 0))
        while True:
            try:
                answer, who = s.recvfrom(1000)
            except OSError:
                return False
            if who[0] == address and answer.endswith(body) and answer[0 if v6 else 20] == (129 if v6 else 0):
                return True


def tcp(address, n, middle=None):
    """Sends n bytes and compares what comes back; @middle runs when half of them are back, while reading goes on: a peer that
    waits for room could not tell what it sees."""
    data = pattern(n)
    with socket.create_connection((address, 7), timeout=60) as s:
        sender = threading.Thread(target=lambda: (s.sendall(data), s.shutdown(socket.SHUT_WR)))
        sender.start()
        got = bytearray()
        other = threading.Thread(target=middle) if middle else None
        while piece := s.recv(65536):
            got += piece
            if other and not other.ident and len(got) > n // 2:
                other.start()
        sender.join()
        if other:
            other.join()
    return bytes(got) == data


class Guest:
    def __init__(self, image, machine, scratch):
        self.monitor_path = os.path.join(scratch, machine)
        self.process = subprocess.Popen(
            [os.path.join(BIN, "osv"), "run", "--accel", "tcg", "--timeout", "100", "--machine", machine, "--net", "tap:t0", "--net", "tap:t1",
             "--qemu-arg=-monitor", f"--qemu-arg=unix:{self.monitor_path},server=on,wait=off",
             "--kernel-option=--ip=eth0,10.7.0.2,255.255.255.0", "--kernel-option=--defaultgw=10.7.0.1", image],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def line(self):
        return self.process.stdout.readline().strip()

    def command(self, text):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(20)
            s.connect(self.monitor_path)
            seen = b""
            while not seen.endswith(b"(qemu) "):
                seen += s.recv(1000)
            s.sendall(text.encode() + b"\n")
            seen = b""
            while not seen.endswith(b"(qemu) "):
                seen += s.recv(1000)


def events(guest, wanted):
    """Skips lines until @wanted comes (other interfaces come up meanwhile)."""
    while line := guest.line():
        if line == wanted:
            return True
    return False


def exercise(image, machine, scratch):
    guest = Guest(image, machine, scratch)
    check(f"{machine}: the guest starts", guest.line() == "ready")
    v6 = "fd07::5054:ff:fe12:3456"
    addresses = {"10.7.0.2": "fixed", "10.8.0.50": "DHCP", v6: "SLAAC"}
    for address, how in addresses.items():
        check(f"{machine}: UDP to the {how} address", udp(address))
        check(f"{machine}: TCP to the {how} address", tcp(address, 256 << 10))
        check(f"{machine}: ping of the {how} address", ping(address))

    def pull():
        guest.command("set_link net0 off")
        check(f"{machine}: the guest sees the cable go", events(guest, "eth0 no carrier"))
        guest.command("set_link net0 on")
        check(f"{machine}: the guest sees the cable come", events(guest, "eth0 carrier"))

    check(f"{machine}: a transfer survives", tcp("10.7.0.2", BYTES, pull))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"quit", ("10.7.0.2", 7))
    check(f"{machine}: the guest ends", guest.process.wait(60) == 0)


def main():
    enter_namespace()
    make_taps()
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as scratch:
        image = os.path.join(scratch, "peer.elf")
        subprocess.run([os.path.join(BIN, "osv-cc"), "-O2", os.path.join(HERE, "devices", "peer.c"), "-o", image], check=True)
        dns = subprocess.Popen(["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=t1", "--bind-interfaces", "--user=root",
                                "--dhcp-range=10.8.0.50,10.8.0.50,255.255.255.0", "--dhcp-leasefile=" + os.path.join(scratch, "leases"), "--pid-file",
                                "--dhcp-authoritative", "--no-ping", "--log-facility=" + os.path.join(scratch, "log")])
        threading.Thread(target=advertise, args=(stop,), daemon=True).start()
        try:
            for machine in ("microvm", "q35"):
                exercise(image, machine, scratch)
        finally:
            stop.set()
            dns.terminate()
            dns.wait()
    sys.exit(1 if failures else 0)


main()
