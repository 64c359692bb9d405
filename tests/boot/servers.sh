#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The web servers of the samples, in the languages named: 10,000 requests over 8 connections without an error.
#
# usage: servers.sh c|cxx|rust|go...
. "$(dirname "$0")/lib.sh"
PATH=$prefix/bin:$PATH
export PATH
requests=${OSV_TEST_REQUESTS:-10000}

build_sample() { # LANGUAGE OUT
  folder=$root/samples/http-server-$1
  case $1 in
    c) osv-cc -O2 "$folder/main.c" -o "$2" ;;
    cxx) osv-c++ -std=c++17 -O2 "$folder/main.cc" -o "$2" ;;
    go) (cd "$folder" && osv go build -o "$2" .) ;;
    rust) cp -R "$folder" "$tmp/rust" && (cd "$tmp/rust" && osv init --rust && cargo build --offline --release) &&
      cp "$tmp/rust/target/x86_64-unknown-linux-gnu/release/http-server-rust" "$2" ;;
  esac
}

# Rust and Go come from the machine; their tests need what they test.
has_toolchain() { # LANGUAGE
  case $1 in
    go) command -v go > /dev/null ;;
    rust) command -v cargo > /dev/null ;;
  esac
}

for language in "$@"; do
  has_toolchain "$language" || { echo "http-server-$language: its compiler is not installed; not tested"; continue; }
  elf=$tmp/$language.elf
  build_sample "$language" "$elf" > "$tmp/log" 2>&1 || { cat "$tmp/log"; fail "http-server-$language does not build"; continue; }
  port=$((20000 + $$ % 20000))
  $boot --timeout 280 -c 2 -m 256M -p "127.0.0.1:$port:8080" "$elf" -- 8080 "$requests" > "$tmp/out" 2>&1 < /dev/null &
  guest=$!
  python3 "$here/http_load.py" "$port" "$requests" || fail "http-server-$language: requests failed"
  wait $guest || fail "http-server-$language ended with status $?"
  sed "s/10000/$requests/" "$root/samples/http-server-$language/expected.txt" | diff -u - "$tmp/out" || fail "http-server-$language: output"
done
finish
