#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Any one allocation fails, the program's own pages included: it ends well, or it is killed with one line; the kernel never breaks.
. "$(dirname "$0")/lib.sh"

"$prefix/bin/osv-cc" -O1 -I"$root/tests/guest" "$root/tests/guest/vm/inject.c" -o "$tmp/inject" || fail "does not link"
for n in 0 1 2 4 7 11 17 26 40 60; do
  timeout 60 $boot -m 64M "$tmp/inject" -- $n > "$tmp/out" 2>&1 < /dev/null
  got=$?
  case $got in
  0) ;;
  137) grep -q "^out of memory: program killed" "$tmp/out" || { fail "killed without a word at $n"; cat "$tmp/out"; } ;;
  *) fail "status $got with allocation $n failing"; cat "$tmp/out" ;;
  esac
done
finish
