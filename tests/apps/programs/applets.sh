# SPDX-License-Identifier: BSD-3-Clause
# busybox's shell without a second process.
for i in 1 2 3; do echo $((i << 10)); done
printf '%05d %s\n' 42 "${0##*/}"
case abc in a*) echo matched ;; esac
f() { local x=$1; echo "f $x"; }
f one
while read -r user rest; do echo "$user"; break; done < "$0"
exit 7
