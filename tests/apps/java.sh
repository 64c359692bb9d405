#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A Java program with threads under the G1 collector, compiled here, run on Linux and under OSv.
here=$(cd "$(dirname "$0")" && pwd)
command -v javac > /dev/null || { echo "javac is not installed: cmake/setup.sh packages test"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
javac -d "$work" "$here/programs/Threads.java" || exit 1
"$here/same-as-linux" -m 1024M -c 2 -v "$work:$work" -- /usr/bin/java -XX:+UseG1GC -Xmx256m -cp "$work" Threads
