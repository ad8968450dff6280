"""What the clock does to declarations: opening, closing, asking the members. See also `mailings`, `reminders` and `retention`."""

import logging
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from core.due import due
from core.transitions import NotPossible, Refused
from endorsements.models import SignOn
from endorsements.responses.workflow import ask_members, ask_who_follows
from endorsements.states import SignOnState
from members.models import Membership

from .workflow import close, open_sign_on

# A declaration that opened earlier is no news: the secretariat asks if it wants to.
ASKED_WITHIN = timedelta(days=14)

logger = logging.getLogger(__name__)


@due("open declarations")
def open_what_is_due(now: datetime) -> str:
    """Opens what has an opening time that has come, and is published or circulating."""
    may_open = Q(state=SignOnState.CIRCULATING) | Q(state=SignOnState.DRAFT, declaration__live=True)
    count = 0
    for sign_on in SignOn.objects.filter(may_open, declaration__opens_at__lte=now).select_related("declaration", "version"):
        try:
            count += open_sign_on(sign_on, by=None, now=now)
        except (NotPossible, Refused):
            logger.warning("%s could not open by itself", sign_on)
    return f"{count} opened" if count else ""


@due("close declarations")
def close_what_is_due(now: datetime) -> str:
    found = SignOn.objects.filter(state=SignOnState.OPEN, declaration__closes_at__lte=now).select_related("declaration", "version")
    count = sum(close(sign_on, by=None, now=now) for sign_on in found)
    return f"{count} closed" if count else ""


@due("invitations to members")
def ask_members_of_what_opened(now: datetime) -> str:
    """Those that were members when it opened, and who takes over there. Who joins later finds it on its own page, and gets no mail about
    each that is open."""
    count = 0
    for sign_on in SignOn.objects.filter(state=SignOnState.OPEN, opened_at__gt=now - ASKED_WITHIN).select_related("declaration"):
        opened = timezone.localdate(sign_on.opened_at)
        early = Membership.objects.on(opened).filter(recorded_on__lte=opened)
        count += ask_members(sign_on.declaration, among=early.values("organisation"), now=now)
        count += ask_who_follows(sign_on.declaration, now=now)
    return f"{count} asked" if count else ""
