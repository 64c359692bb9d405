// SPDX-License-Identifier: BSD-3-Clause
// printf-style formatting into bounded buffers.

#include <base/format.h>
#include <base/string.h>
#include <stdbool.h>
#include <stdint.h>

struct output {
    char *buf;
    size_t size;
    size_t length; /* of the whole text; may exceed size */
};

struct spec {
    bool left, zero, plus, space, alt;
    int width;
    int precision; /* -1: none given */
    int length;    /* bytes of an integer argument */
    char conversion;
};

static void put(struct output *out, char c)
{
    if (out->length + 1 < out->size)
        out->buf[out->length] = c;
    out->length++;
}

static void put_repeated(struct output *out, char c, int n)
{
    while (n-- > 0)
        put(out, c);
}

static void put_text(struct output *out, const struct spec *spec, const char *text, int n)
{
    if (!spec->left)
        put_repeated(out, ' ', spec->width - n);
    for (int i = 0; i < n; i++)
        put(out, text[i]);
    if (spec->left)
        put_repeated(out, ' ', spec->width - n);
}

static void put_number(struct output *out, const struct spec *spec, uint64_t v, const char *prefix)
{
    const char *digits = spec->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = spec->conversion == 'o' ? 8 : spec->conversion == 'x' || spec->conversion == 'X' ? 16 : 10;
    char text[24];
    int n = 0, zeros, total;
    int prefix_length = (int)strlen(prefix);

    for (; v; v /= base)
        text[n++] = digits[v % base];
    zeros = max(spec->precision < 0 ? 1 : spec->precision, n) - n;
    total = prefix_length + zeros + n;
    if (spec->zero && !spec->left && spec->precision < 0 && total < spec->width) {
        zeros += spec->width - total;
        total = spec->width;
    }
    if (!spec->left)
        put_repeated(out, ' ', spec->width - total);
    for (int i = 0; i < prefix_length; i++)
        put(out, prefix[i]);
    put_repeated(out, '0', zeros);
    while (n > 0)
        put(out, text[--n]);
    if (spec->left)
        put_repeated(out, ' ', spec->width - total);
}

static void put_signed(struct output *out, const struct spec *spec, int64_t v)
{
    const char *sign = v < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";

    put_number(out, spec, v < 0 ? -(uint64_t)v : (uint64_t)v, sign);
}

static void put_unsigned(struct output *out, struct spec *spec, uint64_t v)
{
    const char *prefix = "";

    if (spec->length < 8)
        v &= (UINT64_C(1) << (8 * spec->length)) - 1;
    if (spec->alt && v)
        prefix = spec->conversion == 'x' ? "0x" : spec->conversion == 'X' ? "0X" : spec->conversion == 'o' ? "0" : "";
    put_number(out, spec, v, prefix);
}

static bool parse_flag(struct spec *spec, char c)
{
    switch (c) {
    case '-':
        return spec->left = true;
    case '0':
        return spec->zero = true;
    case '+':
        return spec->plus = true;
    case ' ':
        return spec->space = true;
    case '#':
        return spec->alt = true;
    default:
        return false;
    }
}

static int parse_count(const char **fmt)
{
    int n = 0;

    while (**fmt >= '0' && **fmt <= '9' && n < 100000)
        n = n * 10 + (*(*fmt)++ - '0');
    return n;
}

static int parse_length(const char **fmt)
{
    char c = **fmt;

    if (c != 'h' && c != 'l' && c != 'z' && c != 'j' && c != 't')
        return sizeof(int);
    (*fmt)++;
    if (c == 'h' && **fmt == 'h') {
        (*fmt)++;
        return 1;
    }
    if (c == 'l' && **fmt == 'l')
        (*fmt)++;
    return c == 'h' ? 2 : 8;
}

/* va_list may be an array type: it travels inside a structure. */
struct arguments {
    va_list list;
};

static void parse_width_and_precision(struct spec *spec, const char **fmt, struct arguments *args)
{
    if (**fmt == '*') {
        spec->width = va_arg(args->list, int);
        (*fmt)++;
        if (spec->width < 0) {
            spec->left = true;
            spec->width = -spec->width;
        }
    } else {
        spec->width = parse_count(fmt);
    }
    spec->precision = -1;
    if (**fmt != '.')
        return;
    (*fmt)++;
    if (**fmt == '*') {
        spec->precision = va_arg(args->list, int);
        (*fmt)++;
    } else {
        spec->precision = parse_count(fmt);
    }
}

static int64_t next_signed(const struct spec *spec, struct arguments *args)
{
    int64_t v = spec->length == 8 ? va_arg(args->list, int64_t) : va_arg(args->list, int);

    return spec->length == 2 ? (int16_t)v : spec->length == 1 ? (int8_t)v : v;
}

static void put_string(struct output *out, const struct spec *spec, const char *s)
{
    if (!s)
        s = "(null)";
    put_text(out, spec, s, (int)(spec->precision < 0 ? strlen(s) : strnlen(s, (size_t)spec->precision)));
}

static void convert(struct output *out, struct spec *spec, struct arguments *args)
{
    char c;

    switch (spec->conversion) {
    case 'd':
    case 'i':
        put_signed(out, spec, next_signed(spec, args));
        break;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        put_unsigned(out, spec, spec->length == 8 ? va_arg(args->list, uint64_t) : va_arg(args->list, unsigned));
        break;
    case 'p':
        spec->conversion = 'x';
        put_number(out, spec, (uintptr_t)va_arg(args->list, void *), "0x");
        break;
    case 'c':
        c = (char)va_arg(args->list, int);
        put_text(out, spec, &c, 1);
        break;
    case 's':
        put_string(out, spec, va_arg(args->list, const char *));
        break;
    default:
        put(out, '%');
        if (spec->conversion && spec->conversion != '%')
            put(out, spec->conversion);
    }
}

int format_string_v(char *buf, size_t n, const char *fmt, va_list list)
{
    struct output out = {.buf = buf, .size = n};
    struct arguments args;

    va_copy(args.list, list);
    while (*fmt) {
        struct spec spec = {0};

        if (*fmt != '%') {
            put(&out, *fmt++);
            continue;
        }
        for (fmt++; parse_flag(&spec, *fmt);)
            fmt++;
        parse_width_and_precision(&spec, &fmt, &args);
        spec.length = parse_length(&fmt);
        spec.conversion = *fmt;
        if (*fmt)
            fmt++;
        convert(&out, &spec, &args);
    }
    va_end(args.list);
    if (n)
        buf[min(out.length, n - 1)] = '\0';
    return (int)out.length;
}

int format_string(char *buf, size_t n, const char *fmt, ...)
{
    va_list args;
    int length;

    va_start(args, fmt);
    length = format_string_v(buf, n, fmt, args);
    va_end(args);
    return length;
}

void format_append(char *buf, size_t n, size_t *used, const char *fmt, ...)
{
    size_t at = min(*used, n);
    va_list args;

    va_start(args, fmt);
    *used += (size_t)format_string_v(buf + at, n - at, fmt, args);
    va_end(args);
}
