#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Install the Debian packages the SDK needs and fetch the pinned third-party sources.
#
# usage: setup.sh packages [build|test|bench]...   install what is missing (default: build)
#        setup.sh sources                          fetch, verify and unpack musl, mimalloc, lwIP, zlib and lz4; print the folder
#        setup.sh kernel                           fetch Debian's cloud kernel for the benchmarks; print its path
# environment: OSV_SOURCES_DIR  folder with the source archives, instead of fetching them
#              OSV_CACHE_DIR    where sources are kept (default: ${XDG_CACHE_HOME:-~/.cache}/osv-sdk)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${OSV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/osv-sdk}
pinned="musl=1.2.3-1 mimalloc=2.0.9+ds-2 lwip=2.1.3+dfsg1-2 zlib=1:1.2.13.dfsg-1 lz4=1.9.4-1"

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing_packages() {
  for set in "$@"; do
    [ -f "$here/packages/$set.txt" ] || die "no package set named '$set' in cmake/packages"
    sed 's/#.*//' "$here/packages/$set.txt"
  done | tr -s ' \n' '\n' | grep . | sort -u | while read -r package; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
}

install_packages() {
  need=$(missing_packages "$@")
  [ -n "$need" ] || return 0
  say "installing $(echo "$need" | wc -l) packages:" $need
  command -v apt-get > /dev/null || die "this needs Debian's apt-get; install these by hand:" $need
  [ "$(id -u)" = 0 ] || command -v sudo > /dev/null || die "neither root nor sudo: as root, run: apt-get install" $need
  as_root apt-get update -q >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $need >&2
}

binary_entry() {
  apt-get indextargets --format '$(CREATED_BY)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)|' |
    grep '^Packages|' | grep '|bookworm|main|' | head -n 1
}

# Source packages need a deb-src entry: derive one from the binary entry this machine has.
ensure_deb_src() {
  apt-get indextargets --format '$(CREATED_BY)' 2>/dev/null | grep -q '^Sources$' && return 0
  say "adding a deb-src entry"
  main=$(binary_entry)
  [ -n "$main" ] || { as_root apt-get update -q >&2; main=$(binary_entry); } # it lists only what was updated once
  [ -n "$main" ] || die "no package source of Debian 12 found: add one with 'deb-src', or set OSV_SOURCES_DIR"
  uri=$(echo "$main" | cut -d'|' -f2) key=/usr/share/keyrings/debian-archive-keyring.gpg
  printf 'Types: deb-src\nURIs: %s\nSuites: bookworm\nComponents: main\nSigned-By: %s\n' "$uri" "$key" |
    as_root tee /etc/apt/sources.list.d/osv-sdk-src.sources > /dev/null
}

checked() { # FOLDER ARCHIVE...: do the archives there match the pinned sums?
  folder=$1; shift
  for archive in "$@"; do
    [ -f "$folder/$archive" ] || return 1
    want=$(awk -v f="$archive" '$2 == f { print $1 }' "$here/third-party.sha256")
    got=$(sha256sum "$folder/$archive" | cut -d' ' -f1)
    [ "$want" = "$got" ] || die "$folder/$archive has SHA-256 $got, expected $want: remove it and try again"
  done
}

fetch() { # NAME VERSION -> sets archives
  file_version=${2#*:} # the names of files leave the epoch out
  archives=$(awk -v p="$1_${file_version%-*}" 'index($2, p) == 1 { print $2 }' "$here/third-party.sha256")
  if [ -n "${OSV_SOURCES_DIR:-}" ]; then
    archive_dir=$OSV_SOURCES_DIR
    checked "$archive_dir" $archives || die "OSV_SOURCES_DIR=$OSV_SOURCES_DIR lacks one of:" $archives
    return
  fi
  archive_dir=$cache/archives
  checked "$archive_dir" $archives && return
  mkdir -p "$archive_dir"
  say "fetching $1 $2"
  ensure_deb_src
  (cd "$archive_dir" && apt-get source -qq --download-only "$1=$2" >&2) ||
    { as_root apt-get update -q >&2; (cd "$archive_dir" && apt-get source -qq --download-only "$1=$2" >&2); } ||
    die "cannot fetch $1 $2: check the network, or set OSV_SOURCES_DIR to a folder with its archives"
  checked "$archive_dir" $archives || die "apt-get did not bring all of:" $archives
}

musl_headers() { # SOURCE OUT
  mkdir -p "$2"
  cp -R "$1/include/." "$2/"
  rm -f "$2/alltypes.h.in"
  for header in "$1"/arch/generic/bits/*.h "$1"/arch/x86_64/bits/*.h; do cp "$header" "$2/bits/"; done
  sed -f "$1/tools/mkalltypes.sed" "$1/arch/x86_64/bits/alltypes.h.in" "$1/include/alltypes.h.in" > "$2/bits/alltypes.h"
  { cat "$1/arch/x86_64/bits/syscall.h.in"; sed -n -e 's/__NR_/SYS_/p' "$1/arch/x86_64/bits/syscall.h.in"; } > "$2/bits/syscall.h"
}

sources() {
  # The folder's name tells its contents: raise the number when the code below makes something else of the archives.
  stamp=1-$(sha256sum < "$here/third-party.sha256" | cut -c1-12)
  tree=$cache/third-party-$stamp
  if [ ! -d "$tree" ]; then
    mkdir -p "$cache"
    new=$cache/new.$$
    rm -rf "$new"
    mkdir -p "$new"
    for pin in $pinned; do
      name=${pin%%=*} version=${pin#*=}
      fetch "$name" "$version"
      say "unpacking $name $version"
      dpkg-source --no-check -x "$archive_dir/${name}_${version#*:}.dsc" "$new/$name" > "$new/$name.log" 2>&1 ||
        { cat "$new/$name.log" >&2; die "cannot unpack $name"; }
    done
    mkdir -p "$new/musl-include"
    mkdir -p "$new/musl-include/bits"
    musl_headers "$new/musl" "$new/musl-include"
    printf '#define VERSION "%s"\n' "$(cat "$new/musl/VERSION")" > "$new/musl/src/internal/version.h"
    rm -f "$new"/*.log
    mv -T "$new" "$tree" 2>/dev/null || rm -rf "$new" # another build was faster
  fi
  echo "$tree"
}

# Debian's kernel for virtual machines, unpacked and not installed: the benchmarks boot it beside OSv.
kernel() {
  if ! ls "$cache"/linux/boot/vmlinuz-*-cloud-amd64 > /dev/null 2>&1; then
    say "fetching Debian's cloud kernel"
    mkdir -p "$cache/linux"
    package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: *\(linux-image-[0-9].*\)/\1/p' | head -n 1)
    [ -n "$package" ] || { as_root apt-get update -q >&2
      package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: *\(linux-image-[0-9].*\)/\1/p' | head -n 1); }
    [ -n "$package" ] || die "apt knows no linux-image-cloud-amd64"
    (cd "$cache/linux" && apt-get download -q "$package" >&2 && dpkg -x "$package"_*.deb . && rm -f ./*.deb) ||
      die "cannot fetch $package"
  fi
  ls "$cache"/linux/boot/vmlinuz-*-cloud-amd64 | tail -n 1
}

case ${1:-} in
  packages) shift; [ $# -gt 0 ] || set -- build; install_packages "$@" ;;
  sources) sources ;;
  kernel) kernel ;;
  *) sed -n '4,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
