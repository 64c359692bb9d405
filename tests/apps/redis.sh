#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Debian's redis-server, unmodified: answers from the host, keeps what it is told, ends by itself.
. "$(dirname "$0")/../boot/lib.sh"
port=$((30000 + $$ % 20000))
ask() { redis-cli -p "$port" "$@"; }

$boot --timeout 200 -m 256M -p "127.0.0.1:$port:6379" /usr/bin/redis-server --save "" --protected-mode no > "$tmp/out" 2>&1 < /dev/null &
guest=$!
tries=0
until [ "$(ask ping 2> /dev/null)" = PONG ]; do
  tries=$((tries + 1))
  [ $tries -lt 120 ] || { cat "$tmp/out"; fail "redis-server does not answer"; break; }
  sleep 0.5
done
[ "$(ask set key "a value")" = OK ] || fail "SET"
[ "$(ask get key)" = "a value" ] || fail "GET"
[ "$(ask eval 'local s = 0 for i = 1, 100 do s = s + i end return s' 0)" = 5050 ] || fail "EVAL"
redis-benchmark -p "$port" -t set,get,lpush -n 3000 -c 8 -q > "$tmp/bench" 2>&1 || { cat "$tmp/bench"; fail "redis-benchmark"; }
ask shutdown nosave
wait $guest || fail "redis-server ended with status $?"
finish
