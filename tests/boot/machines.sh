#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The hello sample on each machine, with few and with many resources, with arguments, by hand.
. "$(dirname "$0")/lib.sh"
hello=$build/samples/hello/hello.elf
want=$root/samples/hello/expected.txt

for machine in microvm q35 pc; do
  expect_status 0 $boot --machine $machine "$hello" && expect_output "$want"
  expect_status 0 $boot --machine $machine -c 4 -m 256M "$hello" && expect_output "$want"
done
expect_status 3 $boot "$hello" -- a "b c" "$(printf 'd\ne')"
printf 'Hello from OSv\nargument 1: a\nargument 2: b c\nargument 3: d\ne\n' > "$tmp/want"
expect_output "$tmp/want"
expect_status 0 $boot -m 4G "$hello"
expect_status 3 timeout 30 qemu-system-x86_64 -M microvm -nographic -no-reboot -kernel "$hello" \
  -device isa-debug-exit,iobase=0x501,iosize=4 -append "-- x"
grep -q "argument 1: x" "$tmp/out" || fail "plain QEMU line: arguments did not arrive"
finish
