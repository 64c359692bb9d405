// SPDX-License-Identifier: BSD-3-Clause
// Options that the image carries reach the program; the command line's replace them.
#include "../check.h"
#include <osv/options.h>

OSV_DEFAULT_OPTIONS("--env=MODE=fast --env=LEVEL=1");

int main(int argc, char **argv)
{
    CHECK(argc == 2 && strcmp(argv[1], "argument") == 0);
    CHECK(getenv("MODE") != NULL && strcmp(getenv("MODE"), "fast") == 0);
    CHECK(getenv("LEVEL") != NULL && strcmp(getenv("LEVEL"), "2") == 0);
    return finish();
}
