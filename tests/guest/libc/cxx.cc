// SPDX-License-Identifier: BSD-3-Clause
// The C++ library on a libc that is not the one it was built for: each part that leans on libc's layouts and rarer functions.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <regex>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <typeinfo>
#include <vector>

#include <ftw.h>
#include <pthread.h>
#include <regex.h>
#include <setjmp.h>

static int failures;
#define CHECK(cond)                                                                                          \
    do {                                                                                                     \
        if (!(cond)) {                                                                                       \
            std::printf("not ok - %s:%d %s\n", __func__, __LINE__, #cond);                                   \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)

using namespace std::chrono_literals;

static std::string global = "constructed";

static int compare_throwing(const void *, const void *)
{
    throw std::runtime_error("through qsort");
}

static void test_exceptions()
{
    int v[3] = {3, 1, 2};
    bool caught = false;
    try {
        std::qsort(v, 3, sizeof *v, compare_throwing);
    } catch (const std::runtime_error &e) {
        caught = std::string(e.what()) == "through qsort";
    }
    CHECK(caught);
    std::exception_ptr p;
    std::thread t([&] {
        try {
            (void)std::vector<int>().at(1);
        } catch (...) {
            p = std::current_exception();
        }
    });
    t.join();
    caught = false;
    try {
        std::rethrow_exception(p);
    } catch (const std::out_of_range &) {
        caught = true;
    }
    CHECK(caught);
}

static void test_streams()
{
    std::ostringstream out;
    out << std::hex << std::showbase << 255 << ' ' << std::fixed << std::setprecision(3) << 3.14159 << ' ' << std::boolalpha << true;
    CHECK(out.str() == "0xff 3.142 true");
    std::istringstream in("12 0x1f 2.5 word");
    int a, b;
    double d;
    std::string w;
    in >> a >> std::hex >> b >> d >> w;
    CHECK(a == 12 && b == 31 && d == 2.5 && w == "word");
    std::wostringstream wide;
    wide << L"\u20ac" << 7;
    CHECK(wide.str() == L"\u20ac7");
}

static void test_locale()
{
    std::locale classic = std::locale::classic(), utf("C.UTF-8");
    CHECK(std::toupper('a', classic) == 'A' && std::isdigit('7', utf) && std::tolower('Q', utf) == 'q');
    CHECK(std::use_facet<std::ctype<char>>(utf).is(std::ctype_base::punct, '!'));
    CHECK(std::use_facet<std::ctype<wchar_t>>(utf).is(std::ctype_base::alpha, L'z'));
    CHECK(std::use_facet<std::numpunct<char>>(utf).decimal_point() == '.');
    CHECK(std::use_facet<std::numpunct<wchar_t>>(utf).decimal_point() == L'.');
    const char words[] = "ab";
    CHECK(std::use_facet<std::collate<char>>(utf).compare(words, words + 1, words + 1, words + 2) < 0);
    std::ostringstream out;
    out.imbue(utf);
    std::tm tm = {};
    tm.tm_year = 126;
    tm.tm_wday = 1;
    tm.tm_mday = 2;
    out << std::put_time(&tm, "%A %d %b") << ' ' << 1234567 << ' ' << std::put_money(1234);
    CHECK(out.str().find("Monday 02 Jan 1234567") == 0);
    std::wostringstream wide;
    wide.imbue(utf);
    wide << std::put_time(&tm, L"%A");
    CHECK(wide.str() == L"Monday");
}

static void test_regex()
{
    std::smatch m;
    std::string s = "key = value42";
    CHECK(std::regex_match(s, m, std::regex(R"((\w+)\s*=\s*([a-z]+)(\d+))")) && m[2] == "value" && m[3] == "42");
    regex_t r;
    regmatch_t posix[2];
    CHECK(regcomp(&r, "b(c+)", REG_EXTENDED) == 0);
    CHECK(regexec(&r, "abccd", 2, posix, 0) == 0 && posix[0].rm_so == 1 && posix[1].rm_so == 2 && posix[1].rm_eo == 4);
    regfree(&r);
}

static std::atomic<int> destroyed;
struct Noisy {
    int n = 0;
    ~Noisy() { destroyed++; }
};
static thread_local Noisy noisy;

static void test_threads()
{
    std::recursive_mutex recursive;
    {
        std::lock_guard<std::recursive_mutex> one(recursive), two(recursive);
        std::thread([&] { CHECK(!recursive.try_lock()); }).join();
    }
    CHECK(recursive.try_lock());
    recursive.unlock();
    static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    CHECK(pthread_mutex_lock(&checking) == 0 && pthread_mutex_lock(&checking) == EDEADLK);

    std::mutex m;
    std::condition_variable cv;
    bool ready = false;
    std::thread t([&] {
        noisy.n = 1;
        std::this_thread::sleep_for(5ms);
        std::lock_guard<std::mutex> l(m);
        ready = true;
        cv.notify_one();
    });
    {
        std::unique_lock<std::mutex> l(m);
        CHECK(cv.wait_for(l, 10s, [&] { return ready; }));
        auto start = std::chrono::steady_clock::now();
        CHECK(cv.wait_for(l, 20ms) == std::cv_status::timeout);
        CHECK(std::chrono::steady_clock::now() - start >= 20ms);
    }
    t.join();
    CHECK(destroyed == 1);
    CHECK(std::async(std::launch::async, [] { return 42; }).get() == 42);
    std::timed_mutex timed;
    timed.lock();
    std::thread([&] { CHECK(!timed.try_lock_for(5ms)); }).join();
    std::shared_mutex shared;
    std::shared_lock<std::shared_mutex> s1(shared), s2(shared, std::try_to_lock);
    CHECK(s2.owns_lock());
    std::once_flag once;
    int calls = 0;
    for (int i = 0; i < 3; i++)
        std::call_once(once, [&] { calls++; });
    CHECK(calls == 1);
#if __cplusplus >= 202002L
    std::atomic<int> word = 0;
    std::thread waker([&] {
        std::this_thread::sleep_for(2ms);
        word = 1;
        word.notify_all();
    });
    word.wait(0);
    waker.join();
    CHECK(word == 1);
#endif
}

struct Base {
    virtual ~Base() = default;
};
struct Derived : Base {
    int x = 5;
};

static void test_rest()
{
    std::unique_ptr<Base> p = std::make_unique<Derived>();
    Base &base = *p;
    CHECK(dynamic_cast<Derived *>(p.get()) && typeid(base) == typeid(Derived));
    CHECK(global == "constructed");
    CHECK(std::random_device()() != std::random_device()() || std::random_device()() != 0);
    auto shared = std::make_shared<int>(3);
    std::weak_ptr<int> weak = shared;
    shared.reset();
    CHECK(weak.expired());
    CHECK(std::chrono::system_clock::now().time_since_epoch() > 0s);
    static jmp_buf env;
    volatile int count = 0;
    if (setjmp(env) < 3) {
        count = count + 1;
        longjmp(env, count);
    }
    CHECK(count == 3);
    CHECK(std::stod("1e3") == 1000 && std::stoul("ff", nullptr, 16) == 255 && std::to_string(1.5) == "1.500000");
}

int main()
{
    test_exceptions();
    test_streams();
    test_locale();
    test_regex();
    test_threads();
    test_rest();
    std::cout << (failures ? "failed" : "ok") << std::endl;
    return failures != 0;
}
