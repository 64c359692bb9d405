// SPDX-License-Identifier: BSD-3-Clause
// What a dynamic program does with its linker: exceptions across libraries, threads, TLS, dlopen and its relatives.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <getopt.h>
#include <iostream>
#include <link.h>
#include <pthread.h>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

int library_throw(int value);
extern "C" {
extern thread_local int library_static, library_general;
int host_value = 100;
int shared_name() { return 1; }
}
thread_local int own = 3;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static void exceptions()
{
    for (int i = 1; i < 4; i++) {
        try {
            std::cout << "call " << library_throw(i) << "\n";
        } catch (const std::exception &e) {
            std::cout << "caught " << e.what() << "\n";
        }
    }
    int sorted[] = {3, 1, 2};
    try {
        qsort(sorted, 3, sizeof *sorted, [](const void *, const void *) -> int { throw 5; });
    } catch (int n) {
        std::cout << "through qsort " << n << "\n";
    }
}

static void threads()
{
    std::vector<std::thread> list;
    int sums[4];
    for (int i = 0; i < 4; i++)
        list.emplace_back([&, i] {
            own += i;
            library_general += i;
            sums[i] = own * 1000 + library_general * 10 + library_static;
        });
    for (auto &t : list)
        t.join();
    for (int sum : sums)
        std::cout << "thread " << sum << "\n";
    pthread_mutex_lock(&recursive);
    std::cout << "recursive " << pthread_mutex_lock(&recursive) << "\n";
}

static int count(dl_phdr_info *info, size_t, void *n)
{
    *static_cast<int *>(n) += strstr(info->dlpi_name, "libplugin") != nullptr;
    return 0;
}

static int plugins()
{
    int n = 0;
    dl_iterate_phdr(count, &n);
    return n;
}

static void open_plugin(const char *path)
{
    Dl_info info;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        std::cout << dlerror() << "\n";
        return;
    }
    auto call = reinterpret_cast<int (*)(int)>(dlsym(handle, "plugin_call"));
    std::cout << "plugin " << call(1) << " " << call(1) << "\n";
    std::thread([&] { std::cout << "plugin in a thread " << call(2) << "\n"; }).join();
    std::cout << "variable " << *static_cast<int *>(dlsym(handle, "plugin_counter")) << "\n";
    std::cout << "default " << (dlsym(RTLD_DEFAULT, "plugin_call") != nullptr) << "\n";
    std::cout << "again " << (dlopen(path, RTLD_NOW | RTLD_NOLOAD) == handle) << " listed " << plugins() << "\n";
    if (dladdr(reinterpret_cast<void *>(call), &info))
        std::cout << "address " << (info.dli_sname ? info.dli_sname : "?") << " " << (strstr(info.dli_fname, "libplugin") != nullptr) << "\n";
    dlclose(handle);
    std::cout << "still " << plugins() << "\n";
    dlclose(handle);
    std::cout << "closed " << plugins() << "\n";
    handle = dlopen(path, RTLD_LAZY | RTLD_GLOBAL);
    std::cout << "global " << (dlsym(RTLD_DEFAULT, "plugin_call") != nullptr) << "\n";
    std::cout << "missing " << (dlopen("/nowhere/libnone.so", RTLD_NOW) == nullptr) << " " << dlerror() << "\n";
    std::cout << "next " << (dlsym(RTLD_NEXT, "malloc") == dlsym(RTLD_DEFAULT, "malloc")) << "\n";
}

int main(int argc, char **argv)
{
    int c;
    while ((c = getopt(argc, argv, "x:v")) != -1)
        std::cout << "option " << char(c) << " " << (optarg ? optarg : "-") << "\n";
    std::cout << "rest " << (optind < argc ? argv[optind] : "none") << "\n";
    setenv("DYNAMIC", "yes", 1);
    bool seen = false;
    for (char **e = environ; *e; e++)
        seen |= strcmp(*e, "DYNAMIC=yes") == 0;
    std::cout << "environment " << seen << getenv("DYNAMIC") << "\n";
    std::cout << "regex " << std::regex_replace("a1b22", std::regex("[0-9]+"), "#") << "\n";
    exceptions();
    threads();
    std::cout.flush();
    setvbuf(stdout, nullptr, _IONBF, 0);
    open_plugin(argv[optind]);
    atexit([] { puts("atexit"); });
    return 5;
}
