"""Rate limits, counted in the database, so that all hosts agree and a restart loses nothing.

Windows are fixed: `window` seconds from one multiple of it to the next, so up to twice the limit may pass around a boundary. The key
(an address, a domain) is stored only as an HMAC with the site's secret, and deleted after its window ends.
The caller decides what to do over the limit: an office is not an attacker, so hold for moderation and say so.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from core.due import due
from core.models import Count

INCREMENT = """
    INSERT INTO core_count (digest, hits, ends_at) VALUES (%s, 1, %s)
    ON CONFLICT (digest) DO UPDATE SET hits = core_count.hits + 1
    RETURNING hits
"""


@dataclass(frozen=True)
class LimitExceeded:
    """The limit that was exceeded, the number of hits, and the seconds until the window ends."""

    scope: str
    limit: int
    hits: int
    retry_after: int


def hit(scope: str, key: str, *, limit: int, window: timedelta) -> LimitExceeded | None:
    """Count a hit of `key` in `scope`. Returns LimitExceeded if there are more than `limit` in this window. Exact under concurrency.

    Call it before the transaction it protects: inside, a rollback would undo the count, and other requests would wait for its end.
    """
    digest, start, length = _window(scope, key, window)
    with connection.cursor() as cursor:
        cursor.execute(INCREMENT, [digest, start + length])
        ((hits,),) = cursor.fetchall()
    return _exceeded(scope, limit, hits, start + length)


def peek(scope: str, key: str, *, limit: int, window: timedelta) -> LimitExceeded | None:
    """The same without counting a hit."""
    digest, start, length = _window(scope, key, window)
    hits = Count.objects.filter(digest=digest).values_list("hits", flat=True).first() or 0
    return _exceeded(scope, limit, hits, start + length)


def _window(scope: str, key: str, window: timedelta) -> tuple[str, int, int]:
    """The digest of the current window's count, when the window started, and its length in seconds."""
    now, length = int(time.time()), int(window.total_seconds())
    start = now - now % length
    return salted_hmac("core.throttle", "\0".join((scope, key, str(length), str(start))), algorithm="sha256").hexdigest(), start, length


def _exceeded(scope: str, limit: int, hits: int, ends_at: int) -> LimitExceeded | None:
    return LimitExceeded(scope, limit, hits, ends_at - int(time.time())) if hits > limit else None


@due("old counts")
def delete_old_counts(now: datetime) -> str:
    deleted = Count.objects.filter(ends_at__lt=int(now.timestamp())).delete()[0]
    return f"{deleted} deleted" if deleted else ""
