#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# hello in Rust and Go by the stock tools: cargo run, cargo test, osv go build.
. "$(dirname "$0")/lib.sh"
PATH=$prefix/bin:$PATH
export PATH

if command -v cargo > /dev/null; then
  cp -R "$root/samples/hello-rust" "$tmp/rust" && cd "$tmp/rust" || exit 1
  expect_status 0 osv init --rust
  sed -i 's/runner = "osv run"/runner = "osv run --accel tcg --timeout 60 -c 2"/' .cargo/config.toml
  expect_status 0 cargo run --offline --release && expect_output "$root/samples/hello-rust/expected.txt"
  cat >> src/main.rs <<'EOF'
#[test]
fn words_are_counted() {
    assert_eq!(count_words("a b a")["a"], 2);
}
#[test]
fn threads_add_up() {
    assert_eq!(sum_in_threads(10), 45);
}
EOF
  expect_status 0 cargo test --offline
  grep -q "test result: ok. 2 passed" "$tmp/out" || { fail "cargo test"; cat "$tmp/out"; }
else
  echo "cargo is not installed"
fi

if command -v go > /dev/null; then
  cd "$root/samples/hello-go" || exit 1
  expect_status 0 osv go build -o "$tmp/go.elf" .
  expect_status 0 $boot -c 2 "$tmp/go.elf" && expect_output "$root/samples/hello-go/expected.txt"
else
  echo "go is not installed"
fi
finish
