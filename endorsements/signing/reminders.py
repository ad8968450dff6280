"""Who has not pressed the button in the mail is reminded: once after two days, and once on the last day before closing. Not those whose
organisation stands already, because a colleague was faster."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from core.due import due
from endorsements.models import Endorsement, SignOn
from endorsements.states import TAKING_ENDORSEMENTS, SignOnState, State

from .workflow import mail_to_confirm

AFTER = timedelta(hours=48)
LAST_DAY = timedelta(hours=24)
REST = timedelta(hours=12)  # nobody hears from us twice in so short a time
PORTION = 500


@due("reminders to confirm")
def remind(now: datetime) -> str:
    """Each reminder at most once for an endorsement; what is not done in this run is done in the next."""
    waiting = Endorsement.objects.filter(state=State.PENDING).values("declaration")
    found = SignOn.objects.filter(state__in=(*TAKING_ENDORSEMENTS, SignOnState.CLOSED), declaration__in=waiting)
    count = sum(_remind(sign_on, now) for sign_on in found.select_related("declaration", "version"))
    return f"{count} reminded" if count else ""


def _remind(sign_on: SignOn, now: datetime) -> int:
    page = sign_on.declaration
    is_public = page.live or sign_on.state == SignOnState.CIRCULATING
    if not is_public or not sign_on.takes_confirmations(now):
        return 0
    pending = Endorsement.objects.under(page).filter(state=State.PENDING, reminded_last_day_at__isnull=True)
    count = 0
    if page.closes_at and now < page.closes_at <= now + LAST_DAY:
        count += _write("reminded_last_day_at", "last day", pending.filter(mailed_at__lte=now - REST), now)
    return count + _write("reminded_at", "48h", pending.filter(mailed_at__lte=now - AFTER, reminded_at__isnull=True), now)


def _write(field: str, reminder: str, rows: QuerySet[Endorsement], now: datetime) -> int:
    """The reminder to the next of these. One that is to have none counts as reminded, so that it is not looked at again."""
    waiting = rows.select_related("version", "declaration", "organisation").order_by("mailed_at")
    return sum(_write_one(row, field, reminder, now) for row in waiting[:PORTION])


def _write_one(row: Endorsement, field: str, reminder: str, now: datetime) -> bool:
    with transaction.atomic():
        first = Endorsement.objects.filter(pk=row.pk, state=State.PENDING, **{f"{field}__isnull": True})
        claimed = first.update(**{field: now})
        return bool(claimed) and not row.stands_otherwise and mail_to_confirm(row, now=now, reminder=reminder)
