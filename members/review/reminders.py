"""Reminders to applicants about open questions, and to colleagues about applications past their promised day.

What was sent is remembered on the application.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from core.dates import site_date
from core.due import due
from members.models import Application
from members.states import ApplicationState

from . import emails

STEPS = (7, 21)  # days
PORTION = 200


@due("questions to applicants")
def remind_of_questions(now: datetime) -> str:
    """Remind after 7 and after 21 days without an answer, once each. The application stays open however long it takes."""
    asked = Application.objects.filter(state=ApplicationState.MORE_INFORMATION)
    count, longer = 0, None
    for step in sorted(STEPS, reverse=True):  # a step that was missed is not made up for
        late = asked.filter(asked_at__lte=now - timedelta(days=step), reminded_after__lt=step)
        rows = late.filter(asked_at__gt=now - timedelta(days=longer)) if longer else late
        count += sum(_remind(application, step, now) for application in rows.order_by("pk")[:PORTION])
        longer = step
    return f"{count} reminded" if count else ""


def _remind(application: Application, step: int, now: datetime) -> bool:
    with transaction.atomic():
        waiting = Application.objects.filter(pk=application.pk, state=ApplicationState.MORE_INFORMATION, asked_at=application.asked_at)
        claimed = waiting.filter(reminded_after=application.reminded_after).update(reminded_after=step)
        return bool(claimed) and emails.questions(application, now=now, reminder=str(step))


@due("applications past their promised day")
def tell_of_late_applications(now: datetime) -> str:
    """Tell whoever takes care of an application, else all who may, once when its promised day has passed. (The digest repeats it.)"""
    today = site_date(now)
    untold = Application.objects.overdue(today).filter(Q(late_told_for__isnull=True) | ~Q(late_told_for=F("promised_on")))
    count = sum(_tell(application, today) for application in untold.select_related("assigned_to").order_by("pk")[:PORTION])
    return f"{count} told" if count else ""


def _tell(application: Application, today: date) -> bool:
    with transaction.atomic():
        as_read = Application.objects.overdue(today).filter(pk=application.pk, late_told_for=application.late_told_for)
        if not as_read.update(late_told_for=F("promised_on")):
            return False
        return bool(emails.late(application))
