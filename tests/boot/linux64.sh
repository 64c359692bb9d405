#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The 64-bit entry: a small loader, booted by QEMU, makes what Firecracker documents and jumps into the hello image.
. "$(dirname "$0")/lib.sh"
hello=$build/samples/hello/hello.elf
clang=$(command -v clang-14 || command -v clang)

"$clang" -m32 -O1 -ffreestanding -fno-pic -fno-stack-protector -mno-sse -nostdlib -static -fuse-ld=lld -Wall -Wextra -Werror \
  -Wl,-Ttext=0x4000000 -Wl,--image-base=0x3f00000 -Wl,-e,start "$here/linux64/entry.S" "$here/linux64/loader.c" -o "$tmp/loader.elf" || fail "the loader does not build"

for machine in microvm q35; do
  expect_status 3 qemu-system-x86_64 -accel tcg -M "$machine" -m 256M -nographic -no-reboot -kernel "$tmp/loader.elf" \
    -device isa-debug-exit,iobase=0x501,iosize=4 -initrd "$hello" -append "--verbose -- one"
  grep -q "linux64" "$tmp/out" || fail "not the 64-bit entry"
  grep -q "argument 1: one" "$tmp/out" || fail "arguments did not arrive"
done
finish
