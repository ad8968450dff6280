"""Asking members to endorse what has just opened."""

from datetime import datetime, timedelta

from core.dates import site_date
from core.due import due
from endorsements.models import SignOn
from endorsements.states import SignOnState
from members.models import Membership

from .workflow import ask_members, ask_who_follows

# Once a declaration has been open for longer, the secretariat decides whether to ask.
ASKED_WITHIN = timedelta(days=14)


@due("invitations to members")
def ask_members_of_what_opened(now: datetime) -> str:
    """Ask organisations that were members on the opening day, and whoever takes over as their contact since.

    Organisations that join later see open declarations on their own page instead of getting an email about each.
    """
    count = 0
    for sign_on in SignOn.objects.filter(state=SignOnState.OPEN, opened_at__gt=now - ASKED_WITHIN).select_related("declaration"):
        opened = site_date(sign_on.opened_at or now)
        early = Membership.objects.on(opened).filter(recorded_on__lte=opened)
        count += ask_members(sign_on.declaration, among=early.values("organisation"), now=now)
        count += ask_who_follows(sign_on.declaration, now=now)
    return f"{count} asked" if count else ""
