#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `osv run` against guests without a kernel: statuses, streams, time-outs, backtraces, the command line.
. "$(dirname "$0")/lib.sh"
guest() { "$here/fake/make" "$tmp/$1" "$2" "$3"; }

guest report 1 3
printf 'hello from the fake guest\n' > "$tmp/hello"
for machine in microvm q35 pc; do
  expect_status 3 $boot --machine $machine "$tmp/report"
  expect_output "$tmp/hello"
done
for status in 0 1 127 128 139 255; do
  guest "s$status" 1 $status
  expect_status $status $boot "$tmp/s$status"
done

guest device 2 5
expect_status 5 $boot "$tmp/device"
expect_status 0 test ! -s "$tmp/err"

guest triple 3 0
expect_status 134 $boot "$tmp/triple"
expect_line "triple fault"

guest hang 4 0
expect_status 124 $boot --timeout 1 "$tmp/hang"
expect_line "timed out after 1 s"
expect_output "$tmp/hello"

guest frames 5 0
expect_status 0 $boot "$tmp/frames"
grep -q '#0 0x0*100010 .*start.*guest.S:[0-9]' "$tmp/out" || { fail "frame 0 has no place in the source"; cat "$tmp/out"; }
grep -q '#1 0x00000000deadbeef$' "$tmp/out" || { fail "a frame outside the image was explained"; cat "$tmp/out"; }

guest echo 6 0
printf 'first\nsecond' > "$tmp/input"
timeout 60 $boot "$tmp/echo" < "$tmp/input" > "$tmp/out"
expect_output "$tmp/input"
head -c 100000 /dev/zero | tr '\0' x > "$tmp/input"
timeout 60 $boot "$tmp/echo" < "$tmp/input" > "$tmp/out"
expect_output "$tmp/input"

guest line 7 0
expect_status 0 $boot -e 'A=b c' --cwd /x "$tmp/line" -- a 'b c' '' 'q"u\o' "$(printf 'x\ny')" virtio_mmio.device=1 ';'
printf '%s' '--argv0=line --report-exit --no-tty --no-tty-output --cwd=/x "--env=A=b c" -- a "b c" "" "q\"u\\o" "x\ny" "virtio_mmio.device=1" ";"' > "$tmp/want"
expect_output "$tmp/want"

# --dry-run prints a line that a shell can run as it is.
expect_status 0 $osv run --accel tcg --dry-run "$tmp/report" -- "a'b"
cp "$tmp/out" "$tmp/line.sh"
expect_status 7 sh "$tmp/line.sh"

# Killed from outside: the guest goes too.
$boot "$tmp/hang" > "$tmp/out" 2>&1 < /dev/null &
pid=$!
sleep 1
child=$(ps -o pid= --ppid $pid | tr -d ' ')
kill -TERM $pid
wait $pid
[ $? = 143 ] || fail "status after SIGTERM"
[ -n "$child" ] && kill -0 "$child" 2> /dev/null && fail "QEMU survived"

# The probe guest of --accel auto runs (under TCG: the same file, the same status).
expect_status 0 $osv run --accel auto "$tmp/s0"
# Several network devices; published ports are the first user one's.
expect_status 0 $osv run --dry-run --net tap:t9 --net user -p 8080:80 --net tap:t8 "$tmp/report"
grep -q "tap,id=net0,ifname=t9.*user,id=net1,hostfwd=tcp::8080-:80.*tap,id=net2,ifname=t8" "$tmp/out" || { fail "repeated --net"; cat "$tmp/out"; }
expect_status 125 $osv run --dry-run --net user --net none "$tmp/report"
expect_line "--net none goes with no other"
expect_status 125 $osv run --dry-run --net tap:t9 -p 8080:80 "$tmp/report"

finish
