"""What waits for somebody, by mail: the same as on the first page of the admin, once a day, when something new has come."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone, translation

from core.due import due

from .dashboard import what_waits
from .emails import colleagues, tell_what_waits

MORNING = 7
# What somebody was about to store while it was looked is looked at once more.
OVERLAP = timedelta(minutes=5)


@due("what waits for colleagues")
def tell_colleagues(now: datetime) -> str:
    """In the morning, or whenever the first run is after it; after days without a run, once."""
    morning = last_morning(now)
    count = sum(_tell(user, morning, now) for user in colleagues().filter(digest_checked_at__lt=morning))
    return f"{count} told" if count else ""


def last_morning(now: datetime) -> datetime:
    """The last time that it was seven in the morning, where the site is."""
    local = timezone.localtime(now)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning <= local else morning - timedelta(days=1)


def _tell(user: Any, morning: datetime, now: datetime) -> bool:
    """False when nothing new has come since it was looked last, or another host is at it."""
    with transaction.atomic():
        if not get_user_model()._default_manager.filter(pk=user.pk, digest_checked_at=user.digest_checked_at).update(digest_checked_at=now):
            return False
        with translation.override(settings.LANGUAGE_CODE):
            waiting = what_waits(user)
        is_new = any(one.newest and one.newest > user.digest_checked_at - OVERLAP for one in waiting)
        return is_new and tell_what_waits(user, waiting, day=morning.date())
