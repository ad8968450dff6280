"""Reminders to confirm an endorsement: one after two days, and one on the last day before closing."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from core.due import due
from endorsements.models import Endorsement, SignOn
from endorsements.states import TAKING_ENDORSEMENTS, SignOnState, State

from . import precedence
from .workflow import send_confirmation_email

AFTER = timedelta(hours=48)
LAST_DAY = timedelta(hours=24)
MIN_TIME_BETWEEN_EMAILS = timedelta(hours=12)
PORTION = 500


@due("reminders to confirm")
def remind(now: datetime) -> str:
    """Send each reminder at most once for an endorsement. What this run leaves, the next one sends."""
    waiting = Endorsement.objects.filter(state=State.PENDING).values("declaration")
    found = SignOn.objects.filter(state__in=(*TAKING_ENDORSEMENTS, SignOnState.CLOSED), declaration__in=waiting)
    count = sum(_remind_for(sign_on, now) for sign_on in found.select_related("declaration", "version"))
    return f"{count} reminded" if count else ""


def _remind_for(sign_on: SignOn, now: datetime) -> int:
    page = sign_on.declaration
    is_public = page.live or sign_on.state == SignOnState.CIRCULATING
    if not is_public or not sign_on.takes_confirmations(now):
        return 0
    pending = Endorsement.objects.for_declaration(page).filter(state=State.PENDING, reminded_last_day_at__isnull=True)
    count = 0
    if page.closes_at and now < page.closes_at <= now + LAST_DAY:
        count += _remind_all("reminded_last_day_at", "last day", pending.filter(mailed_at__lte=now - MIN_TIME_BETWEEN_EMAILS), now)
    return count + _remind_all("reminded_at", "48h", pending.filter(mailed_at__lte=now - AFTER, reminded_at__isnull=True), now)


def _remind_all(field: str, reminder: str, rows: QuerySet[Endorsement], now: datetime) -> int:
    """Remind the next of these. Whoever has nothing to do any more gets no email, and counts as reminded.

    Of several submissions of one signatory from one address, the latest is the one to be reminded of.
    """
    waiting = rows.select_related("version", "declaration", "organisation").order_by("mailed_at")
    return sum(_remind_one(row, field, reminder, now) for row in waiting[:PORTION])


def _remind_one(row: Endorsement, field: str, reminder: str, now: datetime) -> bool:
    with transaction.atomic():
        unreminded = Endorsement.objects.filter(pk=row.pk, state=State.PENDING, **{f"{field}__isnull": True})
        claimed = unreminded.update(**{field: now})
        return bool(claimed) and not _is_over(row) and send_confirmation_email(row, now=now, reminder=reminder)


def _is_over(row: Endorsement) -> bool:
    later = precedence.unconfirmed_of_holder(row).filter(state=State.PENDING, pk__gt=row.pk)
    return later.exists() or precedence.standing_for(row) is not None
