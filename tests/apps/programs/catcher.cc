// SPDX-License-Identifier: BSD-3-Clause
// Exceptions across libraries, threads, streams, regular expressions, dlopen(3).
#include <atomic>
#include <dlfcn.h>
#include <iostream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

extern int constructed;
int thrower(int n);

int main()
{
    std::atomic<int> caught{0}, sum{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++)
        threads.emplace_back([&] {
            for (int i = 0; i < 10; i++)
                try {
                    sum += thrower(i);
                } catch (const std::out_of_range &) {
                    caught++;
                }
        });
    for (auto &t : threads)
        t.join();
    std::ostringstream text;
    text << constructed << ' ' << caught << ' ' << sum;
    std::cout << text.str() << ' ' << std::regex_replace(std::string("a1b22"), std::regex("[0-9]+"), "#") << std::endl;
    void *math = dlopen("libm.so.6", RTLD_NOW);
    auto cosine = math ? reinterpret_cast<double (*)(double)>(dlsym(math, "cos")) : nullptr;
    std::cout << (cosine ? cosine(0.0) : -1) << std::endl;
    return 5;
}
