"""Applicants are reminded of questions they have not answered."""

from datetime import datetime, timedelta

from core.due import due, latest_step
from members.models import Application
from members.states import State

from . import emails

STEPS = (7, 21)  # days


@due("questions to applicants")
def remind_of_questions(now: datetime) -> str:
    """Remind after 7 and after 21 days without an answer. The application stays open however long it takes."""
    waiting = Application.objects.filter(state=State.MORE_INFORMATION, asked_at__lte=now - timedelta(days=STEPS[0]))
    count = sum(
        emails.questions(application, now=now, reminder=str(latest_step(STEPS, (now - (application.asked_at or now)).days)))
        for application in waiting
    )
    return f"{count} reminded" if count else ""
