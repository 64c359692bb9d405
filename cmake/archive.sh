#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Pack libosv.a: kernel objects with their private names hidden behind "osv.", then the libc objects as they are.
#
# usage: AR=llvm-ar NM=llvm-nm OBJCOPY=llvm-objcopy archive.sh DIR KEEP-LIST
# DIR holds kernel.objects and userland.objects, one path a line; DIR/libosv.a is made.
set -eu
dir=$1 keep=$2
cd "$dir"

# Members are named room.file.o, so that a link map and a backtrace tell where code comes from.
pack() { # LIST ARCHIVE
  rm -rf "$2.members" "$2"
  mkdir "$2.members"
  perl -e '
    my ($list, $folder, $build) = @ARGV;
    open(my $in, "<", $list) or die "$list: $!\n";
    for (<$in>) {
      chomp;
      next unless length;
      my $name = $_;
      $name =~ s,^\Q$build\E/,,;
      $name =~ s,^lib/,,;
      $name =~ s,CMakeFiles/[^/]*\.dir/*,,;
      $name =~ s,^.*third-party[^/]*/,,;
      $name =~ s,/(\./)*/*,.,g;
      $name =~ s,^\.+,,;
      $name =~ s,\.[cS]\.o$,.o,;
      link($_, "$folder/$name") or (-e $_ and symlink($_, "$folder/$name")) or die "archive.sh: $_ as $name: $!\n";
    }' "$1" "$2.members" "${dir%/lib}"
  (cd "$2.members" && ls | LC_ALL=C sort | xargs -r "$AR" qcD "../$2")
  [ -f "$2" ] || "$AR" qcD "$2"
  rm -rf "$2.members"
}

pack kernel.objects kernel.a
pack userland.objects userland.a

"$NM" --defined-only --extern-only --format=just-symbols kernel.a 2>/dev/null | grep -v ':$' | grep . | LC_ALL=C sort -u |
  grep -Ev '^(osv_|sys_|osv\.)' | { grep -vxF -f "$keep" || :; } | sed 's/.*/& osv.&/' > kernel.rename || :
[ ! -s kernel.rename ] || "$OBJCOPY" --redefine-syms=kernel.rename kernel.a

rm -f libosv.a.new
"$AR" qcLD libosv.a.new kernel.a userland.a
"$AR" sD libosv.a.new
mv libosv.a.new libosv.a
