# SPDX-License-Identifier: BSD-3-Clause
# Shared by the tests of this folder: checks that count failures. A test ends with `finish`.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
prefix=${OSV_PREFIX:?run by tests/run, or set OSV_PREFIX}
build=${OSV_BUILD_DIR:-$root/build/release}
preset=${OSV_PRESET:-release}
tmp=${OSV_TEST_TMP:-$(mktemp -d)}
export OSV_PROFILE="$preset"
unset OSV_PREFIX
osv=$prefix/bin/osv
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
finish() { [ "$failures" = 0 ] || { echo "$failures failures"; exit 1; }; echo "all good"; exit 0; }

# expect_status WANTED COMMAND...: output goes to $tmp/out, $tmp/err
expect_status() {
  wanted=$1
  shift
  timeout 100 "$@" > "$tmp/out" 2> "$tmp/err" < /dev/null
  got=$?
  [ "$got" = "$wanted" ] && return 0
  fail "status $got, expected $wanted: $*"
  cat "$tmp/out" "$tmp/err"
  return 1
}

# expect_output FILE: $tmp/out is exactly FILE
expect_output() { diff -u "$1" "$tmp/out" || fail "output differs from $1"; }

# expect_line PATTERN: the last command printed one line on standard error, and it matches
expect_line() {
  [ "$(wc -l < "$tmp/err")" = 1 ] || { fail "expected one line of error"; cat "$tmp/err"; }
  grep -q -- "$1" "$tmp/err" || { fail "error lacks '$1'"; cat "$tmp/err"; }
}

boot="$osv run --accel tcg --timeout 60"
