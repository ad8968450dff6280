"""Servers under gunicorn with one sync worker, each in a process of its own on loopback."""

import secrets
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.load import SITE
from benchmarks.peers import clean_environment
from benchmarks.processes import HOST, ROOT, end, free_port, run, start

SECRET = secrets.token_urlsafe(50)
AS_CONFIGURED = ("--max-requests=0", "--no-control-socket", "--log-level=error")
ONE_SYNC_WORKER = ("--workers=1", "--worker-class=sync", "--threads=1", *AS_CONFIGURED)
PATIENCE = 60


class Server(NamedTuple):
    port: int
    pid: int
    cold_start: float  # the seconds until the first whole answer

    @property
    def worker(self) -> int:
        """The process that answers."""
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()[0])


def site_environment(var: Path, database: str, static: Path, smtp_port: int = 9) -> dict[str, str]:
    """Production settings with a secret that is thrown away."""
    return clean_environment(
        DJANGO_SETTINGS_MODULE="hw4all.settings.production",
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS=f"{SITE},localhost",
        SITE_URL=f"https://{SITE}",
        EMAIL_URL=f"smtp://{HOST}:{smtp_port}",
        DEFAULT_FROM_EMAIL="Bench <bench@example.org>",
        REQUIRE_TWO_FACTOR="false",
        ENDORSEMENTS_PER_HOUR="100000",
        DATABASE_URL=database,
        VAR_DIR=str(var),
        STATIC_ROOT=str(static),
        WEB_CONCURRENCY="1",
        WEB_THREADS="1",
    )


def collect_static(folder: Path) -> Path:
    """The site's static files, as they are served in production."""
    run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"], site_environment(folder, "sqlite://:memory:", folder))
    return folder


@contextmanager
def site(env: Mapping[str, str], path: str = "/healthz") -> Iterator[Server]:
    with gunicorn(Path(sys.executable), "hw4all.wsgi:application", env, ROOT, "--config", "gunicorn.conf.py", path=path) as server:
        yield server


@contextmanager
def bare(application: str) -> Iterator[Server]:
    with gunicorn(Path(sys.executable), application, clean_environment(), ROOT) as server:
        yield server


@contextmanager
def project(python: Path, folder: Path) -> Iterator[Server]:
    env = clean_environment(DJANGO_SETTINGS_MODULE=(folder / "settings-module").read_text())
    with gunicorn(python, "peer.wsgi:application", env, folder) as server:
        yield server


@contextmanager
def gunicorn(
    python: Path,
    application: str,
    env: Mapping[str, str],
    folder: Path,
    *words: str,
    path: str = "/",
    options: tuple[str, ...] = ONE_SYNC_WORKER,
) -> Iterator[Server]:
    port, begun = free_port(), time.perf_counter()
    command = [python, "-m", "gunicorn", application, *words, f"--bind={HOST}:{port}", *options]
    process = start(command, env, folder)
    try:
        while not _answers(port, path):
            if process.poll() is not None:
                raise RuntimeError(f"{application} did not start; what it said stands above")
            if time.perf_counter() - begun > PATIENCE:
                raise RuntimeError(f"{application} did not answer within {PATIENCE} seconds")
            time.sleep(0.01)
        yield Server(port, process.pid, time.perf_counter() - begun)
    finally:
        end(process)


def _answers(port: int, path: str) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=PATIENCE) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {SITE}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(12).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
