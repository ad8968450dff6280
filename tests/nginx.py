"""A real nginx with deploy/nginx.conf, on ports and in a folder of its own."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.template_database import ROOT

DEPLOY = ROOT / "deploy"
START_SECONDS = 20


class Unavailable(Exception):
    """Why there is no nginx, in one sentence."""


class Nginx(NamedTuple):
    http: int
    https: int
    folder: Path

    def log(self, name: str) -> str:
        return (self.folder / "log" / name).read_text()


def find() -> str:
    """The program; from Debian's packages if it is missing and this user may install."""
    places = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    if found := shutil.which("nginx", path=places):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing nginx with apt-get …", flush=True)
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.call(["apt-get", "update", "-q"], **quiet)
        subprocess.call(["apt-get", "install", "-qy", "--no-install-recommends", "nginx-light"], **quiet)
        if found := shutil.which("nginx", path=places):
            return found
    raise Unavailable("no nginx here: install it (Debian and Ubuntu: apt-get install nginx), then run the tests again.")


@contextlib.contextmanager
def serve(program: str, folder: Path, hosts: list[int], ports: tuple[int, int]) -> Iterator[Nginx]:
    """nginx in front of processes on these ports of the loopback address."""
    for name in ("log", "cache", "temp", "acme/.well-known/acme-challenge"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(DEPLOY / "nginx", folder / "hw4all")
    (folder / "hw4all" / "hosts.conf").write_text(_hosts(hosts))
    _make_certificate(folder / "hw4all" / "tls")
    (folder / "nginx.conf").write_text(_configuration(folder, ports))
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "log" / "start.log"), "-g", "daemon off;"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        _wait(process, ports[1], folder)
        yield Nginx(*ports, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _hosts(ports: list[int]) -> str:
    """deploy/nginx/hosts.conf, with its second host taken in, as the comment there says."""
    first, second = ports
    text = (DEPLOY / "nginx" / "hosts.conf").read_text()
    return text.replace("127.0.0.1:8000", f"127.0.0.1:{first}").replace("# server 10.0.0.2:8000", f"server 127.0.0.1:{second}")


def _configuration(folder: Path, ports: tuple[int, int]) -> str:
    """deploy/nginx.conf with other ports and paths, and nothing else."""
    text = (DEPLOY / "nginx.conf").read_text()
    replaced = {
        r"^user .*\n": "user root;\n" if os.geteuid() == 0 else "",
        r"^worker_processes auto;": "worker_processes 2;",
        r"^worker_rlimit_nofile .*\n": "",
        r"worker_connections \d+;": "worker_connections 512;",
        r"/run/nginx\.pid": str(folder / "nginx.pid"),
        r"/var/log/nginx/": f"{folder}/log/",
        r"/etc/nginx/hw4all\b": str(folder / "hw4all"),
        r"/var/cache/hw4all\b": str(folder / "cache"),
        r"/var/www/letsencrypt": str(folder / "acme"),
        r"include mime\.types;": "include /etc/nginx/mime.types;",
    }
    return with_ports(with_own_temporary_folders(_replaced(text, replaced), folder / "temp"), ports)


def with_own_temporary_folders(text: str, folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return _replaced(text, {r"^http \{$": "http {" + "".join(f" {kind}_temp_path {folder}/{kind};" for kind in kinds)})


def with_ports(text: str, ports: tuple[int, int]) -> str:
    """On the loopback address only."""
    on = {f"listen {port} ": f"listen 127.0.0.1:{own} " for port, own in zip((80, 443), ports, strict=True)}
    return _replaced(text, {r"^ *listen \[::\].*\n": "", **on})


def _replaced(text: str, replaced: dict[str, str]) -> str:
    for pattern, by in replaced.items():
        text, count = re.subn(pattern, by, text, flags=re.MULTILINE)
        assert count, f"deploy/nginx.conf has nothing like {pattern}"
    return text


def _make_certificate(folder: Path) -> None:
    folder.mkdir()
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext"]
    words += ["subjectAltName=DNS:localhost", "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(words, check=True, capture_output=True)


def _wait(process: subprocess.Popen[Any], port: int, folder: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nginx did not start: {(folder / 'log' / 'start.log').read_text()}")
