# SPDX-License-Identifier: BSD-3-Clause
"""Rows of unmodified programs: the same files under OSv's loader kernel and under Linux, in instructions from reset to power-off."""
import os
import shlex
import shutil
import subprocess

LOOP = "s=0\nfor i in range(300000):\n    s+=i*i%7\n"


def programs(work):
    """(row, memory, command); the loop's start is the row before it."""
    with open(f"{work}/hello.c", "w") as source:
        source.write('#include <stdio.h>\nint main(void) { puts("Hello, world!"); return 0; }\n')
    subprocess.run(["gcc", "-O2", f"{work}/hello.c", "-o", f"{work}/hello-dynamic"], check=True)
    with open(f"{work}/loop.py", "w") as script:
        script.write(LOOP)
    rows = [("dynamic glibc hello", "256M", [f"{work}/hello-dynamic"]), ("python3 -c pass", "512M", ["/usr/bin/python3", "-c", "pass"]),
            ("python3, 300,000 turns", "512M", ["/usr/bin/python3", f"{work}/loop.py"]),
            ("node -e 0", "1024M", ["/usr/bin/node", "-e", "0"]), ("java -version", "1024M", ["/usr/bin/java", "-version"])]
    return [row for row in rows if shutil.which(row[2][0])]


def plan(build, memory, command):
    """What `osv run` would boot: kernel, archive, kernel command line."""
    words = shlex.split(subprocess.run([f"{build}/prefix/bin/osv", "run", "--accel", "tcg", "--net", "none", "-m", memory, "--dry-run",
                                        "--linker", "system", *command], check=True, capture_output=True, text=True,
                                       stdin=subprocess.DEVNULL).stdout)
    return tuple(words[words.index(name) + 1] for name in ("-kernel", "-initrd", "-append"))


def guests(bench, work, build, linux, memory, command):
    kernel, archive, append = plan(build, memory, command)
    both = f"{work}/both.cpio"
    with open(both, "wb") as out:
        for part in (archive, f"{work}/foreign-init.cpio"):
            with open(part, "rb") as data:
                shutil.copyfileobj(data, out)
            out.write(b"\0" * (-out.tell() % 512))
    ours = bench.Guest("OSv", kernel, append, archive)
    theirs = bench.Guest("Linux guest", linux, "console=ttyS0 reboot=t quiet mitigations=off rdinit=/init -- " + " ".join(command), both,
                         bench.LINUX_MACHINE)
    return ours, theirs, archive


def count_row(bench, work, build, linux, memory, command):
    ours, theirs, archive = guests(bench, work, build, linux, memory, command)
    try:
        return [bench.instructions(work, guest, "max", memory) for guest in (ours, theirs)]
    finally:
        os.unlink(archive)


def smallest(bench, work, build):
    """The least memory for a dynamic hello, in MiB."""
    kernel, archive, append = plan(build, "256M", [f"{work}/hello-dynamic"])
    try:
        return bench.smallest_memory(bench.Guest("OSv", kernel, append, archive), 2, 64), os.path.getsize(archive) >> 10
    finally:
        os.unlink(archive)


def foreign_table(bench, work, build, linux):
    rows, pair_before = [], None
    for name, memory, command in programs(work):
        print(f"# counting: {name}", flush=True)
        pair = count_row(bench, work, build, linux, memory, command)
        rows.append([name, *[bench.cell(n) for n in pair], bench.ratio(*pair)])
        if "turns" in name and pair_before and None not in pair + pair_before:
            loop = [now - start for now, start in zip(pair, pair_before)]
            rows.append(["  of that, the turns", *[bench.cell(n) for n in loop], bench.ratio(*loop)])
        pair_before = pair
    bench.table("unmodified programs, reset to power-off (-M microvm, 1 CPU, TCG): instructions",
                ["program", "OSv", "Linux guest", "OSv / Linux"], rows)
    least, kib = smallest(bench, work, build)
    print(f"\ndynamic glibc hello: smallest -m {bench.cell(least)} MiB, of which its files {kib} KiB (goal: 5 MiB)")
