#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The installed bindings for C++, Rust and Go at work in a guest with a network; samples/mixed.
. "$(dirname "$0")/lib.sh"
PATH=$prefix/bin:$PATH
export PATH
bindings=$prefix/share/osv/bindings

says() { # TEXT: all of the last command's output
  [ "$(cat "$tmp/out")" = "$1" ] || { fail "output is not '$1'"; cat "$tmp/out"; }
}

has() { # TOOL
  command -v "$1" > /dev/null || { echo "$1 is not installed; $2 not tested"; return 1; }
}

expect_status 0 osv-c++ -std=c++14 -Wall -Wextra -Werror -O2 "$root/bindings/cxx/test/show.cc" -o "$tmp/cxx.elf" &&
  expect_status 0 $boot "$tmp/cxx.elf" && says "cxx ok"

if has cargo bindings/rust; then
  cp -R "$bindings/rust" "$tmp/rust" && cd "$tmp/rust" || exit 1
  expect_status 0 osv init --rust
  expect_status 0 cargo build --offline --release --example show &&
    expect_status 0 $boot target/x86_64-unknown-linux-gnu/release/examples/show && says "rust ok"
fi

if has go bindings/go; then
  cd "$bindings/go" || exit 1
  expect_status 0 osv go build -o "$tmp/go.elf" ./cmd/show && expect_status 0 $boot -c 2 "$tmp/go.elf" && says "go ok"
fi

if has cargo samples/mixed && has go samples/mixed; then
  cp -R "$root/samples/mixed" "$tmp/mixed" && cd "$tmp/mixed" || exit 1
  expect_status 0 sh build.sh out && expect_status 0 $boot -c 2 out/mixed.elf && expect_output expected.txt
fi
finish
