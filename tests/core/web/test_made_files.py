"""Files that are made once per version: by one at a time, in threads and in processes."""

import gzip
import multiprocessing
import os
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.utils import timezone

from core.web import made_files
from core.web.made_files import delete_unused, forget, send_made_file

pytestmark = pytest.mark.one_database
TEXT = b"name,country\n" + b"Nurses of Kampala,UG\n" * 200


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MADE_FILES_DIR = tmp_path / "made"
    return settings.MADE_FILES_DIR


class Maker:
    """Counts how often it is asked, and takes its time."""

    def __init__(self, text: bytes = TEXT, seconds: float = 0):
        self.calls, self.text, self.seconds = 0, text, seconds

    def __call__(self) -> Iterator[bytes]:
        self.calls += 1
        yield self.text[:5]
        time.sleep(self.seconds)
        yield self.text[5:]


def ask(make: Any, version: Any = "1", method: str = "GET", name: str = "members.csv", **headers: str) -> HttpResponseBase:
    request = RequestFactory().generic(method, "/members.csv", headers=headers)
    return send_made_file(request, name, version, make, content_type="text/csv; charset=utf-8", as_attachment=True)


def ask_for_edition(make: Any, edition: str, version: Any = "1", check_every: float = 0) -> bytes:
    request = RequestFactory().get("/names.csv")
    return body(send_made_file(request, "names.csv", version, make, content_type="text/csv", edition=edition, check_every=check_every))


def body(response: HttpResponseBase) -> bytes:
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    for close in response._resource_closers:  # type: ignore[attr-defined]  # `close()` would close database connections as well
        close()
    return gzip.decompress(content) if response.get("Content-Encoding") == "gzip" else content


def files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*/*.*") if path.suffix != ".gz"]


@pytest.mark.parametrize("most_in_memory", [0, 100_000])
def test_a_version_is_made_once_and_sent_with_its_validator(folder: Path, monkeypatch: pytest.MonkeyPatch, most_in_memory: int) -> None:
    monkeypatch.setattr(made_files, "MOST_IN_MEMORY", most_in_memory)
    make = Maker()
    first = ask(make)
    assert (first.status_code, first["Content-Type"], first["Vary"]) == (200, "text/csv; charset=utf-8", "Accept-Encoding")
    assert first["Content-Disposition"] == 'attachment; filename="members.csv"'
    assert int(first["Content-Length"]) == len(TEXT)
    assert body(first) == TEXT
    packed = ask(make, **{"accept-encoding": "br, gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) < len(TEXT) / 4
    assert packed["ETag"] != first["ETag"]
    assert body(packed) == TEXT
    assert ask(make, **{"accept-encoding": "gzip;q=0"}).get("Content-Encoding") is None
    for etag in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
        known = ask(make, **{"if-none-match": etag})
        assert (known.status_code, body(known)) == (304, b"")
        assert (known["ETag"], known["Vary"]) == (first["ETag"], "Accept-Encoding")
    assert ask(make, **{"if-none-match": packed["ETag"]}).status_code == 200
    assert ask(make, method="HEAD")["Content-Length"] == first["Content-Length"]
    assert make.calls == 1
    # The rights do not depend on the umask of the process; nobody else reads or writes.
    assert {stat.S_IMODE(path.stat().st_mode) & 0o137 for path in folder.glob("*/*")} == {0}


def test_the_validator_follows_the_content_not_the_version() -> None:
    make, other = Maker(), Maker(TEXT + b"one more")
    first = ask(make)["ETag"]
    assert ask(make, "2")["ETag"] == first
    assert ask(other, "3")["ETag"] != first
    assert (make.calls, other.calls) == (2, 1)


def test_names_do_not_meet_whatever_is_in_them(folder: Path) -> None:
    for name in ("members.csv", "members.json", "../../members.csv", "a/b", "é" * 300, ""):
        assert body(ask(Maker(name.encode()), name=name)) == name.encode()
    assert len(list(folder.iterdir())) == 6
    assert list(folder.parent.iterdir()) == [folder]


def test_only_the_last_two_versions_stay(folder: Path) -> None:
    for number in range(6):
        ask(Maker(str(number).encode() * 600), str(number))
    assert len(files(folder)) == 2
    assert len(list(folder.glob("*/*"))) == 5  # with their compressed forms and the lock
    make = Maker()
    ask(make, "5")
    ask(make, "4")
    assert make.calls == 0


def test_a_failure_leaves_nothing_behind(folder: Path) -> None:
    def fail() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        ask(fail)
    assert files(folder) == []
    make = Maker()
    assert body(ask(make)) == TEXT
    assert len(list(folder.glob("*/*"))) == 3


def test_threads_make_it_once_and_wait_for_it() -> None:
    make = Maker(seconds=0.3)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _number: ask(make), range(8)))
    assert {(answer.status_code, body(answer)) for answer in answers} == {(200, TEXT)}
    assert make.calls == 1


def test_while_one_makes_the_next_version_the_others_get_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ask(Maker())
    slow = Maker(b"new", seconds=0.5)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(ask, slow, "2")
        while not slow.calls:
            time.sleep(0.01)
        assert body(ask(slow, "2")) == TEXT
        assert body(future.result()) == b"new"
    assert body(ask(slow, "2")) == b"new"
    assert slow.calls == 1


def test_who_cannot_wait_is_told_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_files, "WAIT_SECONDS", 0.1)
    slow = Maker(seconds=0.6)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(ask, slow)
        while not slow.calls:
            time.sleep(0.01)
        refused = ask(slow)
        assert (refused.status_code, refused["Retry-After"]) == (503, "5")
        assert future.result().status_code == 200


def test_what_is_forgotten_is_not_sent_even_if_it_was_being_made(folder: Path) -> None:
    ask(Maker())
    texts = [b"with Ada", b"without her"]

    def make() -> Iterator[bytes]:
        text = texts.pop(0)
        if text == b"with Ada":
            forget("members.csv")
        yield text

    assert body(ask(make, "2")) == b"without her"
    assert body(ask(Maker(b"never"), "2")) == b"without her"
    forget("members.csv")
    forget("unheard of")
    assert files(folder) == []


def test_a_file_of_another_edition_is_never_sent(folder: Path) -> None:
    assert ask_for_edition(Maker(b"with Ada"), "1") == b"with Ada"
    assert ask_for_edition(Maker(b"never"), "1") == b"with Ada"
    slow = Maker(b"without her", seconds=0.4)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(ask_for_edition, slow, "2")
        while not slow.calls:
            time.sleep(0.01)
        assert ask_for_edition(slow, "2") == b"without her"  # it waits, because the version before has her name
        assert future.result() == b"without her"
    assert slow.calls == 1
    assert [path.read_bytes() for path in files(folder)] == [b"without her"]
    assert ask_for_edition(Maker(b"as before"), "1") == b"as before"


def test_a_version_is_asked_for_once_in_a_while(folder: Path) -> None:
    asked: list[str] = []

    def version() -> str:
        asked.append(current)
        return current

    def read(text: bytes) -> bytes:
        return ask_for_edition(Maker(text), "1", version, check_every=15)

    def pass_time(seconds: float) -> None:
        for file in files(folder):
            then = file.stat().st_mtime - seconds
            os.utime(file, (then, then))

    current = "a"
    assert [read(b"one"), read(b"two")] == [b"one", b"one"]
    current = "b"
    assert (read(b"two"), asked) == (b"one", ["a"])
    pass_time(16)
    assert (read(b"two"), asked) == (b"two", ["a", "b"])
    pass_time(16)
    # Unchanged: that it is the newest is known for as long again.
    assert [read(b"three"), read(b"three")] == [b"two", b"two"]
    assert asked == ["a", "b", "b"]


def _ask_in_a_process(folder: str, log: str, gate: Any) -> None:
    from django.conf import settings

    settings.MADE_FILES_DIR = folder

    def make() -> Iterator[bytes]:
        with Path(log).open("ab") as file:
            file.write(f"{os.getpid()}\n".encode())
        time.sleep(0.3)
        yield TEXT

    gate.wait(20)
    assert body(ask(make)) == TEXT


def test_processes_make_it_once_and_one_that_dies_holds_up_nobody(folder: Path, tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    gate, log = fork.Barrier(4), tmp_path / "log"
    processes = [fork.Process(target=_ask_in_a_process, args=(str(folder), str(log), gate)) for _number in range(3)]
    for process in processes:
        process.start()
    gate.wait(20)
    for process in processes:
        process.join(20)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len(log.read_text().split()) == 1
    killed = fork.Process(target=lambda: ask(lambda: iter(lambda: os._exit(9), None), "2"))
    killed.start()
    killed.join(20)
    assert killed.exitcode == 9
    assert body(ask(Maker(b"after"), "2")) == b"after"
    assert not list(folder.glob("*/new-*"))


def test_without_a_folder_it_is_made_for_each(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder.write_text("a file where the folder should be")
    make = Maker()
    assert [body(ask(make)) for _number in range(2)] == [TEXT, TEXT]
    assert "members.csv cannot be kept on disk" in caplog.text


def test_what_nobody_asks_for_is_deleted_after_a_week(folder: Path) -> None:
    ask(Maker(), name="old")
    ask(Maker(), name="used")
    for file in files(folder):
        long_ago = (timezone.now() - timedelta(days=8)).timestamp()
        os.utime(file, (long_ago, long_ago))
    ask(Maker(b"never"), name="used")
    assert delete_unused(timezone.now()) == "1 deleted"
    assert len(files(folder)) == 1
    assert delete_unused(datetime.now(tz=timezone.get_current_timezone())) == ""
