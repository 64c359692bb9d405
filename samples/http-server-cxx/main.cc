// SPDX-License-Identifier: BSD-3-Clause
// A web server with a thread for each connection. Answers every GET with the same page.
//
// usage: http-server-cxx [PORT [REQUESTS]]   (8080; ends with 0 after REQUESTS answers, else never)
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace {

constexpr std::string_view page = "Hello from OSv\n";
std::atomic<unsigned long> answered{0};

class Socket {
public:
    explicit Socket(int fd) : fd_(fd) {}
    Socket(Socket &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;
    ~Socket()
    {
        if (fd_ >= 0)
            close(fd_);
    }
    int fd() const { return fd_; }

private:
    int fd_;
};

int checked(int result, const char *what)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

Socket listen_on(std::uint16_t port)
{
    Socket listener(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    int one = 1;
    setsockopt(listener.fd(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    checked(bind(listener.fd(), reinterpret_cast<sockaddr *>(&address), sizeof(address)), "bind");
    checked(listen(listener.fd(), 128), "listen");
    return listener;
}

std::string respond(std::string_view request, bool is_get, bool &keep)
{
    keep = request.find("onnection: close") == std::string_view::npos && request.find(" HTTP/1.0\r\n") == std::string_view::npos;
    std::string response = is_get ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 405 Method Not Allowed\r\n";
    response += "Content-Type: text/plain\r\nContent-Length: " + std::to_string(is_get ? page.size() : 0) + "\r\n";
    response += keep ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return is_get ? response.append(page) : response;
}

void serve(Socket connection, unsigned long limit)
{
    std::string buffer;
    char chunk[4096];
    for (bool keep = true; keep;) {
        const auto end = buffer.find("\r\n\r\n");
        if (end == std::string::npos) {
            const ssize_t got = read(connection.fd(), chunk, sizeof(chunk));
            if (got <= 0)
                return;
            buffer.append(chunk, static_cast<std::size_t>(got));
            continue;
        }
        const bool is_get = buffer.compare(0, 4, "GET ") == 0;
        const std::string response = respond(std::string_view(buffer).substr(0, end + 2), is_get, keep);
        buffer.erase(0, end + 4);
        if (send(connection.fd(), response.data(), response.size(), MSG_NOSIGNAL) < 0)
            return;
        if (is_get && ++answered == limit) {
            std::cout << "answered " << limit << " requests" << std::endl;
            std::exit(0);
        }
    }
}

} // namespace

int main(int argc, char **argv)
try {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::stoi(argv[1]) : 8080);
    const unsigned long limit = argc > 2 ? std::stoul(argv[2]) : 0;
    const Socket listener = listen_on(port);
    std::cout << "listening on port " << port << std::endl;
    for (;;) {
        Socket connection(checked(accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC), "accept"));
        int one = 1;
        setsockopt(connection.fd(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        std::thread(serve, std::move(connection), limit).detach();
    }
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
