"""Opening and closing declarations at the time an editor set."""

import logging
from datetime import datetime

from django.db.models import Q

from core.due import due
from core.transitions import NotPossible, TransitionNotAllowed
from endorsements.models import SignOn
from endorsements.states import SignOnState

from .workflow import close, open_sign_on

logger = logging.getLogger(__name__)


@due("open declarations")
def open_what_is_due(now: datetime) -> str:
    """Opens what has an opening time that has come, and is published or circulating."""
    may_open = Q(state=SignOnState.CIRCULATING) | Q(state=SignOnState.DRAFT, declaration__live=True)
    count = 0
    for sign_on in SignOn.objects.filter(may_open, declaration__opens_at__lte=now).select_related("declaration", "version"):
        try:
            count += open_sign_on(sign_on, by=None, now=now)
        except (NotPossible, TransitionNotAllowed):
            logger.warning("%s could not open by itself", sign_on)
    return f"{count} opened" if count else ""


@due("close declarations")
def close_what_is_due(now: datetime) -> str:
    found = SignOn.objects.filter(state=SignOnState.OPEN, declaration__closes_at__lte=now).select_related("declaration", "version")
    count = sum(close(sign_on, by=None, now=now) for sign_on in found)
    return f"{count} closed" if count else ""
