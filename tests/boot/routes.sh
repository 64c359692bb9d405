#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every sample by every build route, from an install prefix that was moved.
. "$(dirname "$0")/lib.sh"
moved=$tmp/moved\ prefix
cp -a "$prefix" "$moved"
ln -s "$moved" "$tmp/sdk" # pkg-config's own output cannot quote blanks
PATH=$moved/bin:$PATH
export PATH
boot="osv run --accel tcg --timeout 60"

check() { # SAMPLE ELF
  expect_status 0 $boot "$2" && expect_output "$root/samples/$1/expected.txt"
}

with_osv_cc() { # SAMPLE DRIVER SOURCE FLAGS...
  sample=$1 driver=$2 source=$root/samples/$1/$3
  shift 3
  expect_status 0 "$driver" "$@" "$source" -o "$tmp/$sample.elf" && check "$sample" "$tmp/$sample.elf"
}

with_pkg_config() { # SAMPLE COMPILER SOURCE
  flags=$(PKG_CONFIG_PATH=$tmp/sdk/lib/pkgconfig pkg-config --cflags --libs osv$([ "$preset" = debug ] && echo -debug))
  command -v "$2" > /dev/null || return 0
  expect_status 0 "$2" "$root/samples/$1/$3" $flags -o "$tmp/$1.elf" && check "$1" "$tmp/$1.elf"
}

with_cmake() { # SAMPLE ARGS...
  sample=$1
  shift
  rm -rf "$tmp/b"
  expect_status 0 cmake -S "$root/samples/$sample" -B "$tmp/b" -G Ninja -DOSV_PROFILE="$preset" "$@" || return
  expect_status 0 cmake --build "$tmp/b" && check "$sample" "$tmp/b/$sample.elf"
}

with_osv_cc hello osv-cc main.c
with_osv_cc hello osv-cc main.c --osv-compiler=gcc -O2
with_osv_cc hello osv-cc main.c -O2 -fPIE -pie -Wl,-z,relro,-z,now -rdynamic -lm -lpthread
with_osv_cc hello-cxx osv-c++ main.cc -std=c++17
with_osv_cc hello-cxx osv-c++ main.cc -std=c++17 --osv-compiler=g++ -O2
with_pkg_config hello cc main.c
with_pkg_config hello gcc main.c
with_pkg_config hello clang main.c
for sample in hello hello-cxx; do
  with_cmake $sample --toolchain "$(osv --cmake-toolchain)"
  with_cmake $sample -DOSv_DIR="$moved/lib/cmake/OSv"
done

# No absolute path of the build in what is installed.
if grep -rlF "$root" "$moved" --include=*.pc --include=*.cmake --include=*.ld --include=osv-* --include=*.sh | grep .; then
  fail "installed files name the build's folder"
fi
finish
