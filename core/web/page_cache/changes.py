"""Telling the cache that public content has changed. Cheap to call, and known in every process within a second."""

from secrets import randbits
from time import time_ns

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from core.models import ContentVersion

from .version import forget_version
from .watch import watch


def content_changed(**_kwargs: object) -> None:
    """Make all public pages stale: one reader's request renders each anew, and until then, for a second at most, others get the old one.

    Can be connected to any Django signal.
    """
    # Random instead of incremented: a number that was rolled back must not be used again for other content.
    _write(number=randbits(62) + 1)


def content_purged(**_kwargs: object) -> None:
    """Let no page rendered before be shown again, not even while the database is away: something on them is no longer public."""
    # The time, so that a process which can only read the file of a neighbour knows which of two is later.
    _write(number=randbits(62) + 1, purged=Greatest(F("purged") + 1, Value(time_ns() // 1000)))


def _write(**changes: object) -> None:
    forget_version()
    if ContentVersion.objects.filter(pk=1).update(**changes) == 0:
        with transaction.atomic():
            ContentVersion.objects.get_or_create(pk=1)
        ContentVersion.objects.filter(pk=1).update(**changes)
    transaction.on_commit(watch.look_now, robust=True)
