// SPDX-License-Identifier: BSD-3-Clause
// A shared library that throws, and counts its constructors.
#include <stdexcept>
#include <string>

int constructed;
static struct Counter {
    Counter() { constructed++; }
} counter;
thread_local int thread_calls;

int thrower(int n)
{
    thread_calls++;
    if (n % 2)
        throw std::out_of_range("odd " + std::to_string(n));
    return n * thread_calls;
}
