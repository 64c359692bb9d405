// SPDX-License-Identifier: BSD-3-Clause
// AF_PACKET on the loopback interface: frames, cooked packets, truncation, statistics, a mapped ring, and what is refused.
#include "../check.h"
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct ring_request {
    unsigned block_size, block_nr, frame_size, frame_nr;
};
struct ring_header {
    uint32_t status, len, snaplen;
    uint16_t mac, net;
    uint32_t sec, nsec;
    uint16_t vlan_tci, vlan_tpid;
    uint8_t padding[4];
};

static int open_bound(int type, int protocol)
{
    int fd = socket(AF_PACKET, type, 0); /* a protocol here would bring the frames of other interfaces until bind() */
    struct sockaddr_ll a = {.sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = (int)if_nametoindex("lo")};
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0);
    return fd;
}

static void send_datagram(const char *text)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(7), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(sendto(fd, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to) == (ssize_t)strlen(text));
    close(fd);
}

static void raw_shows_both_directions(void)
{
    int fd = open_bound(SOCK_RAW, ETH_P_ALL);
    unsigned char frame[200];
    struct sockaddr_ll from;
    socklen_t n = sizeof from;
    CHECK_ERRNO(recv(fd, frame, sizeof frame, MSG_DONTWAIT), EAGAIN);
    send_datagram("both");
    CHECK(recvfrom(fd, frame, sizeof frame, 0, (struct sockaddr *)&from, &n) == 14 + 20 + 8 + 4);
    CHECK(from.sll_pkttype == PACKET_OUTGOING && from.sll_protocol == htons(ETH_P_IP) && from.sll_hatype == ARPHRD_LOOPBACK);
    CHECK(from.sll_ifindex == (int)if_nametoindex("lo") && from.sll_halen == 6);
    CHECK(frame[12] == 8 && frame[13] == 0 && frame[14] == 0x45 && memcmp(frame + 42, "both", 4) == 0);
    CHECK(recvfrom(fd, frame, 20, MSG_TRUNC, (struct sockaddr *)&from, &n) == 46 && from.sll_pkttype == PACKET_HOST);
    struct {
        unsigned packets, drops;
    } stats;
    n = sizeof stats;
    usleep(1000); /* the answer of the port nobody listens on has passed too */
    CHECK(getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &n) == 0 && stats.packets >= 2 && stats.drops == 0);
    close(fd);
}

static void cooked_has_no_link_header(void)
{
    int fd = open_bound(SOCK_DGRAM, ETH_P_IP);
    unsigned char packet[200];
    send_datagram("cooked");
    CHECK(recv(fd, packet, sizeof packet, 0) == 20 + 8 + 6 && packet[0] == 0x45 && memcmp(packet + 28, "cooked", 6) == 0);
    close(fd);
}

static void frames_can_be_sent(void)
{
    int raw = open_bound(SOCK_RAW, ETH_P_ALL), out = socket(AF_PACKET, SOCK_DGRAM, 0);
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    unsigned char frame[200], text[10];
    CHECK(bind(udp, (struct sockaddr *)&at, sizeof at) == 0);
    int sender = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(sendto(sender, "again", 5, 0, (struct sockaddr *)&at, sizeof at) == 5);
    ssize_t n = recv(raw, frame, sizeof frame, 0);
    CHECK(n == 14 + 33 && recv(udp, text, sizeof text, 0) == 5 && memcmp(text, "again", 5) == 0);
    CHECK(recv(raw, frame, sizeof frame, 0) == n); /* the same, arriving */
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)if_nametoindex("lo"), .sll_halen = 6};
    CHECK(sendto(out, frame + 14, (size_t)n - 14, 0, (struct sockaddr *)&to, sizeof to) == n - 14);
    CHECK(recv(raw, frame, sizeof frame, 0) == n && memcmp(frame + 42, "again", 5) == 0);
    CHECK_ERRNO(send(out, frame, 30, 0), ENXIO);
    to.sll_ifindex = 999;
    CHECK_ERRNO(sendto(out, frame, 30, 0, (struct sockaddr *)&to, sizeof to), ENXIO);
    CHECK_ERRNO(bind(out, (struct sockaddr *)&to, sizeof to), ENODEV);
    CHECK_ERRNO(bind(out, (struct sockaddr *)&to, 8), EINVAL);
    close(raw);
    close(out);
    close(udp);
    close(sender);
}

static void ring_holds_packets(void)
{
    int fd = socket(AF_PACKET, SOCK_RAW, 0), version = 2;
    socklen_t n = sizeof version;
    CHECK_ERRNO(getsockopt(fd, SOL_PACKET, PACKET_HDRLEN, &version, &n), EINVAL); /* TPACKET_V3 is not there */
    CHECK_ERRNO(setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version), EINVAL);
    version = 1;
    CHECK(getsockopt(fd, SOL_PACKET, PACKET_HDRLEN, &version, &n) == 0 && version == sizeof(struct ring_header));
    version = 1;
    CHECK(setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) == 0);
    struct ring_request q = {.block_size = 4096, .block_nr = 2, .frame_size = 2048, .frame_nr = 5};
    CHECK_ERRNO(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &q, sizeof q), EINVAL);
    q.frame_nr = 4;
    CHECK(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &q, sizeof q) == 0);
    CHECK_ERRNO((long)mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0), EINVAL);
    unsigned char *ring = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(ring != MAP_FAILED);
    struct sockaddr_ll a = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)if_nametoindex("lo")};
    CHECK(bind(fd, (struct sockaddr *)&a, sizeof a) == 0);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    CHECK(poll(&p, 1, 0) == 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int udp = socket(AF_INET, SOCK_DGRAM, 0), sink = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(bind(sink, (struct sockaddr *)&to, sizeof to) == 0);
    for (int i = 0; i < 6; i++) /* four fit */
        CHECK(sendto(udp, "ring", 4, 0, (struct sockaddr *)&to, sizeof to) == 4);
    CHECK(poll(&p, 1, 1000) == 1 && p.revents == POLLIN);
    for (int i = 0; i < 4; i++) {
        struct ring_header *h = (struct ring_header *)(ring + i * 2048);
        CHECK((h->status & 1) && h->len == 46 && h->snaplen == 46 && h->net == h->mac + 14);
        CHECK(memcmp((unsigned char *)h + h->mac + 42, "ring", 4) == 0);
        h->status = 0;
    }
    struct {
        unsigned packets, drops;
    } stats;
    n = sizeof stats;
    CHECK(getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &n) == 0 && stats.packets == 6 && stats.drops == 2);
    CHECK(sendto(udp, "more", 4, 0, (struct sockaddr *)&to, sizeof to) == 4 && (((struct ring_header *)ring)->status & 5) == 1);
    close(fd);
    CHECK(memcmp(ring + ((struct ring_header *)ring)->mac + 42, "more", 4) == 0); /* the mapping outlives the socket */
    CHECK(munmap(ring, 8192) == 0);
    close(udp);
    close(sink);
}

int main(void)
{
    CHECK_ERRNO(socket(AF_PACKET, SOCK_STREAM, 0), ESOCKTNOSUPPORT);
    raw_shows_both_directions();
    cooked_has_no_link_header();
    frames_can_be_sent();
    ring_holds_packets();
    return finish();
}
