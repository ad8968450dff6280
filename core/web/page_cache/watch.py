"""What this process knows of the version: looked up by a thread of its own once a second while there are readers, so no request asks.

A database that is away or hangs costs readers one short wait; afterwards they get the last good pages (`layer`).
"""

import os
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic, time
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from .copies import read_known_version, write_known_version
from .version import Version, read_version

# Public pages are fresh within a second: an answer of the database counts for so long from the moment it was asked.
FRESH_SECONDS = 1.0
PAUSE_SECONDS = 0.9
# How long a reader waits for the answer before the database counts as away.
PATIENCE_SECONDS = 1.5
# How long pages are served while the database is away.
LAST_GOOD_SECONDS = 3600


class Seen(NamedTuple):
    """The last look. The times are of `monotonic()`, except `good_at`, the time of day at which the database last answered."""

    version: Version | None  # None: never known here
    is_away: bool
    asked_at: float
    old_until: float  # until when a page of the version before may be shown
    good_at: float

    def serves_last_good(self) -> bool:
        return self.version is not None and time() - self.good_at < LAST_GOOD_SECONDS


NOTHING = Seen(None, True, float("-inf"), float("-inf"), 0)


class Watch:
    """One for each process. The thread begins with the first reader, also after a fork, and waits while nobody reads."""

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self.seen, self._read_at, self._looking_since = NOTHING, 0.0, 0.0
        self._changed, self._wanted = Condition(), Event()
        self._thread: Thread | None = None

    def current(self, max_age: float = FRESH_SECONDS) -> Seen:
        """What is known and at most so old. Waits for the database only if what is known is older, and briefly."""
        self._read_at = now = monotonic()
        seen = self.seen
        return seen if now - seen.asked_at < max_age else self._wait(now, max_age)

    def _wait(self, now: float, max_age: float) -> Seen:
        with self._changed:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="page-cache-watch", daemon=True)
                self._thread.start()
            while now - self.seen.asked_at >= max_age:
                self._wanted.set()
                left = (self._looking_since or now) + PATIENCE_SECONDS - monotonic()
                was_lost = self.seen.is_away and self.seen is not NOTHING and 0 < self._looking_since < now
                if left <= 0 or was_lost:
                    self._lost()
                    break
                self._changed.wait(left)
            return self.seen

    def _run(self) -> None:
        while True:
            self._looking_since = began = monotonic()
            self._look()
            self._looking_since = 0.0
            # While nobody reads, wait for the next reader.
            if not self._wanted.wait(PAUSE_SECONDS) and self._read_at < began:
                self._wanted.wait()
            self._wanted.clear()

    def _look(self) -> None:
        asked_at = monotonic()
        try:
            version = _read_alone()
        except Exception:  # whatever is wrong with the database, it is away
            with self._changed:
                self._lost()
                self._changed.notify_all()
        else:
            self.saw(version, asked_at)

    def look_now(self) -> None:
        """Look in this thread, after it has committed a change: this process and, by the file, its neighbours know it at once."""
        asked_at = monotonic()
        self.saw(read_version(), asked_at, old_until=asked_at + FRESH_SECONDS)

    def saw(self, version: Version, asked_at: float, old_until: float = 0) -> None:
        """Take note of what the database answered to a question asked at that time. What was asked earlier is ignored."""
        with self._changed:
            before = self.seen
            if asked_at <= before.asked_at:
                return
            if version == before.version and not before.is_away:
                old_until = before.old_until
            self.seen = Seen(version, False, asked_at, old_until or before.asked_at + FRESH_SECONDS, time())
            self._changed.notify_all()
        write_known_version(version, is_new=version != before.version)

    def _lost(self) -> None:
        """The database is away: what a neighbour noted in the file may be newer than what was seen here."""
        mine, good_at = self.seen.version, self.seen.good_at
        noted, noted_at = read_known_version()
        if noted and (mine is None or noted.purged > mine.purged or noted_at > good_at):
            mine = Version(noted.number, max(noted.purged, mine.purged if mine else 0))
        self.seen = Seen(mine, True, monotonic(), float("-inf"), max(good_at, noted_at))


def _read_alone() -> Version:
    """The version, by a connection that is closed afterwards: a file that was put back is another one, and a pool wants its own."""
    name = settings.DATABASES["default"]["NAME"]
    if connection.vendor == "sqlite" and not str(name).startswith("file:") and not Path(name).exists():
        raise FileNotFoundError(name)  # connecting would make an empty one
    try:
        return read_version()
    finally:
        connection.close()


watch = Watch()
