"""Files that many readers ask for and that cost much to make: made once for each version of their content, then sent from disk.

    def members_csv(request):
        version = f"{content_version()} {site_today()}"
        return send_made_file(request, "members.csv", version, lambda: as_csv(rows()), content_type="text/csv; charset=utf-8")

- `name` says which file it is: "members.csv?country=UG". It is saved under what is before the question mark. It is one of few: each name
  keeps up to `KEPT` versions on the disk of this host.
- `version` names everything that the content depends on. Read it before the content is read.
- `make` returns the content in pieces of bytes. It is called by the first who asks for a version, in that request.

- `edition` names what must not be sent a moment longer, on any host: when it changes, all files before it are deleted.
- `check_every`, with a function as `version`, sends the last file so many seconds without asking whether there is a newer version.

While one makes a version, the others get the version before, or wait for the first one. Call `forget(name)` when that must not happen,
because somebody was erased. Every host makes its own files; they may be deleted at any time. Without a disk to write on, each request
makes the content anew.
"""

import fcntl
import gzip
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from core.due import due

from .compression import accepts

# The last two, because a process may for a second still ask for the one before.
KEPT = 2
WAIT_SECONDS, RETRY_SECONDS = 5.0, 5
UNUSED_FOR = timedelta(days=7)
MOST_IN_MEMORY = 256 * 1024
A_DAY = 24 * 3600
_LOCK, _NEW, _ZIPPED = "lock", "new", ".gz"

Make = Callable[[], Iterable[bytes]]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MadeFile:
    """A version of a file on disk: `VERSION.ETAG`, and beside it `VERSION.ETAG.gz`."""

    path: Path

    @property
    def zipped(self) -> Path:
        return self.path.with_name(self.path.name + _ZIPPED)

    @property
    def version(self) -> str:
        return self.path.name.partition(".")[0]

    @property
    def etag(self) -> str:
        return self.path.name.rpartition(".")[2]


def send_made_file(
    request: HttpRequest,
    name: str,
    version: str | Callable[[], str],
    make: Make,
    *,
    content_type: str,
    as_attachment: bool = False,
    edition: str = "",
    check_every: float = 0,
) -> HttpResponseBase:
    """The file, with its ETag; 304 for who has it; 503 while the first version takes others longer than they can wait."""
    folder = _folder(name, edition)
    try:
        if edition:
            _delete_other_editions(name, folder)
        made = _last_checked(folder, check_every)
        if made is None:
            key = _digest(f"{version() if callable(version) else version} {_release()}")
            try:
                made = _made(folder, key, make)
            except FileNotFoundError:  # forgotten while it was made
                made = _made(folder, key, make)
            if made and made.version == key and check_every:
                _touch(made)
    except OSError:
        logger.exception("%s cannot be kept on disk, so every reader waits for it", name)
        return HttpResponse(b"".join(make()), content_type=content_type)
    if made is None:
        return HttpResponse(status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return _response(request, made, content_type, name.partition("?")[0] if as_attachment else "")


def forget(name: str) -> None:
    """Delete all versions on this host, and the one that is being made: it is made anew."""
    for folder in _folders(name):
        shutil.rmtree(folder, ignore_errors=True)


def _delete_other_editions(name: str, folder: Path) -> None:
    for other in _folders(name):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


def _last_checked(folder: Path, seconds: float) -> MadeFile | None:
    """The last file, if it was the newest version less than so many seconds ago."""
    with _ignoring_what_is_gone():
        for made in _versions(folder)[: bool(seconds)]:
            return made if time.time() - made.path.stat().st_mtime < seconds else None
    return None


def _response(request: HttpRequest, made: MadeFile, content_type: str, filename: str) -> HttpResponseBase:
    is_zipped = accepts(request.headers.get("Accept-Encoding", ""), "gzip") and made.zipped.exists()
    headers = {"ETag": f'"{made.etag}{"-gzip" if is_zipped else ""}"', "Vary": "Accept-Encoding"}
    if known := get_conditional_response(request, headers["ETag"], None):
        for name, value in headers.items():
            known[name] = value
        return known
    try:
        file = (made.zipped if is_zipped else made.path).open("rb")
    except FileNotFoundError:  # deleted just now, for a newer version
        return HttpResponse(status=503, headers={"Retry-After": "0"})
    if is_zipped:
        headers["Content-Encoding"] = "gzip"
    response: HttpResponseBase
    size = os.fstat(file.fileno()).st_size
    if size <= MOST_IN_MEMORY:  # the page cache may keep it
        with file:
            response = HttpResponse(file.read(), content_type=content_type, headers=headers | {"Content-Length": str(size)})
    else:
        response = FileResponse(file, content_type=content_type, headers=headers, filename="-")  # not its name on disk
        del response["Content-Disposition"]
    if filename:
        response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    return response


# Making


def _made(folder: Path, version: str, make: Make) -> MadeFile | None:
    """This version, made if nobody has; else the one before it; None if there is none and it takes too long."""
    if found := _find(folder, version):
        return found
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    end = time.monotonic() + WAIT_SECONDS
    while True:
        with _lock(folder) as is_mine:
            if found := _find(folder, version):
                return found
            if is_mine:
                return _write(folder, version, make)
        if before := _versions(folder):
            return before[0]
        if time.monotonic() > end:
            return None
        time.sleep(0.05)


def _write(folder: Path, version: str, make: Make) -> MadeFile:
    """Write it beside the others, and give it its name when it is whole. One process at a time does, unless all is forgotten meanwhile."""
    for left in folder.glob(f"{_NEW}-*"):  # by a process that was ended
        left.unlink(missing_ok=True)
    new, digest = folder / f"{_NEW}-{uuid4().hex}", sha256()
    zipped = new.with_name(new.name + _ZIPPED)
    with _create(new) as file:
        for piece in make():
            digest.update(piece)
            file.write(piece)
    with new.open("rb") as plain, _create(zipped) as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        shutil.copyfileobj(plain, packed)
    made = MadeFile(folder / f"{version}.{digest.hexdigest()[:32]}")
    new.replace(made.path)
    zipped.replace(made.zipped)
    for old in _versions(folder)[KEPT:]:
        _delete(old)
    return made


def _create(path: Path) -> IO[bytes]:
    """An empty file that only the owner can write and only its group can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb")


@contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """Whether nobody else holds the lock of the folder. It ends with the process that holds it."""
    file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(file)


# Finding


def _folder(name: str, edition: str) -> Path:
    return Path(settings.MADE_FILES_DIR) / f"{_digest(name)}{edition and f'-{_digest(edition)}'}"


def _folders(name: str) -> list[Path]:
    """The folders of all its editions."""
    return list(Path(settings.MADE_FILES_DIR).glob(f"{_digest(name)}*"))


def _find(folder: Path, version: str) -> MadeFile | None:
    found = next((file for file in _versions(folder) if file.version == version), None)
    if found and time.time() - found.path.stat().st_mtime > A_DAY:
        _touch(found)  # it is used
    return found


def _touch(made: MadeFile) -> None:
    with _ignoring_what_is_gone():
        os.utime(made.path)


def _versions(folder: Path) -> list[MadeFile]:
    """Those on disk, the newest first."""
    found = []
    with _ignoring_what_is_gone(), os.scandir(folder) as entries:
        for entry in entries:
            if "." in entry.name and not entry.name.endswith(_ZIPPED):  # not the lock, nor what is being made
                with _ignoring_what_is_gone():
                    found.append((entry.stat().st_mtime_ns, entry.name))
    return [MadeFile(folder / name) for _when, name in sorted(found, reverse=True)]


@contextmanager
def _ignoring_what_is_gone() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        return


def _delete(file: MadeFile) -> None:
    file.path.unlink(missing_ok=True)
    file.zipped.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:24]


@cache
def _release() -> str:
    """What tells this release from others: another one may write other columns."""
    sources = sorted(settings.BASE_DIR.glob("[a-z]*/**/*.py"))
    return _digest(repr([(str(source), source.stat().st_mtime_ns) for source in sources]))


@due("made files")
def delete_unused(now: datetime) -> str:
    """Delete files that nobody has asked for in a week, such as those of a former release."""
    count = 0
    for folder in Path(settings.MADE_FILES_DIR).glob("*/"):
        for file in _versions(folder):
            with _ignoring_what_is_gone():
                if file.path.stat().st_mtime < (now - UNUSED_FOR).timestamp():
                    _delete(file)
                    count += 1
    return f"{count} deleted" if count else ""
