// SPDX-License-Identifier: BSD-3-Clause
// Less common calls of the memory family: their errors, remap_file_pages, process_vm_*, process_madvise, seals, large page pool.
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096ul
#define HUGE (2ul << 20)
#define FAILS CHECK_ERRNO

static char *map(size_t n, int prot, int flags)
{
    char *p = mmap(NULL, n, prot, flags | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    return p;
}

static int make_memfd(unsigned flags, size_t size)
{
    int fd = memfd_create("seals", flags);

    CHECK(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
    return fd;
}

static void remap_file_pages_moves_the_view(void)
{
    int fd = make_memfd(0, 4 * PAGE);
    char *p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *own = map(PAGE, PROT_READ, MAP_PRIVATE);

    CHECK(p != MAP_FAILED);
    for (int i = 0; i < 4; i++)
        p[i * PAGE] = (char)('0' + i);
    CHECK(syscall(SYS_remap_file_pages, p, 2 * PAGE, 0, 2, 0) == 0);
    CHECK(p[0] == '2' && p[PAGE] == '3' && p[2 * PAGE] == '2');
    FAILS(syscall(SYS_remap_file_pages, p, PAGE, PROT_READ, 0, 0), EINVAL);
    FAILS(syscall(SYS_remap_file_pages, p, 100, 0, 0, 0), EINVAL);
    FAILS(syscall(SYS_remap_file_pages, own, PAGE, 0, 0, 0), EINVAL);
    FAILS(syscall(SYS_remap_file_pages, p + 3 * PAGE, 2 * PAGE, 0, 0, 0), EINVAL);
    munmap(p, 4 * PAGE);
    munmap(own, PAGE);
    close(fd);
}

static void process_vm_reads_and_writes_itself(void)
{
    char *p = map(3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    char out[64] = {0};
    struct iovec local[2] = {{out, 5}, {out + 10, 20}}, remote[2] = {{p, 8}, {p + PAGE - 4, 8}};
    pid_t self = getpid();

    memcpy(p, "abcdefgh", 8);
    memcpy(p + PAGE - 4, "12345678", 8);
    CHECK(process_vm_readv(self, local, 2, remote, 2, 0) == 16);
    CHECK(memcmp(out, "abcde", 5) == 0 && memcmp(out + 10, "fgh12345678", 11) == 0);
    memcpy(out, "HELLO", 5);
    CHECK(process_vm_writev(self, local, 1, remote, 1, 0) == 5 && memcmp(p, "HELLOfgh", 8) == 0);
    FAILS(process_vm_readv(self, local, 2, remote, 2, 1), EINVAL);
    FAILS(process_vm_readv(self, local, 2000, remote, 2, 0), EINVAL);
    FAILS(process_vm_readv(self, local, 2, remote, 2000, 0), EINVAL);
    FAILS(process_vm_readv(123456, local, 2, remote, 2, 0), ESRCH);
    CHECK(process_vm_readv(123456, local, 0, remote, 2, 0) == 0);
    FAILS(process_vm_readv(self, (void *)8, 1, remote, 1, 0), EFAULT);
    FAILS(process_vm_readv(self, local, 1, (void *)8, 1, 0), EFAULT);
    CHECK(mprotect(p + PAGE, PAGE, PROT_READ) == 0);
    FAILS(process_vm_writev(self, &(struct iovec){out, 4}, 1, &(struct iovec){p + PAGE, 4}, 1, 0), EFAULT);
    CHECK(process_vm_writev(self, &(struct iovec){out, 8}, 1, &(struct iovec){p + PAGE - 4, 8}, 1, 0) == 4);
    munmap(p + 2 * PAGE, PAGE);
    CHECK(process_vm_readv(self, &(struct iovec){out, 8}, 1, &(struct iovec){p + 2 * PAGE - 4, 8}, 1, 0) == 4);
    munmap(p, 2 * PAGE);
}

static void advice_by_pidfd(void)
{
    char *p = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    struct iovec v[2] = {{p, PAGE}, {p + 2 * PAGE, PAGE}};
    int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

    CHECK(fd >= 0);
    CHECK(syscall(SYS_process_madvise, fd, v, 2, MADV_COLD, 0) == 2 * PAGE);
    FAILS(syscall(SYS_process_madvise, fd, v, 2, MADV_COLD, 1), EINVAL);
    FAILS(syscall(SYS_process_madvise, fd, v, 2, MADV_DONTNEED, 0), EINVAL);
    FAILS(syscall(SYS_process_madvise, 99, v, 2, MADV_COLD, 0), EBADF);
    FAILS(syscall(SYS_process_madvise, fd, (void *)8, 2, MADV_COLD, 0), EFAULT);
    munmap(p + 2 * PAGE, PAGE);
    CHECK(syscall(SYS_process_madvise, fd, v, 2, MADV_COLD, 0) == PAGE);
    FAILS(syscall(SYS_process_madvise, fd, v + 1, 1, MADV_COLD, 0), ENOMEM);
    munmap(p, 4 * PAGE);
    close(fd);
}

static void seals_belong_to_the_file(void)
{
    int plain = make_memfd(0, PAGE), fd = make_memfd(MFD_ALLOW_SEALING, 2 * PAGE), again, pipes[2];
    char path[32], *p, bytes[8] = {0};

    CHECK(fcntl(plain, F_GET_SEALS) == F_SEAL_SEAL);
    FAILS(fcntl(plain, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
    CHECK(fcntl(fd, F_GET_SEALS) == 0);
    FAILS(fcntl(fd, F_ADD_SEALS, 0x100), EINVAL);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    again = open(path, O_RDWR);
    CHECK(again >= 0);
    CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0);
    CHECK(fcntl(again, F_GET_SEALS) == (F_SEAL_SHRINK | F_SEAL_GROW));
    FAILS(ftruncate(again, PAGE), EPERM);
    FAILS(ftruncate(again, 3 * PAGE), EPERM);
    FAILS(pwrite(again, bytes, 8, 2 * PAGE), EPERM);
    CHECK(pwrite(again, bytes, 8, 2 * PAGE - 8) == 8);
    p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    FAILS(fcntl(again, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
    CHECK(fcntl(again, F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == 0);
    p[0] = 'x'; /* the old mapping stays writable */
    FAILS(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
    FAILS(pwrite(fd, bytes, 1, 0), EPERM);
    munmap(p, PAGE);
    CHECK(fcntl(again, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL) == 0);
    FAILS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
    p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED && p[0] == 'x');
    p[0] = 'y';
    munmap(p, PAGE);
    CHECK(pipe(pipes) == 0);
    FAILS(fcntl(pipes[0], F_GET_SEALS), EINVAL);
    close(open(path, O_RDONLY));
    close(again);
    close(fd);
    close(plain);
}

static void set_pool(const char *n)
{
    int fd = open("/proc/sys/vm/nr_hugepages", O_WRONLY);

    CHECK(fd >= 0 && write(fd, n, strlen(n)) == (ssize_t)strlen(n));
    close(fd);
}

static void large_pages_come_from_the_pool(void)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
    char *p;

    FAILS(mmap(NULL, HUGE, PROT_READ | PROT_WRITE, flags, -1, 0), ENOMEM);
    FAILS(mmap(NULL, HUGE, PROT_READ | PROT_WRITE, flags | 13 << 26, -1, 0), EINVAL);
    set_pool("3");
    p = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, flags, -1, 0);
    CHECK(p != MAP_FAILED && (size_t)p % HUGE == 0);
    FAILS(mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, flags, -1, 0), ENOMEM);
    memset(p, 7, 2 * HUGE);
    FAILS(munmap(p, PAGE), EINVAL);
    FAILS(mprotect(p + PAGE, PAGE, PROT_READ), EINVAL);
    CHECK(munmap(p, HUGE) == 0 && p[HUGE] == 7);
    CHECK(munmap(p + HUGE, HUGE) == 0);
    set_pool("0");
    FAILS(mmap(NULL, HUGE, PROT_READ | PROT_WRITE, flags, -1, 0), ENOMEM);
}

static void limits_are_kept(void)
{
    struct rlimit old, tight;
    char *p = map(4 * PAGE, PROT_NONE, MAP_PRIVATE);

    CHECK(getrlimit(RLIMIT_MEMLOCK, &old) == 0);
    tight = (struct rlimit){2 * PAGE, old.rlim_max};
    CHECK(setrlimit(RLIMIT_MEMLOCK, &tight) == 0);
    FAILS(mlock(p, PAGE), ENOMEM); /* no access: its page cannot come */
    CHECK(munlock(p, PAGE) == 0 && mprotect(p, 4 * PAGE, PROT_READ) == 0);
    CHECK(mlock(p, 2 * PAGE) == 0);
    CHECK(syscall(SYS_mlock2, p, 2 * PAGE, 1) == 0);
    FAILS(syscall(SYS_mlock2, p, PAGE, 2), EINVAL);
    FAILS(msync(p, PAGE, MS_INVALIDATE), EBUSY);
    FAILS(madvise(p, PAGE, MADV_DONTNEED), EINVAL);
    CHECK(munlock(p, 4 * PAGE) == 0);
    setrlimit(RLIMIT_MEMLOCK, &old);
    CHECK(getrlimit(RLIMIT_AS, &old) == 0);
    tight = (struct rlimit){1 << 20, old.rlim_max};
    CHECK(setrlimit(RLIMIT_AS, &tight) == 0);
    FAILS(mmap(NULL, 64 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
    FAILS(mremap(p, 4 * PAGE, 64 << 20, MREMAP_MAYMOVE), ENOMEM);
    setrlimit(RLIMIT_AS, &old);
    CHECK(getrlimit(RLIMIT_DATA, &old) == 0);
    tight = (struct rlimit){PAGE, old.rlim_max};
    CHECK(setrlimit(RLIMIT_DATA, &tight) == 0);
    FAILS(mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
    FAILS(mprotect(p, 4 * PAGE, PROT_READ | PROT_WRITE), ENOMEM);
    setrlimit(RLIMIT_DATA, &old);
    munmap(p, 4 * PAGE);
}

static void lengths_and_addresses(void)
{
    char *p = map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    unsigned char vec[2];

    FAILS(munmap(p + 1, PAGE), EINVAL);
    FAILS(munmap(p, 0), EINVAL);
    FAILS(syscall(SYS_mprotect, p + 1, PAGE, PROT_READ), EINVAL);
    CHECK(mprotect(p, 0, PROT_READ) == 0);
    FAILS(madvise(p + 1, PAGE, MADV_NORMAL), EINVAL);
    FAILS(madvise(p, PAGE, 4711), EINVAL);
    CHECK(madvise(p, 0, MADV_DONTNEED) == 0);
    FAILS(msync(p + 1, PAGE, MS_SYNC), EINVAL);
    FAILS(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
    FAILS(mincore(p + 1, PAGE, vec), EINVAL);
    FAILS(mincore(p, PAGE, (void *)-1), EFAULT);
    FAILS(mincore((void *)-PAGE, PAGE, vec), ENOMEM);
    FAILS(mremap(p, PAGE, 0, 0), EINVAL);
    FAILS(mremap(p, PAGE, PAGE, MREMAP_FIXED), EINVAL);
    FAILS(mremap(p + 1, PAGE, PAGE, MREMAP_MAYMOVE), EINVAL);
    FAILS(mremap(p, PAGE, 4 * PAGE, 8), EINVAL);
    FAILS(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL);
    FAILS(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
    FAILS(mmap(NULL, -PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
    FAILS(mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
    FAILS(mlockall(0), EINVAL);
    FAILS(mlockall(MCL_ONFAULT), EINVAL);
    munmap(p, 2 * PAGE);
    FAILS(msync(p, PAGE, MS_SYNC), ENOMEM);
    FAILS(madvise(p, PAGE, MADV_DONTNEED), ENOMEM);
    FAILS(mlock(p, PAGE), ENOMEM);
    FAILS(mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
}

int main(void)
{
    remap_file_pages_moves_the_view();
    process_vm_reads_and_writes_itself();
    advice_by_pidfd();
    seals_belong_to_the_file();
    large_pages_come_from_the_pool();
    limits_are_kept();
    lengths_and_addresses();
    return finish();
}
