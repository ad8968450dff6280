"""Two hosts of the site on one PostgreSQL, with nginx in front: real processes, each of which a test may stop."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import nginx, postgresql
from tests.conftest import free_port
from tests.template_database import ROOT

SITE = "site.example.org"
START_SECONDS = 180
THREADS = 2


class Answer(NamedTuple):
    status: int
    headers: Any
    body: bytes


class Host:
    """One gunicorn master with one worker, as a host runs it."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        self.port, self.log = free_port(), log
        self.env = {**env, "PORT": str(self.port), "WEB_CONCURRENCY": "1", "WEB_THREADS": str(THREADS)}
        self.process: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True)
        wait_until(lambda: ask(self.port, "/healthz", tls=False).status == 200, self.log)

    def signal(self, number: int, *, group: bool = False) -> None:
        assert self.process
        (os.killpg if group else os.kill)(self.process.pid, number)

    def stop(self) -> None:
        """As systemd and Docker stop it: what is being answered is answered."""
        self.signal(signal.SIGTERM)
        assert self.process
        self.process.wait(30)

    def kill(self) -> None:
        """Every process of it, at once."""
        self.signal(signal.SIGKILL, group=True)
        assert self.process
        self.process.wait(10)

    def reload(self) -> None:
        """As `systemctl reload` does it. Returns when the new worker answers and the old one has gone."""
        assert self.process
        before = set(self.workers())
        self.signal(signal.SIGHUP)
        wait_until(lambda: (now := set(self.workers())) and not now & before, self.log)

    def workers(self) -> list[str]:
        assert self.process
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()


def wait_until(is_true: Any, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            if is_true():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def ask(
    port: int,
    path: str,
    method: str = "GET",
    *,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    tls: bool = True,
    source: str = "127.0.0.1",
) -> Answer:
    """One request on a connection of its own. Without TLS, as a proxy forwards it."""
    place: dict[str, Any] = {"timeout": 30, "source_address": (source, 0)}
    trusting = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=trusting, **place) if tls else None
    connection = connection or http.client.HTTPConnection("127.0.0.1", port, **place)  # type: ignore[assignment]
    more = {} if tls else {"X-Forwarded-Proto": "https"}
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
    try:
        connection.request(method, path, body, {"Host": SITE, **more, **form, **(headers or {})})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def tls_socket(port: int) -> ssl.SSLSocket:
    return ssl._create_unverified_context().wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=30), server_hostname=SITE)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Production settings, a PostgreSQL with the starting content, and collected static files."""

    folder = tmp_path_factory.mktemp("production")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with postgresql.server() as url:
        env = kept | {
            "DJANGO_SETTINGS_MODULE": "hw4all.settings.production",
            "SECRET_KEY": "0123456789" * 6,
            "ALLOWED_HOSTS": SITE,
            "SITE_URL": f"https://{SITE}",
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "DEFAULT_FROM_EMAIL": "HW4All <secretariat@example.org>",
            "DATABASE_URL": url,
            "VAR_DIR": str(folder / "data"),
            "STATIC_ROOT": str(folder / "static"),
        }
        (folder / "data").mkdir()
        for words in (["collectstatic", "--noinput", "--verbosity=0"], ["prepare_site", "--without-secretary"]):
            done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        yield env


@pytest.fixture(scope="session")
def _hosts(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Host]]:
    folder = tmp_path_factory.mktemp("hosts")
    hosts = [Host(environment, folder / f"{number}.log") for number in (1, 2)]
    yield hosts
    for host in hosts:
        if host.process and host.process.poll() is None:
            host.kill()


@pytest.fixture
def hosts(_hosts: list[Host]) -> list[Host]:
    """Both, running."""
    for host in _hosts:
        if host.process is None or host.process.poll() is not None:
            host.start()
    return _hosts


@pytest.fixture(scope="session")
def proxy(_hosts: list[Host], tmp_path_factory: pytest.TempPathFactory) -> Iterator[nginx.Nginx]:
    folder = tmp_path_factory.mktemp("nginx")
    with nginx.serve(nginx.find(), folder, [host.port for host in _hosts], (free_port(), free_port())) as running:
        yield running


@pytest.fixture
def front(hosts: list[Host], proxy: nginx.Nginx) -> nginx.Nginx:
    """nginx in front of two running hosts."""
    return proxy
