#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Send GET requests over kept-alive connections and check every answer: http_load.py PORT REQUESTS [CONNECTIONS]."""
import http.client
import socket
import sys
import threading
import time

port, requests = int(sys.argv[1]), int(sys.argv[2])
connections = int(sys.argv[3]) if len(sys.argv) > 3 else 8
errors = []


def wait_until_up():
    """QEMU accepts before the guest does, so only an answer counts."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("HEAD", "/")
            connection.getresponse().read()
            connection.close()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    sys.exit("the server did not answer within 60 s")


def work(count):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            connection.request("GET", "/")
            response = connection.getresponse()
            body = response.read()
            if response.status != 200 or body != b"Hello from OSv\n":
                errors.append(f"status {response.status}, body {body!r}")
    except (OSError, http.client.HTTPException) as error:
        errors.append(repr(error))


wait_until_up()
start = time.monotonic()
shares = [requests // connections + (i < requests % connections) for i in range(connections)]
threads = [threading.Thread(target=work, args=(share,)) for share in shares]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{requests} requests, {len(errors)} errors, {requests / (time.monotonic() - start):.0f}/s")
for error in errors[:5]:
    print(error)
sys.exit(bool(errors))
