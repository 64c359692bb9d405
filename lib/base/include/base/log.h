// SPDX-License-Identifier: BSD-3-Clause
// Leveled kernel messages, handed as whole lines to a sink that init registers.
#pragma once

#include <base/compiler.h>
#include <stddef.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/**
 * log_sink_fn - take one line.
 * @text: @n bytes, without a newline at the end
 *
 * Context: any, interrupts may be off, locks of any rank may be held; must not log.
 */
typedef void log_sink_fn(enum log_level level, const char *text, size_t n);

/** log_set_sink - send lines to @sink from now on (NULL: drop them). */
void log_set_sink(log_sink_fn *sink);

/** log_set_level - drop lines less important than @level. At start: LOG_LEVEL_WARN. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/** log_write - format one line of at most 255 bytes and hand it on. Context: any. */
void log_write(enum log_level level, const char *fmt, ...) __printf_like(2, 3) __cold;

#define log_error(...) log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) log_write(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* A warning that appears the first time this line is reached. */
#define log_once(...)                                                                                        \
    do {                                                                                                     \
        static unsigned char log_once_done_;                                                                 \
        if (!__atomic_exchange_n(&log_once_done_, 1, __ATOMIC_RELAXED))                                      \
            log_warn(__VA_ARGS__);                                                                           \
    } while (0)
