"""What is true now: the version of the public content, as the database has it, and when a page that is being rendered next changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, time
from typing import NamedTuple

from django.db import DatabaseError

from core.models import ContentVersion


class Version(NamedTuple):
    """`number` differs after every change, `purged` grows with every hard purge. Both are 0 on a new database."""

    number: int
    purged: int


@dataclass
class Rendering:
    """A page being rendered: the version it shows, when that was read, and when the page changes by time alone (seconds since 1970)."""

    version: Version
    asked_at: float
    changes_at: float | None = None


_rendering: ContextVar[Rendering | None] = ContextVar("rendering", default=None)


def read_version() -> Version:
    row = ContentVersion.objects.filter(pk=1).values_list("number", "purged").first()
    return Version(*row) if row else Version(0, 0)


def content_version() -> int:
    """The number of the current version. Queried once per request."""
    rendering = _rendering.get()
    return rendering.version.number if rendering else read_version().number


def is_serving_public_page() -> bool:
    """Whether a public page is being rendered, so that nothing read now will be edited and saved."""
    return _rendering.get() is not None


def page_changes_at(moment: datetime | None) -> None:
    """Say that the page being rendered shows something else from `moment` on, although nothing is published. The past does not count."""
    rendering = _rendering.get()
    if rendering and moment and (seconds := moment.timestamp()) > time():
        rendering.changes_at = min(seconds, rendering.changes_at or seconds)


@contextmanager
def same_version() -> Iterator[Rendering | None]:
    """Read the version once for the whole request. None if the database is away: the view then reports it."""
    asked_at = monotonic()
    try:
        rendering = Rendering(read_version(), asked_at)
    except DatabaseError:
        rendering = None
    token = _rendering.set(rendering)
    try:
        yield rendering
    finally:
        _rendering.reset(token)


def forget_version() -> None:
    """Let what follows in this request read the version again."""
    _rendering.set(None)
