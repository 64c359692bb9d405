// SPDX-License-Identifier: BSD-3-Clause
// `osv completion`: the completion script for a shell.
#include "command.h"
#include "message.h"
#include "prefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int completion_main(int argc, char **argv)
{
    const char *shell = argc > 1 ? argv[1] : "";
    if (argc != 2 || (strcmp(shell, "bash") != 0 && strcmp(shell, "zsh") != 0 && strcmp(shell, "fish") != 0))
        fail("name a shell: bash, zsh or fish");
    char *name = string_format("share/osv/completion/osv.%s", shell);
    char *path = prefix_path(name);
    struct text script = {0};
    if (!text_read_file(&script, path))
        fail("'%s' is missing; the install is incomplete, repeat `make install`", path);
    fputs(text_string(&script), stdout);
    text_fini(&script);
    free(path);
    free(name);
    return 0;
}

const struct command command_completion = {
    .name = "completion",
    .summary = "print the completion script for bash, zsh or fish",
    .help = "usage: osv completion bash|zsh|fish\n"
            "\n"
            "Prints the script. For bash: source <(osv completion bash). For zsh: osv completion zsh > DIR/_osv with\n"
            "DIR in $fpath. For fish: osv completion fish > ~/.config/fish/completions/osv.fish.\n",
    .run = completion_main,
};
