#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The table of names that the loader kernel offers to dynamic programs: every public name of the libc archive, and the exceptions.
#
# usage: READELF=llvm-readelf names.sh ARCHIVE EXCEPTIONS TABLE.S NAMES
set -eu
archive=$1 exceptions=$2 table=$3 names=$4
export LC_ALL=C

# NAMES holds lines "name target kind size same|differs", sorted: what `osv check` and `osv run` read.
"$READELF" -sW "$archive" > "$names.symbols"
awk -v exceptions="$exceptions" '
  BEGIN {
    while ((getline line < exceptions) > 0) {
      n = split(line, word, " ")
      if (n == 0 || word[1] ~ /^#/) continue
      if (word[2] == "=") target[word[1]] = word[3]
      else if (word[2] == "~") differs[word[1]] = 1
      else refused[word[1]] = 1
    }
  }
  $5 ~ /^(GLOBAL|WEAK|UNIQUE)$/ && $6 ~ /^(DEFAULT|PROTECTED)$/ && $7 != "UND" && NF == 8 {
    if ($4 == "TLS") next
    kind = $4 == "OBJECT" ? "data" : $4 == "IFUNC" ? "ifunc" : "function"
    if (!($8 in have) || $5 != "WEAK") have[$8] = kind " " $3
  }
  END {
    for (name in target) if (!(name in have)) have[name] = "function 0"
    for (name in have) {
      if (name in refused) continue
      if (!(name in target) && name ~ /^(osv_|__osv_|dl_|mi_|_mi_|__glibc_|elf_plan_|elf_check_|sys_)/) continue
      print name, (name in target ? target[name] : name), have[name], (name in differs ? "differs" : "same")
    }
  }' "$names.symbols" | sort > "$names.new"
rm -f "$names.symbols"
[ -s "$names.new" ] || { echo "names.sh: $archive offers no names" >&2; exit 1; }

awk '
  BEGIN { print ".section .rodata\n.balign 16\n.globl osv_dl_exports\nosv_dl_exports:" }
  {
    kind = $3 == "data" ? 1 : $3 == "ifunc" ? 2 : 0
    printf ".long .Ln%d - osv_dl_export_names, %s, %s, %d\n", NR, $2, $4, kind
    strings = strings sprintf(".Ln%d: .asciz \"%s\"\n", NR, $1)
  }
  END {
    print ".globl osv_dl_n_exports\nosv_dl_n_exports: .long " NR
    print ".globl osv_dl_export_names\nosv_dl_export_names:"
    print strings ".section .note.GNU-stack,\"\",@progbits"
  }' "$names.new" > "$table"
mv "$names.new" "$names"
