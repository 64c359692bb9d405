#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What users get wrong: each ends at once, non-zero, with one line that names cause and fix.
. "$(dirname "$0")/lib.sh"
refuse() { pattern=$1; shift; expect_status 125 "$@"; expect_line "$pattern"; }

"$here/fake/make" "$tmp/good" 1 0
"$here/fake/make" "$tmp/abi" 1 0 9
"$here/fake/make" "$tmp/arch" 1 0 1 183
head -c 40 "$tmp/good" > "$tmp/short"
head -c 3000 "$tmp/good" > "$tmp/cut"
printf '\177ELF garbage that goes on for a while, longer than a header would be, and then some more' > "$tmp/garbage"
: > "$tmp/empty"
cp "$tmp/good" "$tmp/aarch64"
printf '\267' | dd of="$tmp/aarch64" bs=1 seek=18 conv=notrunc status=none
cp "$tmp/good" "$tmp/bits32"
printf '\001' | dd of="$tmp/bits32" bs=1 seek=4 conv=notrunc status=none
cp "$tmp/good" "$tmp/phoff"
printf '\377\377\377\177' | dd of="$tmp/phoff" bs=1 seek=32 conv=notrunc status=none
printf 'int f(void){return 0;}' | cc -x c -c - -o "$tmp/object.o"
cc -shared -fPIC -x c - -o "$tmp/library.so" < /dev/null

refuse "cannot find" $osv run "$tmp/absent"
refuse "not an ELF file" $osv run "$tmp/empty"
refuse "not an ELF file" $osv run /etc/passwd
refuse "not a regular file\|not an ELF" $osv run "$tmp"
refuse "truncated" $osv run "$tmp/short"
refuse "truncated\|outside the file" $osv run "$tmp/cut"
refuse "32-bit\|big-endian\|broken" $osv run "$tmp/garbage"
refuse "outside the file" $osv run "$tmp/phoff"
refuse "aarch64" $osv run "$tmp/aarch64"
refuse "32-bit" $osv run "$tmp/bits32"
refuse "ABI version 9" $osv run "$tmp/abi"
refuse "aarch64" $osv run "$tmp/arch"
refuse "too little memory" $osv run -m 1M "$tmp/good"
refuse "-m takes" $osv run -m lots "$tmp/good"
refuse "too much memory" $osv run -m 999999G "$tmp/good"
refuse "-c takes" $osv run -c 0 "$tmp/good"
refuse "-p takes" $osv run -p 99999:80 "$tmp/good"
refuse "-v takes" $osv run -v nothing "$tmp/good"
refuse "cannot read" $osv run -v /nonexistent/dir:/x "$tmp/good"
refuse "--rootfs" $osv run --rootfs /nonexistent/dir "$tmp/good"
refuse "--net takes" $osv run --net magic "$tmp/good"
refuse "--timeout takes" $osv run --timeout soon "$tmp/good"
refuse "unknown option" $osv run --frobnicate "$tmp/good"
refuse "needs a value" $osv run -m
refuse "no program named" $osv run
refuse "8191" $osv run "$tmp/good" -- "$(head -c 9000 /dev/zero | tr '\0' a)"
refuse "not an executable program" $osv run --qemu /nonexistent/qemu "$tmp/good"
refuse "QEMU is missing" env PATH=/nonexistent "$osv" run "$tmp/good"
refuse "QEMU failed.*cpu" $osv run --accel tcg --cpu-model nonsense "$tmp/good"
refuse "object or core file" $osv check "$tmp/object.o"
refuse "unknown command" $osv frobnicate
refuse "unknown option" $osv --frobnicate
refuse "name a shell" $osv completion tcsh
expect_status 1 $osv check "$tmp/abi"
expect_status 0 $osv check "$tmp/good"
for command in run check gdb doctor completion init go; do
  expect_status 0 $osv $command --help
  grep -q "^usage: osv $command" "$tmp/out" || fail "no usage in osv $command --help"
done
finish
