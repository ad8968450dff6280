"""How often is too often, counted in the database, so that all hosts agree and a restart forgets nothing.

Windows are fixed: `window` seconds from one multiple of it to the next, so that twice the limit may pass around a boundary. What is
counted (an address, a domain) is stored only as an HMAC with the site's secret, and deleted once its window is over.
What to do when it is too often is the caller's: an office is not an attacker, so hold for moderation and say so.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from core.due import due
from core.models import Count

COUNT = """
    INSERT INTO core_count (digest, hits, ends_at) VALUES (%s, 1, %s)
    ON CONFLICT (digest) DO UPDATE SET hits = core_count.hits + 1
    RETURNING hits
"""


@dataclass(frozen=True)
class Over:
    """The limit that was passed, by how many, and in how many seconds the window ends."""

    scope: str
    limit: int
    hits: int
    retry_after: int


def hit(scope: str, key: str, *, limit: int, window: timedelta) -> Over | None:
    """Count one more of `scope` for `key`; Over when that is more than `limit` in this window. Exact, however many ask at once.

    Call it before the transaction of what it guards: inside one, a rollback would undo the count and others would wait for its end.
    """
    digest, start, length = _window(scope, key, window)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [digest, start + length])
        ((hits,),) = cursor.fetchall()
    return _over(scope, limit, hits, start + length)


def peek(scope: str, key: str, *, limit: int, window: timedelta) -> Over | None:
    """What `hit` said last in this window; counts nothing."""
    digest, start, length = _window(scope, key, window)
    hits = Count.objects.filter(digest=digest).values_list("hits", flat=True).first() or 0
    return _over(scope, limit, hits, start + length)


def _window(scope: str, key: str, window: timedelta) -> tuple[str, int, int]:
    """What the count of this moment's window is stored under, when the window began, and how many seconds it lasts."""
    now, length = int(time.time()), int(window.total_seconds())
    start = now - now % length
    return salted_hmac("core.throttle", "\0".join((scope, key, str(length), str(start))), algorithm="sha256").hexdigest(), start, length


def _over(scope: str, limit: int, hits: int, ends_at: int) -> Over | None:
    return Over(scope, limit, hits, ends_at - int(time.time())) if hits > limit else None


@due("old counts")
def delete_old_counts(now: datetime) -> str:
    deleted = Count.objects.filter(ends_at__lt=int(now.timestamp())).delete()[0]
    return f"{deleted} deleted" if deleted else ""
