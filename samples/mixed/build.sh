#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Build mixed.elf: each part by its own stock tool, linked by osv-c++.
#
# usage: build.sh [OUT-DIR]   (default: build)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:-build}"
out=$(cd "${1:-build}" && pwd)

cargo build --offline --release --manifest-path "$here/rust/Cargo.toml" --target-dir "$out/rust" \
  --target x86_64-unknown-linux-gnu --config 'target.x86_64-unknown-linux-gnu.rustflags=["-Crelocation-model=static"]'
(cd "$here/go" && osv go build -buildmode=c-archive -o "$out/go.a" .)
osv-cc -O2 -c "$here/main.c" -o "$out/main.o"
osv-c++ -std=c++17 -O2 "$here/part.cc" "$out/main.o" "$out/rust/x86_64-unknown-linux-gnu/release/libpart.a" "$out/go.a" -o "$out/mixed.elf"
