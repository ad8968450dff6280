"""Mailings to all who endorsed a declaration: `run_due` queues the emails in portions.

A portion is one transaction: the emails, their links, and the cursor that moves past them by compare-and-set. If it is killed, nothing
of it is stored; if two hosts run the same portion, one stores it. The idempotency key of an email names mailing and endorsement.

Initial signatories, and signatories from imported lists, get none: they have not given us their address.
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
MAX_A_RUN = 500


def audience(mailing: Mailing) -> EndorsementQuerySet:
    """The endorsements it goes out for, as of now. None for a version that is no longer in force: the newer one has its own mailing.

    Of a delivery: those that were handed over and are still listed. Of a reply: everybody who endorses, also if listed later.
    """
    rows = Endorsement.objects.for_declaration(mailing.declaration).filter(source__in=BY_ITS_HOLDER)
    if mailing.kind == MailingKind.DELIVERED and mailing.delivery:
        return mailing.delivery.handed_over(rows.wanting_updates().listed())
    if mailing.kind != MailingKind.NEW_VERSION:
        return rows.wanting_updates()
    if not emails.is_current(mailing):
        return rows.none()
    return rows.live().exclude(email="").filter(version__number__lt=emails.version_number(mailing))


def email_count(mailing: Mailing) -> int:
    """How many emails it will send. The mailing need not be saved yet."""
    rows = audience(mailing)
    return rows.count() if mailing.kind == MailingKind.NEW_VERSION else rows.values("address_key").distinct().count()


@due("mailings")
def queue_due_mailings(now: datetime) -> str:
    """Queue emails for at most MAX_A_RUN endorsements, so that urgent emails do not wait behind a thousand others."""
    left = MAX_A_RUN
    unfinished = Mailing.objects.filter(finished_at__isnull=True).select_related("declaration", "version", "delivery")
    for mailing in unfinished.defer("version__text", "delivery__content").order_by("pk"):
        while left > 0 and (done := write_portion(mailing, most=min(PORTION, left), now=now)):
            left -= done
    return f"{MAX_A_RUN - left} written" if left < MAX_A_RUN else ""


def write_portion(mailing: Mailing, *, most: int = PORTION, now: datetime) -> int:
    """Queue the emails for the next endorsements, all or none. Returns how many; 0 if none are left, or another process did them."""
    with transaction.atomic():
        rows = list(audience(mailing).filter(pk__gt=mailing.after).order_by("pk").select_related("version").defer("version__text")[:most])
        changes: dict[str, Any] = {"after": rows[-1].pk} if rows else {"finished_at": now}
        if not Mailing.objects.filter(pk=mailing.pk, after=mailing.after, finished_at__isnull=True).update(**changes):
            return 0
        context = emails.mailing_context(mailing)
        for row in rows:
            emails.send_mailing(mailing, row, context)
    for name, value in changes.items():
        setattr(mailing, name, value)
    return len(rows)
