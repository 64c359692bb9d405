// SPDX-License-Identifier: BSD-3-Clause
// Parser of the kernel command line.

/*
 * Two passes in place: next_word() removes quotes and escapes (a word never grows), then each word is an option until `--` or the first
 * word that does not start with `-`. Options are rows of one table; what a row does is its kind.
 */

#include "init/command_line.h"
#include "base/format.h"
#include "base/string.h"
#include <errno.h>

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_LIST };

struct option_row {
    const char *name;
    enum option_kind kind;
    size_t offset;
};

#define FLAG(name, member) {name, OPTION_FLAG, offsetof(struct command_line, member)}
#define TEXT(name, member) {name, OPTION_TEXT, offsetof(struct command_line, member)}
#define NUMBER(name, member) {name, OPTION_NUMBER, offsetof(struct command_line, member)}
#define LIST(name, member) {name, OPTION_LIST, offsetof(struct command_line, member)}

static const struct option_row rows[] = {
    FLAG("help", help),
    FLAG("verbose", verbose),
    FLAG("version", version),
    FLAG("bootchart", bootchart),
    FLAG("nomount", nomount),
    FLAG("nopci", nopci),
    FLAG("noinit", noinit),
    FLAG("norandom", norandom),
    FLAG("trace-backtrace", trace_backtrace),
    FLAG("strace", strace),
    FLAG("syscall-summary", syscall_summary),
    FLAG("missing-files", missing_files),
    FLAG("power-off-on-abort", power_off_on_abort),
    FLAG("report-exit", report_exit),
    FLAG("no-tty", no_tty),
    FLAG("no-tty-output", no_tty_output),
    TEXT("console", console),
    TEXT("cwd", cwd),
    TEXT("rootfs", rootfs),
    TEXT("argv0", argv0),
    TEXT("redirect", redirect),
    TEXT("defaultgw", defaultgw),
    NUMBER("delay", delay_ms),
    NUMBER("sampler", sampler_hz),
    LIST("env", env),
    LIST("mount-fs", mount_fs),
    LIST("ip", ip),
    LIST("nameserver", nameserver),
    LIST("trace", trace),
};

const char command_line_usage[] = "usage: [options] [--] [program arguments]\n"
                                  "  --help --version --verbose --bootchart --strace --norandom --nopci --noinit --nomount\n"
                                  "  --console=NAME --env=K=V --cwd=DIR --delay=SECONDS --rootfs=KIND --mount-fs=TYPE,SRC,DIR\n"
                                  "  --ip=IF,ADDR,MASK --defaultgw=ADDR --nameserver=ADDR --redirect=FILE\n"
                                  "  --trace=PATTERN --trace-backtrace --sampler=HZ --power-off-on-abort\n"
                                  "  --syscall-summary --missing-files --argv0=NAME --report-exit --no-tty --no-tty-output\n";

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One escape inside double quotes; *in is behind the backslash. */
static char unescape(const char **in)
{
    char c = *(*in)++;
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'e':
        return 27;
    case 'x':
        if (hex_digit((*in)[0]) >= 0 && hex_digit((*in)[1]) >= 0) {
            c = (char)(hex_digit((*in)[0]) << 4 | hex_digit((*in)[1]));
            *in += 2;
        }
        return c;
    default:
        return c;
    }
}

struct word {
    char *text;
    bool quoted;
};

/* Copies up to the closing @quote. Return: false if there is none. */
static bool quoted_part(const char **in, char **out, char quote)
{
    while (**in && **in != quote) {
        char c = *(*in)++;
        if (c == '\\' && quote == '"' && **in)
            c = unescape(in);
        *(*out)++ = c;
    }
    if (!**in)
        return false;
    (*in)++;
    return true;
}

/* Return: 1 a word; 0 the end; -EINVAL unbalanced quote. */
static int next_word(char **cursor, struct word *w)
{
    const char *in = *cursor;
    while (*in == ' ' || *in == '\t' || *in == '\n' || *in == '\r')
        in++;
    if (!*in)
        return 0;
    char *out = (char *)(uintptr_t)in;
    *w = (struct word){out, false};
    while (*in && *in != ' ' && *in != '\t' && *in != '\n' && *in != '\r') {
        char c = *in++;
        if (c == '"' || c == '\'') {
            w->quoted = true;
            if (!quoted_part(&in, &out, c))
                return -EINVAL;
        } else {
            if (c == '\\' && *in) {
                w->quoted = true;
                c = *in++;
            }
            *out++ = c;
        }
    }
    *cursor = (char *)(uintptr_t)in + (*in ? 1 : 0);
    *out = 0;
    return 1;
}

static const struct option_row *find_row(const char *name, size_t n)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (strlen(rows[i].name) == n && memcmp(rows[i].name, name, n) == 0)
            return &rows[i];
    return NULL;
}

/* "1.5" seconds -> 1500; also plain numbers for --sampler. */
static int parse_number(const char *s, bool thousandths, uint64_t *out)
{
    const char *end;
    uint64_t v, scale = 100;
    int error = string_parse_u64(s, 10, &end, &v);
    if (error || v > UINT32_MAX)
        return -EINVAL;
    if (!thousandths) {
        *out = v;
        return *end ? -EINVAL : 0;
    }
    v *= 1000;
    if (*end == '.')
        for (end++; *end >= '0' && *end <= '9'; end++, scale /= 10)
            v += (uint64_t)(*end - '0') * scale;
    *out = v;
    return *end ? -EINVAL : 0;
}

static int list_add(struct word_list *list, const char *word)
{
    if (list->n == COMMAND_LINE_LIST_MAX)
        return -E2BIG;
    list->words[list->n++] = word;
    return 0;
}

static int apply_option(char *word, struct command_line *out, char *why, size_t n)
{
    const char *name = word + 2;
    const char *equals = strchr(name, '=');
    size_t name_bytes = equals ? (size_t)(equals - name) : strlen(name);
    const struct option_row *row = word[1] == '-' ? find_row(name, name_bytes) : NULL;
    if (!row) {
        format_string(why, n, "unknown option '%.64s'", word);
        return -EINVAL;
    }
    if ((row->kind == OPTION_FLAG) != (equals == NULL)) {
        format_string(why, n, equals ? "option '--%s' takes no value" : "option '--%s' needs a value: --%s=...", row->name, row->name);
        return -EINVAL;
    }
    char *field = (char *)out + row->offset;
    const char *value = equals ? equals + 1 : NULL;
    int error = 0;
    if (row->kind == OPTION_FLAG)
        *(bool *)field = true;
    else if (row->kind == OPTION_TEXT)
        *(const char **)field = value;
    else if (row->kind == OPTION_LIST)
        error = list_add((struct word_list *)field, value);
    else
        error = parse_number(value, row->offset == offsetof(struct command_line, delay_ms), (uint64_t *)field);
    if (error == -E2BIG)
        format_string(why, n, "option '--%s' is given too often", row->name);
    else if (error)
        format_string(why, n, "'%.64s' is not a number", word);
    return error;
}

static bool is_separator(const struct word *w)
{
    return !w->quoted && (!strcmp(w->text, ";") || !strcmp(w->text, "&") || !strcmp(w->text, "&!"));
}

static int add_argument(const struct word *w, struct command_line *out, char *why, size_t n)
{
    if (out->n_arguments == COMMAND_LINE_WORDS_MAX) {
        format_string(why, n, "more than %d program arguments", COMMAND_LINE_WORDS_MAX);
        return -E2BIG;
    }
    out->separator[out->n_arguments] = is_separator(w);
    out->arguments[out->n_arguments++] = w->text;
    return 0;
}

int command_line_parse(char *text, struct command_line *out, char *why, size_t why_bytes)
{
    struct word w;
    bool options = true;
    int r;
    memset(out, 0, sizeof(*out));
    while ((r = next_word(&text, &w)) > 0) {
        int error;
        if (!w.quoted && string_starts_with(w.text, "virtio_mmio.device=")) {
            error = list_add(&out->virtio_mmio, w.text + sizeof("virtio_mmio.device=") - 1);
            if (error)
                format_string(why, why_bytes, "too many virtio_mmio devices");
        } else if (options && !w.quoted && !strcmp(w.text, "--")) {
            options = false;
            error = 0;
        } else if (options && w.text[0] == '-' && w.text[1]) {
            error = apply_option(w.text, out, why, why_bytes);
        } else {
            options = false;
            error = add_argument(&w, out, why, why_bytes);
        }
        if (error)
            return error;
    }
    if (r < 0)
        format_string(why, why_bytes, "a quote is not closed");
    return r;
}
