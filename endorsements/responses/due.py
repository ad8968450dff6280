"""Asking members to endorse what has just opened."""

from datetime import datetime, timedelta
from typing import Any

from core.dates import site_date
from core.due import due
from endorsements.models import SignOn
from endorsements.states import SignOnState
from members.models import Membership

from .workflow import ask_all

# Later, the secretariat decides whether to ask.
ASKED_WITHIN = timedelta(days=14)


@due("invitations to members")
def ask_about_opened_declarations(now: datetime) -> str:
    """Ask the contacts, also new ones, of organisations that were members when asking began.

    Organisations that join later see open declarations on their own page instead of getting an email about each.
    """
    asking = SignOn.objects.filter(state=SignOnState.OPEN, ask_members_at__lte=now).select_related("declaration").order_by("pk")
    recent = [sign_on.declaration for sign_on in asking if (sign_on.ask_members_at or now) > now - ASKED_WITHIN]
    if not recent:
        return ""
    count = ask_all([(sign_on.declaration, _members_on(sign_on.ask_members_at or now)) for sign_on in asking], because_of=recent, now=now)
    return f"{count} asked" if count else ""


def _members_on(moment: datetime) -> Any:
    day = site_date(moment)
    return Membership.objects.on(day).filter(recorded_on__lte=day).values("organisation")
