"""Event mode: until a time, one network may send more endorsements of a declaration, as from a hall with one connection."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from endorsements.models import DeclarationPage, EventWindow
from endorsements.models.sign_on import sign_on_of

LONGEST = timedelta(days=7)
MOST = 5000


def open_window(page: DeclarationPage, *, most: int, ends_at: datetime, by: Any, now: datetime) -> EventWindow:
    """Let each network send `most` endorsements an hour until `ends_at`. It takes the place of a window that is running.

    Raises ValueError for a time in the past or too far away, and for other than 1 to MOST.
    """
    if not now < ends_at <= now + LONGEST or not 1 <= most <= MOST:
        raise ValueError("a window ends within a week, and has a number")
    sign_on = sign_on_of(page)
    with transaction.atomic():
        EventWindow.objects.running(now).filter(declaration_id=page.pk).update(ended_at=now, ended_by=by)
        window = EventWindow.objects.create(declaration_id=page.pk, most=most, opened_at=now, opened_by=by, ends_at=ends_at)
        log(sign_on, "endorsements.open_window", user=by, data={"most": most, "until": ends_at.isoformat(timespec="minutes")})
    return window


def end_window(page: DeclarationPage, *, by: Any, now: datetime) -> bool:
    """End the running window early. False if none is running."""
    with transaction.atomic():
        if not EventWindow.objects.running(now).filter(declaration_id=page.pk).update(ended_at=now, ended_by=by):
            return False
        log(sign_on_of(page), "endorsements.end_window", user=by)
        return True


def running_window(page: Any, now: datetime) -> EventWindow | None:
    return EventWindow.objects.running(now).filter(declaration_id=page.pk).select_related("opened_by").order_by("-pk").first()
