// SPDX-License-Identifier: BSD-3-Clause
// A library that throws through the program, with initial-exec and descriptor thread-local storage.
#include <stdexcept>
#include <string>

extern "C" {
__attribute__((tls_model("initial-exec"))) thread_local int library_static = 7;
thread_local int library_general = 9;
}

struct Noisy {
    std::string name;
    explicit Noisy(const char *n) : name(n) {}
    ~Noisy() {}
};
thread_local Noisy noisy("noisy thread");

int library_throw(int value)
{
    if (value > 2)
        throw std::out_of_range("value " + std::to_string(value) + " from a " + noisy.name);
    return value + library_static++ + library_general++;
}
