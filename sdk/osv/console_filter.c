// SPDX-License-Identifier: BSD-3-Clause
// What `osv run` does to the guest's output on its way: takes the exit report out, explains backtrace lines.
//
// Bytes are passed on at once; only a '\r' (until the next byte tells if it ends a line) and a possible exit report
// (from \x1e up to its newline) are held back. A backtrace line gets its explanation inserted before the newline.
#include "console_filter.h"

#include <ctype.h>
#include <string.h>

#define REPORT_START '\x1e'
#define REPORT_WORD "osv-exit "
#define INPUT_WORD "osv-input"

enum { FILTER_LINE_MAX = 512, REPORT_MAX = sizeof(REPORT_WORD) + 4 };

void console_filter_init(struct console_filter *filter)
{
    filter->exit_status = -1;
    filter->input_wanted = filter->saw_output = false;
}

void console_filter_fini(struct console_filter *filter)
{
    text_fini(&filter->report);
    text_fini(&filter->line);
}

/* A frame is "  #N 0xADDRESS ..."; lines that name a source file already are complete. Return: whether it is one. */
static bool parse_frame(const char *line, uint64_t *address)
{
    line += strspn(line, " \t");
    if (*line++ != '#' || !isdigit((unsigned char)*line))
        return false;
    line += strspn(line, "0123456789");
    line += strspn(line, ": \t");
    if (line[0] != '0' || line[1] != 'x')
        return false;
    line += 2;
    size_t digits = strspn(line, "0123456789abcdefABCDEF");
    if (digits < 6 || digits > 16 || (line[digits] && !strchr(" \t:", line[digits])))
        return false;
    *address = 0;
    for (size_t i = 0; i < digits; i++)
        *address = *address << 4 | (uint64_t)(isdigit((unsigned char)line[i]) ? line[i] - '0' : (line[i] | 32) - 'a' + 10);
    return !strstr(line, ".c:") && !strstr(line, ".S:");
}

static void explain_line(struct console_filter *filter, struct text *out)
{
    uint64_t address;
    struct text what = {0};
    if (!filter->describe || !parse_frame(text_string(&filter->line), &address))
        return;
    /* All frames but the first are return addresses: the call stands before them. */
    bool first = strstr(text_string(&filter->line), "#0") != NULL;
    if (filter->describe(filter->context, first ? address : address - 1, &what))
        text_printf(out, "  %s", text_string(&what));
    text_fini(&what);
}

static void pass_byte(struct console_filter *filter, char c, struct text *out)
{
    filter->saw_output = true;
    if (filter->held_cr && c != '\n')
        text_append_char(out, '\r');
    if (c == '\n') {
        explain_line(filter, out);
        text_append_string(out, filter->held_cr && !filter->strip_cr ? "\r\n" : "\n");
        text_clear(&filter->line);
    } else if (c != '\r') {
        text_append_char(out, c);
        if (filter->line.length < FILTER_LINE_MAX)
            text_append_char(&filter->line, c ? c : ' ');
    }
    filter->held_cr = c == '\r';
}

static void release_report(struct console_filter *filter, struct text *out)
{
    for (size_t i = 0; i < filter->report.length; i++)
        pass_byte(filter, filter->report.data[i], out);
    text_clear(&filter->report);
}

/* Whether the held bytes are, or may still become, "\x1eosv-input\n". */
static bool may_be_input_report(const struct text *report)
{
    static const char wanted[] = INPUT_WORD "\n";
    return report->length <= sizeof(wanted) && memcmp(text_string(report) + 1, wanted, report->length - 1) == 0;
}

/* Whether the held bytes are, or may still become, "\x1eosv-exit N\n". */
static bool may_be_exit_report(const struct text *report)
{
    const char *bytes = text_string(report) + 1;
    size_t length = report->length - 1, word = strlen(REPORT_WORD);
    if (length <= word)
        return memcmp(bytes, REPORT_WORD, length) == 0;
    if (memcmp(bytes, REPORT_WORD, word) != 0 || report->length > REPORT_MAX + 1)
        return false;
    size_t digits = strspn(bytes + word, "0123456789");
    size_t rest = length - word - digits;
    return digits <= 3 && (rest == 0 || (rest == 1 && digits > 0 && strchr("\r\n", bytes[word + digits])) ||
                           (rest == 2 && digits > 0 && memcmp(bytes + word + digits, "\r\n", 2) == 0));
}

static void feed_report(struct console_filter *filter, char c, struct text *out)
{
    text_append_char(&filter->report, c);
    bool input = may_be_input_report(&filter->report);
    if (!input && !may_be_exit_report(&filter->report)) {
        release_report(filter, out);
    } else if (c == '\n' && input) {
        filter->input_wanted = true;
        text_clear(&filter->report);
    } else if (c == '\n') {
        int status = 0;
        for (const char *digit = text_string(&filter->report) + 1 + strlen(REPORT_WORD); isdigit((unsigned char)*digit); digit++)
            status = status * 10 + (*digit - '0');
        filter->exit_status = status & 0xff;
        text_clear(&filter->report);
    }
}

void console_filter_feed(struct console_filter *filter, const char *bytes, size_t length, struct text *out)
{
    for (size_t i = 0; i < length; i++) {
        if (filter->report.length && bytes[i] == REPORT_START)
            release_report(filter, out);
        if (filter->report.length || bytes[i] == REPORT_START)
            feed_report(filter, bytes[i], out);
        else
            pass_byte(filter, bytes[i], out);
    }
}

void console_filter_end(struct console_filter *filter, struct text *out)
{
    release_report(filter, out);
    if (filter->held_cr)
        text_append_char(out, '\r');
    filter->held_cr = false;
}
