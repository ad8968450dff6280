"""Mailings to all who endorsed a declaration: `run_due` writes the emails into the outbox in portions.

A portion is one transaction: the emails, their links, and the cursor that moves past them by compare-and-set. If it is killed in the
middle, nothing of it is stored; of two hosts at the same portion, one does it. An email's key names mailing and endorsement, and the
outbox takes a key once.

Nobody gets one who came by an imported list or as an initial signatory: they gave their name to the declaration, and no address to us.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.due import due
from endorsements.models import Endorsement, Mailing
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.states import BY_ITS_HOLDER, MailingKind

from . import emails

PORTION = 20
MOST_A_RUN = 500


def audience(mailing: Mailing) -> EndorsementQuerySet:
    """The endorsements it is for, as of now. None for a new version that was followed by a newer one: that one has its own mailing."""
    rows = Endorsement.objects.under(mailing.declaration).filter(source__in=BY_ITS_HOLDER)
    if mailing.kind != MailingKind.NEW_VERSION:
        return rows.with_news()
    if not emails.is_current(mailing):
        return rows.none()
    return rows.live().exclude(email="").filter(version__number__lt=emails.number_of(mailing))


def how_many(mailing: Mailing) -> int:
    """How many emails it comes to. The mailing need not be stored yet."""
    rows = audience(mailing)
    return rows.count() if mailing.kind == MailingKind.NEW_VERSION else rows.values("address_key").distinct().count()


@due("mailings")
def write_what_is_due(now: datetime) -> str:
    """Write emails for at most MOST_A_RUN endorsements, so that urgent emails never wait behind a thousand others."""
    left = MOST_A_RUN
    unfinished = Mailing.objects.filter(finished_at__isnull=True).select_related("declaration", "version", "delivery")
    for mailing in unfinished.defer("version__text", "delivery__content").order_by("pk"):
        while left > 0 and (done := write_portion(mailing, most=min(PORTION, left), now=now)):
            left -= done
    return f"{MOST_A_RUN - left} written" if left < MOST_A_RUN else ""


def write_portion(mailing: Mailing, *, most: int = PORTION, now: datetime) -> int:
    """Go through the next endorsements, all or none. Returns how many; 0 if none are left, or another process does this portion."""
    with transaction.atomic():
        rows = list(audience(mailing).filter(pk__gt=mailing.after).order_by("pk").select_related("version").defer("version__text")[:most])
        changes: dict[str, Any] = {"after": rows[-1].pk} if rows else {"finished_at": now}
        if not Mailing.objects.filter(pk=mailing.pk, after=mailing.after, finished_at__isnull=True).update(**changes):
            return 0
        context = emails.context_of(mailing)
        for row in rows:
            emails.news(mailing, row, context)
    for name, value in changes.items():
        setattr(mailing, name, value)
    return len(rows)
