"""The digest: what waits on the first page of the admin, by email once a day, if something new has come; weekly while something is late."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone, translation

from core.due import due

from .dashboard import waiting_shortcuts
from .emails import colleagues, send_digest

MORNING = 7
# How soon what is late is told again.
AGAIN = timedelta(days=7)
# Looks back a little further, for what was being stored during the last check.
OVERLAP = timedelta(minutes=5)


@due("what waits for colleagues")
def send_digests(now: datetime) -> str:
    """Send each digest at the first run of the morning; after days without a run, one."""
    morning = last_morning(now)
    count = sum(_check(user, morning, now) for user in colleagues().filter(digest_checked_at__lt=morning))
    return f"{count} told" if count else ""


def last_morning(now: datetime) -> datetime:
    """The last time it was seven in the morning in the time zone of the site."""
    local = timezone.localtime(now, timezone.get_default_timezone())
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning <= local else morning - timedelta(days=1)


def _check(user: Any, morning: datetime, now: datetime) -> bool:
    """False if nothing new has come since the last check and nothing is late, or another host is checking."""
    with transaction.atomic():
        users = get_user_model()._default_manager.filter(pk=user.pk)
        if not users.filter(digest_checked_at=user.digest_checked_at).update(digest_checked_at=now):
            return False
        with translation.override(settings.LANGUAGE_CODE):
            waiting = waiting_shortcuts(user)
        is_new = any(one.newest and one.newest > user.digest_checked_at - OVERLAP for one in waiting)
        is_told_again = any(one.late for one in waiting) and (not user.digest_sent_at or user.digest_sent_at <= morning - AGAIN + OVERLAP)
        if not (is_new or is_told_again) or not send_digest(user, waiting, day=morning.date(), is_new=is_new):
            return False
        users.update(digest_sent_at=morning)
        return True
