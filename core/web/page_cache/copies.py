"""Files shared by the processes of one host: the last good copy of each page, locks of which one lets one process render, and the version.

Everything here may be deleted at any time. A disk that is full or cannot be written costs copies and locks, not the site.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep, time

from django.conf import settings

from .store import Page
from .version import Version

MAX_BYTES = 128 * 1024 * 1024
SWEEP_EVERY = 100
LOCKS = 1024
PAUSE_SECONDS = 0.01
NOTE_SECONDS = 10


def _folder() -> Path:
    return Path(settings.PAGE_COPIES)


def _digest(key: tuple[object, ...]) -> str:
    return sha256(repr(key).encode("utf-8", "surrogatepass")).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write the whole file or nothing, for this user and their group only."""
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    new = path.with_name(f".{token_hex(8)}")
    try:
        new.touch(mode=0o640)
        new.write_bytes(content)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


# Pages


def _page_path(key: tuple[object, ...]) -> Path:
    digest = _digest(key)
    return _folder() / "pages" / digest[:2] / digest[2:]


class Copies:
    """The last good copy of each page. `release` marks those of this code and these settings; others are never fresh."""

    def __init__(self, release: str):
        self.release = release
        self._written = 0

    def read(self, key: tuple[object, ...]) -> Page | None:
        try:
            head, _newline, content = _page_path(key).read_bytes().partition(b"\n")
            stored = json.loads(head)
            if stored.pop("key") != list(key) or stored.pop("bytes") != len(content):
                return None
            if stored.pop("release") != self.release:
                stored["number"] = -1
            return Page(content=content, headers=[(name, value) for name, value in stored.pop("headers")], **stored)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, key: tuple[object, ...], page: Page) -> None:
        head = {
            "key": key,
            "bytes": len(page.content),
            "release": self.release,
            "headers": page.headers,
            "number": page.number,
            "purged": page.purged,
            "rendered_at": page.rendered_at,
            "renew_at": page.renew_at,
        }
        with suppress(OSError):
            _write(_page_path(key), json.dumps(head).encode() + b"\n" + page.content)
            self._written += 1
            if self._written % SWEEP_EVERY == 1:
                sweep()

    def drop(self, key: tuple[object, ...]) -> None:
        with suppress(OSError):
            _page_path(key).unlink()


def sweep(max_bytes: int = MAX_BYTES) -> None:
    """Delete the oldest copies until the others are within `max_bytes`."""
    found = []
    for path in (_folder() / "pages").glob("*/*"):
        with suppress(OSError):
            status = path.stat()
            found.append((status.st_mtime, status.st_blocks * 512, path))
    total = sum(size for _when, size, _path in found)
    for _when, size, path in sorted(found):
        if total <= max_bytes:
            break
        with suppress(OSError):
            path.unlink()
        total -= size


# Locks


@contextmanager
def render_lock(key: tuple[object, ...], seconds: float) -> Iterator[bool]:
    """Hold the host's lock for rendering this page, waiting so long for it; yields whether it is held. A process that ends lets go."""
    path, until = _folder() / "locks" / str(int(_digest(key)[:8], 16) % LOCKS), monotonic() + seconds
    try:
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    except OSError:
        yield True
        return
    try:
        is_held = _lock(descriptor)
        while not is_held and monotonic() < until:
            sleep(PAUSE_SECONDS)
            is_held = _lock(descriptor)
        yield is_held
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# The version


def write_known_version(version: Version, *, is_new: bool) -> None:
    """Note for processes that cannot ask the database what it last said. `purged` never becomes smaller."""
    path = _folder() / "version"
    with suppress(OSError):
        noted, noted_at = read_known_version()
        if noted == version and not is_new and time() - noted_at < NOTE_SECONDS:
            return
        if noted and noted.purged > version.purged:
            version = Version(version.number, noted.purged)
        _write(path, json.dumps(version).encode())


def read_known_version() -> tuple[Version | None, float]:
    """The noted version and when it was noted, in seconds since 1970."""
    path = _folder() / "version"
    try:
        return Version(*map(int, json.loads(path.read_bytes()))), path.stat().st_mtime
    except (OSError, ValueError, TypeError):
        return None, 0.0
