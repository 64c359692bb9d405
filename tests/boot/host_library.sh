#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The sample that unit-tests kernel code builds against libosv-host.a through pkg-config and passes.
#
# usage: host_library.sh BUILD_DIR SOURCE_DIR
set -eu
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$build/lib/libosv-host.a" "$work/" # beside it lie stand-ins for libc.a and others
flags=$(PKG_CONFIG_PATH=$build/pkgconfig pkg-config --define-variable=includedir="$build/prefix/include/osv-host" \
  --define-variable=libdir="$work" --cflags --libs osv-host)
# shellcheck disable=SC2086
cc -Wall -Werror "$source/samples/host-unit-test/main.c" $flags -o "$work/test"
"$work/test" > "$work/out"
diff "$source/samples/host-unit-test/expected.txt" "$work/out"
