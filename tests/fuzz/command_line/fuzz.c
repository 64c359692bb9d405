// SPDX-License-Identifier: BSD-3-Clause
// Any text as the kernel's command line: each word told lies inside it.
#include "../fuzz.h"
#include "init/command_line.h"

static struct command_line parsed;

static void check_word(const char *word, const char *text, size_t n)
{
    require(word >= text && word <= text + n && strlen(word) <= (size_t)(text + n - word),
            "a word lies inside the line");
}

static void check_list(const struct word_list *list, const char *text, size_t n)
{
    require(list->n <= COMMAND_LINE_LIST_MAX, "a list has an end");
    for (unsigned i = 0; i < list->n; i++)
        check_word(list->words[i], text, n);
}

static void check_parsed(const char *text, size_t n)
{
    const char *const words[] = {parsed.console, parsed.cwd,      parsed.rootfs,
                                 parsed.argv0,   parsed.redirect, parsed.defaultgw};
    const struct word_list *const lists[] = {&parsed.env,        &parsed.mount_fs, &parsed.ip,
                                             &parsed.nameserver, &parsed.trace,    &parsed.virtio_mmio};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i] != NULL)
            check_word(words[i], text, n);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        check_list(lists[i], text, n);
    require(parsed.n_arguments <= COMMAND_LINE_WORDS_MAX, "arguments have an end");
    for (unsigned i = 0; i < parsed.n_arguments; i++)
        check_word(parsed.arguments[i], text, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char why[96] = "";
    char *text = malloc(n + 1); /* parsed in place; its end is guarded */

    memcpy(text, data, n);
    text[n] = 0;
    int err = command_line_parse(text, &parsed, why, sizeof why);
    require(err == 0 || ((err == -EINVAL || err == -E2BIG) && why[0] != 0), "a refusal has a reason");
    require(memchr(why, 0, sizeof why) != NULL, "the reason ends");
    if (err == 0)
        check_parsed(text, n);
    free(text);
    return 0;
}
