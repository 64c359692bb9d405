#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every name that the libc exports links and boots, and nothing is missing that programs for glibc import.

usage: exported_names.py PREFIX [--each]
Names are those that libosv.a defines and the host's glibc exports too. They are linked and booted in programs of 64 names;
with --each, in a program for each name (about ten minutes). Then the imports of libraries and programs of the host are
compared with what the archive defines: runtime libraries must find everything, for programs the table tells. What is missing
on purpose stands in MISSING, with the reason.
"""
import glob
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

GLIBC = "libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 libresolv.so.2 libutil.so.1 ld-linux-x86-64.so.2".split()
LIBRARY_DIR = "/lib/x86_64-linux-gnu"

# What programs of Debian's import and the libc does not have.
MISSING = {
    "GNU's own regular-expression calls; POSIX's regcomp() is there": """re_compile_pattern re_search re_set_syntax re_match
        re_search_2 re_match_2 re_set_registers re_compile_fastmap re_syntax_options""",
    "inner parts of glibc, used by its own libraries and tools": """_rtld_global_ro _rtld_global __libc_stack_end
        __lll_lock_wait_private __lll_lock_wake_private __libc_scratch_buffer_grow __tunable_get_val
        _libc_intl_domainname""",
    "extensions of printf()": """parse_printf_format register_printf_modifier register_printf_specifier
        register_printf_type register_printf_function""",
    "checks and traces of glibc's own malloc": "mtrace muntrace",
    "profiling by gprof, base 64 of the old resolver": "_mcleanup monstartup __b64_ntop __b64_pton",
    "databases that no single program's image has": "getrpcbynumber getrpcbyname getrpcent setrpcent endrpcent",
}
# Libraries and programs whose imports must be there: the language runtimes and what most scripts call.
LIBRARIES = "libstdc++.so.6 libgcc_s.so.1 libz.so.1 libcrypto.so.3 libssl.so.3 libsqlite3.so.0 libelf.so.1 libfdt.so.1"
PROGRAMS = """[ awk mawk b2sum base32 base64 basename bash cat chmod chown cksum comm cp csplit cut dash date dd df dir dirname du
    echo env expand expr factor false find fmt fold grep gzip head hostid id join link ln ls md5sum mkdir mkfifo mknod mktemp mv
    nginx nice nl nohup nproc numfmt od openssl paste pathchk perl pr printenv printf ptx pwd python3 readlink realpath
    redis-cli redis-server rm rmdir ruby sed seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split
    sqlite3 stat stdbuf stty sum sync tac tail tar tee test timeout touch tr true truncate tsort tty uname unexpand uniq
    unlink uptime users vdir wc who whoami xargs xz yes memcached lua5.4 curl wget git make cmake ninja gdb node java go
    clang qemu-system-x86_64 less diff cmp ps top free kill sysctl ip ss dpkg apt-get file m4 bison flex strace ld as nm
    objdump readelf strip gcc g++ cpp gpg ssh scp rsync bc dc jq vim nano screen tmux zip unzip bzip2 zstd lz4 patch
    gawk busybox php lighttpd haproxy memtier_benchmark wrk ab iperf3 dnsmasq""".split()


def nm(path, *flags):
    out = subprocess.run(["llvm-nm-14", *flags, path], capture_output=True, text=True).stdout
    return [line.split() for line in out.splitlines() if line.strip()]


def defined(archive):
    """name -> 'T' for code, 'D' for data, of all that the archive defines for others."""
    names = {}
    for fields in nm(archive, "--defined-only", "--extern-only"):
        if len(fields) == 3:
            names[fields[2]] = fields[1]
    return names


def exported_by_glibc():
    names = set()
    for library in GLIBC:
        for fields in nm(f"{LIBRARY_DIR}/{library}", "-D", "--defined-only"):
            if fields[1] != "A":
                names.add(fields[-1].split("@")[0])
    return names


def source_of(names):
    lines = [f"extern char name{i}[] __asm__(\"{name}\");" for i, name in enumerate(names)]
    table = ", ".join(f"name{i}" for i in range(len(names)))
    return "\n".join(lines) + f"""
static char *const volatile table[] = {{{table}}};
int main(void)
{{
    for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (!table[i] || *(volatile char *)table[i] == *(volatile char *)table[i] + 1)
            return 1;
    return 42;
}}
"""


def try_names(prefix, folder, number, names):
    """None if a program that uses @names links and boots, else what went wrong."""
    source, elf = f"{folder}/{number}.c", f"{folder}/{number}.elf"
    with open(source, "w") as f:
        f.write(source_of(names))
    link = subprocess.run([f"{prefix}/bin/osv-cc", "-w", "-O1", source, "-o", elf], capture_output=True, text=True)
    if link.returncode:
        return link.stderr.strip()[-600:]
    run = subprocess.run([f"{prefix}/bin/osv", "run", "--accel", "tcg", "-m", "64M", "--timeout", "60", elf],
                         capture_output=True, text=True, stdin=subprocess.DEVNULL)
    os.unlink(elf)
    return None if run.returncode == 42 else f"exit status {run.returncode}: {(run.stdout + run.stderr)[-600:]}"


def imports_of(path):
    return {f[-1].split("@")[0] for f in nm(path, "-D", "--undefined-only") if "@GLIBC_" in f[-1] and "PRIVATE" not in f[-1]}


def main():
    prefix, each = sys.argv[1], "--each" in sys.argv
    have = defined(f"{prefix}/lib/x86_64/release/libosv.a")
    failures = 0

    names = sorted(exported_by_glibc() & set(have) - {"_dl_argv", "__libc_stack_end"})
    size = 1 if each else 64
    groups = [names[i:i + size] for i in range(0, len(names), size)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(try_names, prefix, folder, i, group) for i, group in enumerate(groups)]
        for group, job in zip(groups, jobs):
            if job.result():
                failures += 1
                print(f"not ok: {' '.join(group)}: {job.result()}")
    print(f"{len(names)} exported names in {len(groups)} programs")

    excused = {name: reason for reason, text in MISSING.items() for name in text.split()}
    libraries = {f"{LIBRARY_DIR}/{name}" for name in LIBRARIES.split()}
    libraries |= set(glob.glob("/usr/lib/rustlib/x86_64-unknown-linux-gnu/lib/libstd-*.so"))
    programs = {f"{folder}/{name}" for name in PROGRAMS for folder in ("/usr/bin", "/usr/sbin")}
    checked, lacking = 0, 0
    for path in sorted(libraries | programs):
        if not os.path.isfile(path):
            continue
        wanted = imports_of(os.path.realpath(path))
        missing = wanted - set(have)
        checked += bool(wanted)
        lacking += bool(missing)
        for name in sorted(missing):
            print(f"{path} imports {name}: {excused.get(name, 'missing')}")
        if path in libraries and missing - set(excused):
            failures += 1
            print(f"not ok: {path} must find all that it imports")
    print(f"{checked - lacking} of {checked} libraries and programs of this machine find all that they import")
    return 1 if failures or len(names) < 1000 else 0


sys.exit(main())
