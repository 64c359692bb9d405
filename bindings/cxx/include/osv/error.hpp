// SPDX-License-Identifier: BSD-3-Clause
// How the wrappers report failure: std::system_error with the errno.
#pragma once

#include <cerrno>
#include <chrono>
#include <climits>
#include <system_error>

namespace osv
{

/** no_limit - wait for as long as it takes. */
constexpr std::chrono::milliseconds no_limit = std::chrono::milliseconds::max();

namespace detail
{

inline int check(int result, const char *what)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

/* -1, no limit, for what does not fit. */
inline int to_timeout(std::chrono::milliseconds limit)
{
    if (limit.count() < 0)
        return 0;
    return limit.count() > INT_MAX ? -1 : static_cast<int>(limit.count());
}

/* @call with a timeout in milliseconds, anew after each signal with what is left of @limit. */
template <class Call> bool wait(std::chrono::milliseconds limit, const char *what, Call call)
{
    using clock = std::chrono::steady_clock;
    const clock::time_point start = clock::now();
    for (;;) {
        const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - start);
        const int result = call(to_timeout(limit == no_limit ? limit : limit - passed));
        if (result >= 0 || errno != EINTR)
            return check(result, what) != 0;
    }
}

} // namespace detail

} // namespace osv
