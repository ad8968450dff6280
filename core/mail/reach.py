"""Which addresses an email reaches: not one that is suppressed, and not one to which the last email failed for good."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Q

from core.models import OutgoingMail
from core.states import MailState


def failed_among(addresses: Iterable[str]) -> set[str]:
    """Those of a few hundred addresses to which an email failed for good, and none was sent since. In at most two queries."""
    spelled = {spelling: address for address in addresses if address for spelling in (address, address.lower())}
    failed = _last(spelled, Q(state=MailState.FAILED))
    sent = _last(failed, Q(state=MailState.SENT)) if failed else {}
    return {spelled[spelling] for spelling, when in failed.items() if spelling not in sent or sent[spelling] < when}


def _last(spellings: Iterable[str], ended: Q) -> dict[str, Any]:
    rows = OutgoingMail.objects.filter(ended, recipient__in=list(spellings), finished_at__isnull=False)
    return dict(rows.order_by().values("recipient").annotate(last=Max("finished_at")).values_list("recipient", "last"))
