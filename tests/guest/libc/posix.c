// SPDX-License-Identifier: BSD-3-Clause
// What POSIX test suites ask for at the edges: attributes of threads, names of semaphores, locked memory, times of mapped files, accounts.
#include "../check.h"

#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void thread_attributes(void)
{
    struct sched_param high = {.sched_priority = 100};
    pthread_attr_t attr;
    void *address;
    size_t size;

    CHECK(pthread_attr_init(&attr) == 0);
    CHECK(pthread_attr_getstack(&attr, &address, &size) == 0 && size > 0);
    CHECK(pthread_attr_setschedpolicy(&attr, 999) == EINVAL);
    CHECK(pthread_attr_setschedpolicy(&attr, SCHED_FIFO) == 0);
    CHECK(pthread_attr_setschedparam(&attr, &high) == EINVAL);
    high.sched_priority = 99;
    CHECK(pthread_attr_setschedparam(&attr, &high) == 0);
    pthread_attr_destroy(&attr);
}

static void semaphore_names(void)
{
    CHECK_ERRNO(sem_unlink(""), ENOENT);
    CHECK_ERRNO(sem_unlink("/none"), ENOENT);
}

static void times_of_mapped_files(void)
{
    struct timespec old[2] = {{1, 0}, {2, 0}};
    struct stat st;
    int fd = open("/tmp/mapped", O_RDWR | O_CREAT, 0600);

    CHECK(fd >= 0 && ftruncate(fd, 4096) == 0 && futimens(fd, old) == 0);
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK(fstat(fd, &st) == 0 && st.st_atime > 2 && st.st_mtime == 2);
    *(volatile char *)p;
    CHECK(fstat(fd, &st) == 0 && st.st_mtime == 2);
    *(volatile char *)p = 1;
    CHECK(fstat(fd, &st) == 0 && st.st_mtime > 2);
    CHECK(munmap(p, 4096) == 0 && close(fd) == 0 && unlink("/tmp/mapped") == 0);
}

static void accounts(void)
{
    struct passwd *p = getpwnam("nobody");

    CHECK(p != NULL && p->pw_uid == 65534);
    p = getpwuid(0);
    CHECK(p != NULL && strcmp(p->pw_name, "root") == 0);
}

/* Last: the capability does not come back. */
static void locked_memory(void)
{
    struct rlimit none = {0, 0};
    static char page[4096];

    CHECK(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
    CHECK(mlock(page, sizeof(page)) == 0); /* CAP_IPC_LOCK */
    CHECK(munlock(page, sizeof(page)) == 0);
    CHECK(setuid(65534) == 0);
    CHECK_ERRNO(mlock(page, sizeof(page)), EPERM);
}

int main(void)
{
    thread_attributes();
    semaphore_names();
    times_of_mapped_files();
    accounts();
    locked_memory();
    return finish();
}
