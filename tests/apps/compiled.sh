#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Programs made by this machine's compilers, with shared libraries of their own, run on Linux and under OSv.
# usage: compiled.sh c++|go-static|go-dynamic
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
need() { command -v "$1" > /dev/null || { echo "$1 is not installed: cmake/setup.sh packages test"; exit 77; }; }

case $1 in
c++)
  need g++
  g++ -O1 -shared -fPIC -o "$work/libthrower.so" "$here/programs/thrower.cc" &&
    g++ -O1 -pthread -o "$work/program" "$here/programs/catcher.cc" -L"$work" -lthrower -Wl,-rpath,'$ORIGIN' || exit 1 ;;
go-static)
  need go
  CGO_ENABLED=0 GOFLAGS=-mod=mod GOCACHE=${GOCACHE:-$work/cache} go build -o "$work/program" "$here/programs/routines.go" || exit 1 ;;
go-dynamic)
  need go
  CGO_ENABLED=1 GOFLAGS=-mod=mod GOCACHE=${GOCACHE:-$work/cache} go build -ldflags '-linkmode external' \
    -o "$work/program" "$here/programs/routines.go" || exit 1 ;;
esac
"$here/same-as-linux" -m 512M -c 2 -- "$work/program"
