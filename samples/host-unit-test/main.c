// SPDX-License-Identifier: BSD-3-Clause
// A unit test of kernel code, as an ordinary program of the build machine: no emulator, any debugger, any sanitizer.

#include <arch/host.h>
#include <base/ring.h>
#include <mem/frame.h>
#include <mem/kalloc.h>
#include <mem/shrinker.h>
#include <stdio.h>
#include <string.h>

static int failures;

static void check(int ok, const char *what)
{
    printf("%s - %s\n", ok ? "ok" : "not ok", what);
    failures += !ok;
}

static void ring_wraps_around(void)
{
    unsigned char storage[8];
    char out[8] = "";
    struct ring ring;

    ring_init(&ring, storage, sizeof(storage));
    ring_write(&ring, "abcdef", 6);
    ring_skip(&ring, 5);
    check(ring_write(&ring, "ghijklm!", 8) == 7, "a ring takes what fits");
    check(ring_read(&ring, out, 8) == 8 && memcmp(out, "fghijklm", 8) == 0, "and gives it back in order");
}

static void blocks_are_aligned_and_merge_again(void)
{
    struct frame *block, *page;
    uint64_t before;

    frame_drain();
    before = frame_free_pages();
    block = frame_alloc(FRAME_ORDER_HUGE, FRAME_ZERO);
    check(block && frame_to_phys(block) % (2ul << 20) == 0, "a 2 MiB block is aligned to 2 MiB");
    frame_split(block, FRAME_ORDER_HUGE);
    for (unsigned i = 0; i < 512; i++)
        frame_put(&block[i]);
    frame_drain();
    check(frame_free_pages() == before, "its pages can be freed one by one");

    mem_fail_after(0, 1);
    page = frame_alloc(0, 0);
    mem_fail_after(-1, 0);
    check(page == NULL, "a failure can be ordered");
}

static size_t cached_pages;
static struct frame *cache[4096];

static size_t give_back(struct shrinker *self, size_t want)
{
    size_t n = 0;

    (void)self;
    for (; n < want && cached_pages; n++)
        frame_put(cache[--cached_pages]);
    return n;
}

static void caches_are_asked_before_memory_runs_out(void)
{
    static struct shrinker shrinker = {.shrink = give_back, .name = "sample"};
    struct frame *page;

    shrinker_register(&shrinker);
    while (cached_pages < 4096 && (page = frame_alloc(0, FRAME_NOWAIT)))
        cache[cached_pages++] = page;
    page = frame_alloc(0, 0);
    check(page != NULL, "an allocation finds room in a cache");
    frame_put(page);
    shrinker_unregister(&shrinker);
}

int main(void)
{
    if (mem_init(host_machine_create(8 << 20)) != 0)
        return 2;
    ring_wraps_around();
    blocks_are_aligned_and_merge_again();
    caches_are_asked_before_memory_runs_out();
    return failures != 0;
}
