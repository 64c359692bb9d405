// SPDX-License-Identifier: BSD-3-Clause
// The first program: prints, shows its arguments, and returns their number as its exit status.
#include <stdio.h>

int main(int argc, char **argv)
{
    puts("Hello from OSv");
    for (int i = 1; i < argc; i++)
        printf("argument %d: %s\n", i, argv[i]);
    return argc - 1;
}
