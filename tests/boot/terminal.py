#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`osv run` on a terminal: echo, end of file, ^C, the escape, an interactive shell with job control."""
import os
import pty
import select
import subprocess
import sys
import time

prefix, scratch = os.environ.pop("OSV_PREFIX"), os.environ["OSV_TEST_TMP"]
osv = f"{prefix}/bin/osv"
cat = f"{scratch}/cat.elf"
failures = 0


def read_until(fd, wanted, limit=30.0):
    """Everything printed until @wanted, or until the end if it is None."""
    out, deadline = b"", time.monotonic() + limit
    while time.monotonic() < deadline and (wanted is None or wanted not in out):
        if select.select([fd], [], [], 0.2)[0]:
            try:
                piece = os.read(fd, 4096)
            except OSError:
                break
            if not piece:
                break
            out += piece
    return out


def check(name, command, steps, status):
    """@steps: (what to wait for, what to type then)."""
    global failures
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(osv, [osv, "run", "--accel", "tcg", "--timeout", "60"] + command)
    out = b""
    for wanted, keys in steps:
        out += read_until(fd, wanted)
        os.write(fd, keys)
    out += read_until(fd, None)
    got = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if got != status:
        failures += 1
        print(f"FAILED: {name}: status {got}, expected {status}; printed {out!r}")


with open(f"{scratch}/cat.c", "w") as source:
    source.write('#include <stdio.h>\nint main(void) { int c; puts("ready"); while ((c = getchar()) != EOF) putchar(c); return 42; }\n')
subprocess.run([f"{prefix}/bin/osv-cc", f"{scratch}/cat.c", "-o", cat], check=True)
check("end of file", [cat], [(b"ready", b"abc\r"), (b"abc\r\r\nabc", b"\x04")], 42)
check("interrupt", [cat], [(b"ready", b"abc\x03")], 130)
check("escape", [cat], [(b"ready", b"\x1d\x1d\x1d")], 143)
if os.path.exists(f"{prefix}/lib/x86_64/{os.environ.get('OSV_PRESET', 'release')}/osv-loader.elf"):
    check("shell", ["/bin/bash", "--norc", "-i"], [(b"# ", b"echo $((6*7))\r"), (b"42", b"exit 5\r")], 5)
sys.exit(failures != 0)
