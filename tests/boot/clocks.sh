#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The clock made of the cycle counter, of the HPET, of the ACPI PM timer. A CPU without hypervisor bit and invariant counter is not trusted.
. "$(dirname "$0")/lib.sh"
"$prefix/bin/osv-cc" -O1 -pthread "$here/clocks.c" -o "$tmp/clocks.elf" || fail "clocks.c does not build"

for cpus in 1 2; do
  expect_status 0 $boot -c $cpus "$tmp/clocks.elf" && grep -q "resolution 1 ns" "$tmp/out" || fail "cycle counter: $(cat "$tmp/out")"
  expect_status 0 $boot -c $cpus --machine q35 --cpu-model qemu64,-hypervisor "$tmp/clocks.elf" && grep -q "resolution 10 ns" "$tmp/out" ||
    fail "HPET: $(cat "$tmp/out")"
done
expect_status 0 $boot --machine pc --cpu-model qemu64,-hypervisor --qemu-arg -no-hpet "$tmp/clocks.elf" &&
  grep -q "resolution 280 ns" "$tmp/out" || fail "PM timer: $(cat "$tmp/out")"
finish
