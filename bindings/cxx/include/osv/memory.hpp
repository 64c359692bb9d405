// SPDX-License-Identifier: BSD-3-Clause
// <osv/memory.h> for C++: figures, and a thread that answers memory pressure.
#pragma once

#include <osv/error.hpp>
#include <osv/memory.h>

#include <atomic>
#include <functional>
#include <thread>
#include <utility>

namespace osv
{

using memory_stats = ::osv_memory_stats;

/** get_memory_stats - the figures of now. Throws std::system_error. */
inline memory_stats get_memory_stats()
{
    memory_stats out{};
    detail::check(osv_memory_get_stats(&out, sizeof(out)), "osv_memory_get_stats");
    return out;
}

/** wait_memory_pressure - true: the kernel gave up caches; false: @limit passed. A signal only makes it wait
 * anew. */
inline bool wait_memory_pressure(std::chrono::milliseconds limit = no_limit)
{
    return detail::wait(limit, "osv_memory_wait_pressure", osv_memory_wait_pressure);
}

/**
 * class pressure_listener - calls a function in a thread of its own after each event, as long as the object
 * lives.
 *
 * Destruction waits for a call in progress, and for up to @interval. The function must not throw.
 */
class pressure_listener
{
  public:
    explicit pressure_listener(std::function<void()> on_pressure,
                               std::chrono::milliseconds interval = std::chrono::milliseconds(100))
        : thread_([this, interval, call = std::move(on_pressure)] {
              while (!stop_.load())
                  if (wait_memory_pressure(interval))
                      call();
          })
    {
    }
    pressure_listener(const pressure_listener &) = delete;
    pressure_listener &operator=(const pressure_listener &) = delete;
    ~pressure_listener()
    {
        stop_.store(true);
        thread_.join();
    }

  private:
    std::atomic<bool> stop_{false}; /* before thread_, which reads it */
    std::thread thread_;
};

} // namespace osv
