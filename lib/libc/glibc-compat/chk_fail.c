// SPDX-License-Identifier: BSD-3-Clause
// The end of a program whose buffer or stack was about to overflow.

#include "compat.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
}

_Noreturn void __fortify_fail(const char *reason)
{
    say("*** ");
    say(reason);
    say(" ***: terminated\n");
    abort();
}

_Noreturn void __chk_fail(void)
{
    __fortify_fail("buffer overflow detected");
}
