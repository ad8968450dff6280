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

from .due import due
from .models import Count

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
    now, length = int(time.time()), int(window.total_seconds())
    start = now - now % length
    digest = salted_hmac("core.throttle", "\0".join((scope, key, str(length), str(start))), algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [digest, start + length])
        ((hits,),) = cursor.fetchall()
    return Over(scope, limit, hits, start + length - now) if hits > limit else None


@due("old counts")
def delete_old_counts(now: datetime) -> str:
    deleted = Count.objects.filter(ends_at__lt=int(now.timestamp())).delete()[0]
    return f"{deleted} deleted" if deleted else ""
