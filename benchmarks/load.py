"""Requests over a few connections at once, from one thread, cheap enough that the server and not this is measured."""

import selectors
import socket
import statistics
import time
from typing import NamedTuple

from benchmarks.processes import HOST

CONNECTIONS = 4
SITE = "bench.example.org"
# As a browser behind our proxy sends them.
HEADERS = {
    "Host": SITE,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.7",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en",
}


class Load(NamedTuple):
    """What came of it."""

    requests: int
    seconds: float
    own_share: float  # of one processor, that asking took; near 1 it is this that was measured
    latencies: list[float]
    bytes: int
    status: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def median(self) -> float:
        return statistics.median(self.latencies)


class Connection:
    """One that asks again and again; it is opened anew when the server has closed it, as one sync worker of gunicorn does."""

    def __init__(self, port: int, request: bytes) -> None:
        self.port, self.request = port, request
        self.socket: socket.socket | None = None

    def ask(self) -> None:
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.port), timeout=60)
        self.got, self.wanted, self.started = bytearray(), -1, time.perf_counter()
        self.socket.sendall(self.request)

    def read(self) -> bool:
        """Take what is there; True when the answer is whole."""
        assert self.socket
        part = self.socket.recv(262_144)
        self.got += part
        if not part:
            self.close()
            if not self.got:
                raise RuntimeError("the server closed a connection without an answer")
            return True
        if self.wanted < 0 and (end := self.got.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.got[:end]).lower()
            place = head.find(b"content-length:")
            self.closes = b"connection: close" in head
            self.wanted = end + 4 + int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 1 << 60
        if len(self.got) < self.wanted and not (self.wanted == 1 << 60 and self.got.endswith(b"0\r\n\r\n")):
            return False
        if self.closes:
            self.close()
        return True

    @property
    def status(self) -> int:
        return int(self.got[9:12])

    def close(self) -> None:
        if self.socket:
            self.socket.close()
        self.socket = None


def run(port: int, path: str, seconds: float, *, connections: int = CONNECTIONS, most: int = 0) -> Load:
    """Ask for `path` until the time is over, or `most` answers came; the answers that are on their way then are awaited and counted."""
    head = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    request = f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()
    open_ones, count, latencies = [Connection(port, request) for _ in range(connections)], 0, []
    with selectors.DefaultSelector() as selector:
        begun, processor = time.perf_counter(), time.process_time()

        def ask(connection: Connection) -> None:
            connection.ask()
            assert connection.socket
            selector.register(connection.socket, selectors.EVENT_READ, connection)

        for connection in open_ones:
            ask(connection)
        under_way = len(open_ones)
        while under_way:
            for key, _events in selector.select(60):
                connection = key.data
                if not connection.read():
                    continue
                selector.unregister(key.fileobj)
                count, under_way = count + 1, under_way - 1
                latencies.append(time.perf_counter() - connection.started)
                if connection.status != 200:
                    raise RuntimeError(f"{path}: status {connection.status}")
                if time.perf_counter() - begun < seconds and (not most or count + under_way < most):
                    ask(connection)
                    under_way += 1
        taken, busy = time.perf_counter() - begun, time.process_time() - processor
    for connection in open_ones:
        connection.close()
    return Load(count, taken, busy / taken, latencies, len(open_ones[0].got), open_ones[0].status)
