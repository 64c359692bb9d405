// SPDX-License-Identifier: BSD-3-Clause
// What programs read of the network and of themselves in /proc and /sys.
#define _GNU_SOURCE
#include "../check.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char text[65536];
static ssize_t bytes;

static const char *slurp(const char *path)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = -1;
    bytes = 0;
    while (fd >= 0 && (n = read(fd, text + bytes, sizeof text - 1 - (size_t)bytes)) > 0)
        bytes += n;
    CHECK(fd >= 0 && n == 0);
    close(fd);
    text[bytes] = '\0';
    return text;
}

static unsigned long long status_field(const char *name, int base)
{
    const char *at = strstr(slurp("/proc/self/status"), name);
    CHECK(at != NULL);
    return at == NULL ? ~0ull : strtoull(at + strlen(name), NULL, base);
}

/* The line of the socket with @inode: its local port and state. */
static int find_socket(const char *path, unsigned long inode, unsigned *port, unsigned *state)
{
    char *save, *line = strtok_r((char *)slurp(path), "\n", &save);
    while ((line = strtok_r(NULL, "\n", &save)) != NULL) {
        char local[40], remote[40];
        unsigned long found;
        if (sscanf(line, " %*d: %39[0-9A-F]:%X %39[0-9A-F]:%*X %X %*X:%*X %*X:%*X %*X %*u %*u %lu", local, port, remote, state, &found) == 5 &&
            found == inode)
            return 1;
    }
    return 0;
}

static unsigned long inode_of(int fd)
{
    char path[40], link[64] = "", want[64];
    struct stat st;
    CHECK(fstat(fd, &st) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK(readlink(path, link, sizeof link - 1) > 0);
    snprintf(want, sizeof want, "socket:[%lu]", (unsigned long)st.st_ino);
    CHECK(strcmp(link, want) == 0);
    return (unsigned long)st.st_ino;
}

static void tcp(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(4321), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(4322)};
    int l = socket(AF_INET, SOCK_STREAM, 0), l6 = socket(AF_INET6, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0);
    unsigned port, state;
    CHECK(bind(l, (void *)&a, sizeof a) == 0 && listen(l, 4) == 0);
    CHECK(bind(l6, (void *)&a6, sizeof a6) == 0 && listen(l6, 4) == 0);
    CHECK(connect(c, (void *)&a, sizeof a) == 0);
    CHECK(find_socket("/proc/net/tcp", inode_of(l), &port, &state) && port == 4321 && state == 10);
    CHECK(find_socket("/proc/net/tcp", inode_of(c), &port, &state) && state == 1);
    CHECK(find_socket("/proc/net/tcp6", inode_of(l6), &port, &state) && port == 4322 && state == 10);
    CHECK(strstr(slurp("/proc/net/tcp"), ": 0100007F:10E1 00000000:0000 0A ") != NULL);
    CHECK(strlen(text) % 150 == 0);
    CHECK(strstr(slurp("/proc/self/net/tcp6"), ": 00000000000000000000000000000000:10E2 00000000000000000000000000000000:0000 0A ") != NULL);
    CHECK(strstr(slurp("/proc/net/sockstat"), "\nTCP: inuse ") != NULL);
    close(c);
    close(l6);
    close(l);
}

static void udp(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(4323)};
    int u = socket(AF_INET, SOCK_DGRAM, 0);
    unsigned port, state;
    CHECK(bind(u, (void *)&a, sizeof a) == 0);
    CHECK(find_socket("/proc/net/udp", inode_of(u), &port, &state) && port == 4323 && state == 7);
    slurp("/proc/net/udp6");
    close(u);
}

static void unix_names(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "/tmp/proc.sock"}, b = {.sun_family = AF_UNIX, .sun_path = "\0hidden"};
    int s = socket(AF_UNIX, SOCK_STREAM, 0), d = socket(AF_UNIX, SOCK_DGRAM, 0);
    CHECK(bind(s, (void *)&a, sizeof a) == 0 && listen(s, 1) == 0);
    CHECK(bind(d, (void *)&b, offsetof(struct sockaddr_un, sun_path) + 7) == 0);
    CHECK(strstr(slurp("/proc/net/unix"), " 00010000 0001 01 ") != NULL);
    CHECK(strstr(text, " /tmp/proc.sock\n") != NULL && strstr(text, " @hidden\n") != NULL);
    close(s);
    close(d);
}

static void interfaces(void)
{
    CHECK(strstr(slurp("/proc/net/dev"), "\n    lo: ") != NULL);
    CHECK(strncmp(text, "Inter-|   Receive ", 18) == 0);
    CHECK(strstr(slurp("/proc/net/if_inet6"), "00000000000000000000000000000001 01 80 10 80       lo\n") != NULL);
    CHECK(strncmp(slurp("/proc/net/route"), "Iface\tDestination\tGateway \tFlags\t", 32) == 0 && strlen(text) % 128 == 0);
    CHECK(strncmp(slurp("/proc/net/arp"), "IP address       HW type", 24) == 0);
    CHECK(strstr(slurp("/proc/net/snmp"), "\nTcp: 4 200 120000 -1 ") != NULL);
    CHECK(strcmp(slurp("/sys/class/net/lo/address"), "00:00:00:00:00:00\n") == 0);
    CHECK(strcmp(slurp("/sys/class/net/lo/mtu"), "65536\n") == 0);
    CHECK(strcmp(slurp("/sys/class/net/lo/flags"), "0x9\n") == 0);
    CHECK(strcmp(slurp("/sys/class/net/lo/ifindex"), "1\n") == 0);
    CHECK(atoll(slurp("/sys/class/net/lo/statistics/rx_bytes")) > 0);
    CHECK(open("/sys/class/net/none/mtu", O_RDONLY) == -1);
    DIR *d = opendir("/proc/net");
    int n = 0;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        n += strcmp(e->d_name, "tcp") == 0 || strcmp(e->d_name, "dev") == 0;
    CHECK(n == 2);
    closedir(d);
}

static void nothing(int signo) { (void)signo; }

static void self(char **argv)
{
    sigset_t set;
    char host[65];
    umask(027);
    CHECK(status_field("Umask:\t", 8) == 027);
    signal(SIGUSR1, nothing);
    signal(SIGUSR2, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    CHECK(status_field("SigBlk:\t", 16) == 1u << (SIGUSR1 - 1));
    CHECK(status_field("SigPnd:\t", 16) + status_field("ShdPnd:\t", 16) == 1u << (SIGUSR1 - 1));
    CHECK((status_field("SigCgt:\t", 16) & 1u << (SIGUSR1 - 1)) != 0);
    CHECK((status_field("SigIgn:\t", 16) & 1u << (SIGUSR2 - 1)) != 0);
    CHECK(sethostname("renamed", 7) == 0 && gethostname(host, sizeof host) == 0);
    CHECK(strcmp(slurp("/proc/sys/kernel/hostname"), "renamed\n") == 0);
    CHECK(strcmp(slurp("/proc/self/cmdline"), argv[0]) == 0);
    slurp("/proc/self/auxv");
    Elf64_auxv_t *v = (void *)text;
    unsigned long page = 0;
    for (; (char *)(v + 1) <= text + bytes && v->a_type != AT_NULL; v++)
        if (v->a_type == AT_PAGESZ)
            page = v->a_un.a_val;
    CHECK(page == 4096);
    CHECK(strtoull(strstr(slurp("/proc/stat"), "\nctxt ") + 6, NULL, 10) > 0);
}

int main(int argc, char **argv)
{
    (void)argc;
    tcp();
    udp();
    unix_names();
    interfaces();
    self(argv);
    return finish();
}
