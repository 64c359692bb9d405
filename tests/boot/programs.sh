#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `osv run PROGRAM`: static and dynamic programs, scripts, volumes, root directories, environment, statuses, standard input.
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
cat > program.c <<'EOF'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv)
{
    if (argc > 2 && !strcmp(argv[1], "exit"))
        return atoi(argv[2]);
    if (argc > 1 && !strcmp(argv[1], "abort"))
        abort();
    printf("%d %s\n", argc, argv[argc - 1]);
    return 0;
}
EOF
cc program.c -o dynamic && cc -static program.c -o static && cc -static-pie program.c -o static-pie && cc -no-pie program.c -o no-pie ||
  { fail "cannot compile"; finish; }

printf '3 c d\n' > want
for program in dynamic static static-pie no-pie; do
  expect_status 0 $boot ./$program b 'c d' && expect_output want
done
expect_status 200 $boot ./dynamic exit 200
expect_status 134 $boot ./static abort

mkdir volume && echo "volume data" > volume/file && ln -s file volume/link
echo "volume data" > want
expect_status 0 $boot -v volume:/data /bin/cat /data/link && expect_output want
printf '#!/bin/sh\necho script "$1"\n' > script && chmod +x script
echo "script x" > want
expect_status 0 $boot ./script x && expect_output want
echo "volume data" > want
expect_status 0 $boot /bin/cat volume/file && expect_output want

mkdir -p rootfs/bin && cp static rootfs/bin/program
echo "2 only" > want
expect_status 0 $boot --rootfs rootfs /bin/program only && expect_output want
echo "a b" > want
expect_status 0 $boot -e 'NAME=a b' /usr/bin/printenv NAME && expect_output want
echo /data > want
expect_status 0 $boot --cwd /data -v volume:/data /bin/pwd && expect_output want

head -c 20000 /dev/urandom > input
timeout 60 $boot /bin/cat < input > out
cmp input out || fail "standard input through cat"

expect_status 0 $osv check ./dynamic ./static
expect_status 125 $boot ./absent
expect_line "cannot find"
finish
