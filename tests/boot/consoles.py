#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""virtio-console: as the guest's only console on each machine, as a second port, and refused by an image without the driver."""
import os
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.join(os.environ["OSV_PREFIX"], "bin")
RUN = [os.path.join(BIN, "osv"), "run", "--accel", "tcg", "--timeout", "60"]
failures = 0


def check(what, got, wanted):
    global failures
    if got != wanted:
        failures += 1
        print(f"FAILED: {what}: {got!r} instead of {wanted!r}")
    else:
        print(f"ok: {what}")


def only_console(image, machine):
    result = subprocess.run(RUN + ["--machine", machine, "--console", "virtio", image], input=b"a line\n", capture_output=True, timeout=90)
    check(f"the only console of {machine}", (result.returncode, result.stdout), (7, b"hello\ngot a line\n"))


def read_line(connection):
    line = b""
    while not line.endswith(b"\n"):
        piece = connection.recv(1)
        if not piece:
            break
        line += piece
    return line


def second_port(image, machine, scratch):
    path = os.path.join(scratch, machine)
    bus = "virtio-serial-device" if machine == "microvm" else "virtio-serial-pci"
    words = ["-chardev", f"socket,id=s,path={path}", "-device", bus, "-device", "virtconsole,chardev=s"]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        listener.settimeout(60)
        guest = subprocess.Popen(RUN + ["--machine", machine] + ["--qemu-arg=" + w for w in words] + [image, "--", "/dev/hvc0"],
                                 stdin=subprocess.DEVNULL)
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(60)
            lines = [read_line(connection)]
            connection.sendall(b"another\n")
            lines += [read_line(connection), read_line(connection)]  # the terminal's echo, and the answer
        check(f"a second port of {machine}", (guest.wait(90), lines), (7, [b"hello\r\n", b"another\r\n", b"got another\r\n"]))


def main():
    with tempfile.TemporaryDirectory() as scratch:
        image, without = os.path.join(scratch, "port.elf"), os.path.join(scratch, "without.elf")
        compile_it = [os.path.join(BIN, "osv-cc"), "-O2", os.path.join(HERE, "devices", "port.c"), "-o"]
        subprocess.run(compile_it + [image, "-u", "osv_virtio_console"], check=True)
        subprocess.run(compile_it + [without], check=True)
        for machine in ("microvm", "pc", "q35"):
            only_console(image, machine)
            second_port(image, machine, scratch)
        source = os.path.join(scratch, "net.c")
        with open(source, "w", encoding="ascii") as f:
            f.write("#include <stdio.h>\n#include <sys/socket.h>\nint main(void) { return puts(\"net\") < 0 || socket(AF_INET, SOCK_DGRAM, 0) < 0; }\n")
        subprocess.run(compile_it[:2] + [source, "-o", source + ".elf"], check=True)
        result = subprocess.run(RUN + ["--console", "virtio", source + ".elf"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90)
        check("an image with sockets has the driver", (result.returncode, result.stdout), (0, "net\n"))
        result = subprocess.run(RUN + ["--console", "virtio", without], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        check("an image without the driver is refused", (result.returncode, "-u osv_virtio_console" in result.stderr), (125, True))
    sys.exit(1 if failures else 0)


main()
