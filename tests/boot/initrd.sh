#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Initrds as they come: plain, gzip, lz4 in both formats, a plain archive before a compressed one; damaged ones say so.
. "$(dirname "$0")/lib.sh"

cat > "$tmp/sum.c" <<'END'
#include <stdio.h>
#include <sys/stat.h>
int main(int argc, char **argv)
{
    unsigned long sum = 0, n = 0;
    struct stat st;
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "r");
        if (!f || stat(argv[i], &st))
            return printf("no %s\n", argv[i]), 1;
        for (int c; (c = getc(f)) != EOF; n++)
            sum = sum * 31 + (unsigned long)c;
        fclose(f);
    }
    printf("%lu %lu\n", n, sum);
}
END
"$prefix/bin/osv-cc" -O2 "$tmp/sum.c" -o "$tmp/plain.elf" || fail "cannot build"
"$prefix/bin/osv-cc" -O2 "$tmp/sum.c" -Wl,-u,osv_initrd_gzip -Wl,-u,osv_initrd_lz4 -o "$tmp/all.elf" || fail "cannot build"
[ "$(wc -c < "$tmp/plain.elf")" -lt "$(wc -c < "$tmp/all.elf")" ] || fail "decompressors are linked unasked"

mkdir -p "$tmp/tree/dir/empty" "$tmp/early"
awk 'BEGIN { for (i = 0; i < 120000; i++) print i, i * i % 7919 }' > "$tmp/tree/dir/numbers"
head -c 300000 "$tmp/all.elf" > "$tmp/tree/code"
ln -s dir/numbers "$tmp/tree/link"
echo early > "$tmp/early/first"
archive() { (cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc --quiet); }
archive "$tmp/tree" > "$tmp/a.cpio"
archive "$tmp/early" > "$tmp/b.cpio"
cc -O2 "$tmp/sum.c" -o "$tmp/sum"
expected=$("$tmp/sum" "$tmp/tree/code" "$tmp/tree/link")

machine() { # PROGRAM INITRD FILE...
  program=$1 image=$2
  shift 2
  timeout 60 qemu-system-x86_64 -accel tcg -cpu max -M microvm -m 64M -nodefaults -no-reboot -display none -serial stdio \
    -device isa-debug-exit,iobase=0x501,iosize=4 -kernel "$program" -initrd "$image" -append "-- $*" < /dev/null
}
reads() { # INITRD FILE...
  out=$(machine "$tmp/all.elf" "$@")
  echo "$out" | grep -q "$expected" || fail "$1: expected $expected, got: $out"
}

reads "$tmp/a.cpio" /code /link
gzip -9 < "$tmp/a.cpio" > "$tmp/a.gz"
reads "$tmp/a.gz" /code /link
cat "$tmp/b.cpio" "$tmp/a.gz" > "$tmp/two"
reads "$tmp/two" /code /link
if command -v lz4 > /dev/null; then
  lz4 -q -l -c "$tmp/a.cpio" > "$tmp/a.legacy.lz4"
  reads "$tmp/a.legacy.lz4" /code /link
  lz4 -q -c "$tmp/a.cpio" > "$tmp/a.lz4"
  reads "$tmp/a.lz4" /code /link
fi
machine "$tmp/plain.elf" "$tmp/a.gz" /code | grep -q "compressed with gzip, which this image cannot read" || fail "no explanation"
head -c 60000 "$tmp/a.gz" > "$tmp/cut.gz"
machine "$tmp/all.elf" "$tmp/cut.gz" /code | grep -q "damaged or cut short" || fail "a cut archive is not noticed"
finish
