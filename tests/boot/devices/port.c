// SPDX-License-Identifier: BSD-3-Clause
// Greets on standard output, or on /dev/hvc0, and answers the line that comes back.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    FILE *in = stdin, *out = stdout;
    char line[100];
    struct stat st;
    if (argc > 1) {
        in = fopen(argv[1], "r");
        out = fopen(argv[1], "w");
        if (in == NULL || out == NULL)
            return perror(argv[1]), 1;
        if (stat(argv[1], &st) != 0 || !S_ISCHR(st.st_mode) || major(st.st_rdev) != 229 || !isatty(fileno(in)))
            return fputs("not the terminal that Linux has\n", stderr), 1;
    }
    fputs("hello\n", out);
    fflush(out);
    if (fgets(line, sizeof line, in) == NULL)
        return perror("fgets"), 1;
    fprintf(out, "got %s", line);
    return fflush(out) == 0 ? 7 : 1;
}
