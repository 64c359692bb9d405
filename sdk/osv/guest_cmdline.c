// SPDX-License-Identifier: BSD-3-Clause
// The kernel command line: `[options] [--] [program arguments]`, quoted as sdk/README.md states.
#include "guest_cmdline.h"

#include <string.h>

static bool needs_quotes(const char *word)
{
    if (*word == '\0' || string_starts(word, "virtio_mmio.device="))
        return true;
    for (const unsigned char *c = (const unsigned char *)word; *c; c++)
        if (*c <= ' ' || *c == 0x7f || strchr("\"'\\;&", *c))
            return true;
    return false;
}

static void append_quoted_char(struct text *line, unsigned char c)
{
    static const char escaped[] = "\"\\\n\r\t\x1b", letters[] = "\"\\nrte";
    const char *special = strchr(escaped, c);
    if (c && special)
        text_printf(line, "\\%c", letters[special - escaped]);
    else if (c < ' ' || c == 0x7f)
        text_printf(line, "\\x%02x", c);
    else
        text_append_char(line, (char)c);
}

void guest_word_append(struct text *line, const char *word)
{
    if (line->length)
        text_append_char(line, ' ');
    if (!needs_quotes(word)) {
        text_append_string(line, word);
        return;
    }
    text_append_char(line, '"');
    for (; *word; word++)
        append_quoted_char(line, (unsigned char)*word);
    text_append_char(line, '"');
}

void guest_cmdline_build(struct text *line, const struct words *options, const struct words *arguments)
{
    for (size_t i = 0; i < options->count; i++)
        guest_word_append(line, options->items[i]);
    if (arguments->count)
        guest_word_append(line, "--");
    for (size_t i = 0; i < arguments->count; i++)
        guest_word_append(line, arguments->items[i]);
}
