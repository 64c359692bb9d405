#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""virtio-net and virtio-rng behind every transport and interrupt kind that QEMU can build: a TCP exchange with an echo server of this test."""
import os
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
OSV = os.path.join(os.environ["OSV_PREFIX"], "bin", "osv")
BYTES = 200000
NET = "virtio-net-pci,netdev=n0,romfile="
RNG = "virtio-rng-pci"

# Name: QEMU machine, and what QEMU gets besides.
MACHINES = {
    "microvm": ("microvm", ["-device", "virtio-net-device,netdev=n0", "-device", "virtio-rng-device"]),
    "microvm, legacy registers": ("microvm", ["-global", "virtio-mmio.force-legacy=true", "-device", "virtio-net-device,netdev=n0",
                                              "-device", "virtio-rng-device"]),
    "pc": ("pc", ["-device", NET, "-device", RNG]),
    "pc, legacy": ("pc", ["-device", NET + ",disable-modern=on", "-device", RNG + ",disable-modern=on"]),
    "pc, legacy, line": ("pc", ["-device", NET + ",disable-modern=on,vectors=0", "-device", RNG + ",disable-modern=on,vectors=0"]),
    "pc, modern only, line": ("pc", ["-device", NET + ",disable-legacy=on,vectors=0", "-device", RNG + ",disable-legacy=on,vectors=0"]),
    "pc, two vectors": ("pc", ["-device", NET + ",vectors=2", "-device", RNG + ",vectors=1"]),
    "pc, behind a bridge": ("pc", ["-device", "pci-bridge,chassis_nr=1,id=b1", "-device", NET + ",bus=b1,addr=3", "-device", RNG + ",bus=b1,addr=4,vectors=0"]),
    "q35": ("q35", ["-device", NET, "-device", RNG]),
    "q35, line": ("q35", ["-device", NET + ",vectors=0", "-device", RNG + ",vectors=0"]),
    "q35, root port": ("q35", ["-device", "pcie-root-port,id=r1,chassis=1", "-device", NET + ",bus=r1", "-device", "pcie-root-port,id=r2,chassis=2",
                               "-device", RNG + ",bus=r2"]),
    "q35, legacy": ("q35", ["-device", NET + ",disable-modern=on,disable-legacy=off", "-device", RNG + ",disable-modern=on,disable-legacy=off"]),
    "no offloads": ("q35", ["-device", NET + ",csum=off,guest_csum=off,gso=off,mrg_rxbuf=off,ctrl_vq=off,event_idx=off,indirect_desc=off",
                            "-device", RNG + ",event_idx=off,indirect_desc=off"]),
    "four queues": ("q35", ["-smp", "4", "-device", NET + ",mq=on,vectors=10", "-device", RNG]),
}


def serve(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            while data := connection.recv(65536):
                connection.sendall(data)


def run(image, port, machine, devices):
    command = [OSV, "run", "--accel", "tcg", "--timeout", "60", "--net", "none", "--machine", machine]
    for word in ["-netdev", "user,id=n0"] + devices:
        command += ["--qemu-arg", word]
    command += [image, "--", "10.0.2.2", str(port), str(BYTES)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90)


def main():
    wanted = sys.argv[1:] or list(MACHINES)
    failures = 0
    with tempfile.TemporaryDirectory() as scratch, socket.create_server(("127.0.0.1", 0)) as listener:
        image = os.path.join(scratch, "echo.elf")
        subprocess.run([os.path.join(os.path.dirname(OSV), "osv-cc"), "-O2", os.path.join(HERE, "devices", "echo.c"), "-o", image], check=True)
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        for name in wanted:
            result = run(image, listener.getsockname()[1], *MACHINES[name])
            if result.returncode != 0 or result.stdout != "devices work\n":
                failures += 1
                print(f"FAILED: {name}: status {result.returncode}\n{result.stdout}{result.stderr}")
            else:
                print(f"ok: {name}")
    sys.exit(1 if failures else 0)


main()
