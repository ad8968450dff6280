"""Real processes of the site over the test's own database, on either kind, which a test can take away from them."""

import contextlib
import http.client
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db import connection, connections

from tests.conftest import free_port
from tests.template_database import ROOT

PATIENCE = 30


class Answer(NamedTuple):
    status: int
    text: str
    headers: Any

    @property
    def is_last_good(self) -> bool:
        return "detail=last-good" in self.headers.get("Cache-Status", "")


class Site:
    """A process. Two with the same folder are on one host."""

    def __init__(self, url: str, folder: Path):
        self.port, self.log = free_port(), folder / "rendered.log"
        folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "hw4all.settings.test",
            "VAR_DIR": str(folder),
            "LISTEN": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            "RENDERED_LOG": str(self.log),
        }
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "tests.support.counted_site:application"]
        with (folder / f"{self.port}.log").open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def ask(self, path: str, seconds: float = 60) -> Answer:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": "localhost"})
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=seconds) as answer:
                return Answer(answer.status, answer.read().decode(), answer.headers)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(), error.headers)

    def send(self, request: bytes, seconds: float = 60) -> http.client.HTTPResponse:
        """The answer to these bytes, which no client of HTTP would send. It has been read."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(request)
            answer = http.client.HTTPResponse(connection, method=request.partition(b" ")[0].decode("latin-1"))
            answer.begin()
            answer.body = answer.read()  # type: ignore[attr-defined]
            return answer

    def copies(self) -> set[str]:
        """The pages that its host keeps in files."""
        return {path.name for path in self.log.parent.glob("test/pages/pages/*/*")}

    def wait(self) -> None:
        def answers() -> bool:
            with contextlib.suppress(OSError):
                return bool(self.ask("/robots.txt").status)
            assert self.process.poll() is None
            return False

        until(answers, 90)

    def rendered(self, path: str) -> int:
        return self.log.read_text().split("\n").count(path)

    def rendered_any(self) -> int:
        return self.log.read_text().count("\n")

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_words: Any) -> None:
        return None


def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for what has to come. Machines that run tests may be slow; `seconds` only ends the waiting."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it has not come"
        time.sleep(0.05)


class Database:
    """The way of the sites to the test's database: `gone()` and `hanging()` block it for a while."""

    url: str

    def gone(self) -> Any: ...
    def hanging(self) -> Any: ...
    def close(self) -> None: ...


class SqliteDatabase(Database):
    def __init__(self, folder: Path):
        self.file = Path(str(settings.DATABASES["default"]["NAME"]))
        # A folder that can be renamed without what else the test process keeps beside its database.
        self.link = folder / "database"
        self.link.symlink_to(self.file.parent)
        self.url = "sqlite:///" + quote(str(self.link / self.file.name))

    @contextlib.contextmanager
    def gone(self) -> Iterator[None]:
        self.link.unlink()
        try:
            yield
        finally:
            self.link.symlink_to(self.file.parent)

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        connections.close_all()
        with contextlib.closing(sqlite3.connect(self.file, timeout=20, isolation_level=None)) as holder:
            for statement in ("PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE"):
                holder.execute(statement)
            yield
            holder.execute("ROLLBACK")


class PostgresqlDatabase(Database):
    """Between the sites and the server stands a relay."""

    def __init__(self, _folder: Path):
        given = connection.settings_dict
        self.target = (given["HOST"], int(given["PORT"]))
        self.open, self.passing = True, threading.Event()
        self.passing.set()
        self.pairs: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        port = self.listener.getsockname()[1]
        self.url = f"postgres://{given['USER']}:{given['PASSWORD']}@127.0.0.1:{port}/{given['NAME']}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self.listener.accept()
                if not self.open:
                    client.close()
                    continue
                server = socket.create_connection(self.target)
                self.pairs += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self.passing.wait()
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _cut(self) -> None:
        for end in self.pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.pairs.clear()

    @contextlib.contextmanager
    def gone(self) -> Iterator[None]:
        self.open = False
        self._cut()
        try:
            yield
        finally:
            self.open = True

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        self.passing.clear()
        try:
            yield
        finally:
            self.passing.set()

    def close(self) -> None:
        self.passing.set()
        self._cut()
        self.listener.close()


@contextlib.contextmanager
def sites(folder: Path) -> Iterator[tuple[Database, Callable[[str], Site]]]:
    """Yields the database and `start(host)`, which starts a process on the host of that name."""
    database = SqliteDatabase(folder) if connection.vendor == "sqlite" else PostgresqlDatabase(folder)
    running: list[Site] = []

    def start(host: str) -> Site:
        running.append(Site(database.url, folder / host))
        return running[-1]

    try:
        yield database, start
    finally:
        for site in running:
            site.end()
        database.close()
        for host in {site.log.parent for site in running}:
            shutil.rmtree(host, ignore_errors=True)
