"""News to all who endorsed a declaration: written into the outbox in portions by `run_due`, asked about again before each is sent.

A portion is one transaction: the mails, the links in them, and the cursor that moves past them by compare-and-set. Killed in the middle
it never was; of two hosts at the same portion one gets it. A mail's key names mailing and endorsement, and the outbox takes a key once.

A new version is put to every endorsement, each with a link of its own: an officer who signed for two organisations answers for each.
News of a delivery and of a reply goes to an address once, whatever it endorsed. Neither goes to those who came by an imported list or
as an initial signatory: they gave their name to the declaration, and no address to this site.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.due import due
from core.mail.outbox import enqueue, still_wanted
from core.mail.templates import compose, letter, one_click
from core.mail.wording import Variable
from core.models import OutgoingMail
from endorsements.models import Delivery, Endorsement, Mailing, TextVersion
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.models.sign_on import sign_on_of
from endorsements.signing.emails import DECLARATION, MANAGE, RENEW, UPDATES, found_by, link, public_address, sample, sample_address, subject
from endorsements.states import BY_ITS_HOLDER, MailingKind
from members.suppression import is_suppressed

from .snapshot import counted

PORTION = 20
MOST_A_RUN = 500
RECIPIENT = Variable("recipient", "delivery.recipient", gettext_lazy("Whom the declaration was handed to"))
DAY = Variable("handed_over_day", 'delivery.delivered_on|date:"j F Y"', gettext_lazy("The day on which it was handed over"))

logger = logging.getLogger(__name__)


def audience(mailing: Mailing) -> EndorsementQuerySet:
    """The endorsements it is for, as things stand now. Those of a new version that was followed by a newer one are left to that one."""
    rows = Endorsement.objects.under(mailing.declaration).filter(source__in=BY_ITS_HOLDER)
    if mailing.kind != MailingKind.NEW_VERSION:
        return rows.with_news()
    if not _is_in_force(mailing):
        return rows.none()
    return rows.live().exclude(email="").filter(version__number__lt=_number(mailing))


def how_many(mailing: Mailing) -> int:
    """How many mails it comes to; the mailing need not be stored yet."""
    rows = audience(mailing)
    return rows.count() if mailing.kind == MailingKind.NEW_VERSION else rows.values("address_key").distinct().count()


def written(mailing: Mailing) -> int:
    """How many of its mails are in the outbox, sent ones included."""
    return OutgoingMail.objects.filter(key__startswith=f"{key_of(mailing)}:").count()


@due("mailings")
def write_what_is_due(now: datetime) -> str:
    """At most MOST_A_RUN endorsements in a run, so that mails which somebody waits for are never behind a thousand others."""
    left = MOST_A_RUN
    unfinished = Mailing.objects.filter(finished_at__isnull=True).select_related("declaration", "version", "delivery")
    for mailing in unfinished.defer("version__text", "delivery__content").order_by("pk"):
        while left > 0 and (done := write_portion(mailing, most=min(PORTION, left), now=now)):
            left -= done
    return f"{MOST_A_RUN - left} written" if left < MOST_A_RUN else ""


def write_portion(mailing: Mailing, *, most: int = PORTION, now: datetime) -> int:
    """Go through the next endorsements, all or none. Returns how many; 0 when there are none left, or somebody else is at it."""
    with transaction.atomic():
        rows = list(audience(mailing).filter(pk__gt=mailing.after).order_by("pk").select_related("version").defer("version__text")[:most])
        changes: dict[str, Any] = {"after": rows[-1].pk} if rows else {"finished_at": now}
        if not Mailing.objects.filter(pk=mailing.pk, after=mailing.after, finished_at__isnull=True).update(**changes):
            return 0
        told = values_of(mailing)
        for row in rows:
            _write(mailing, row, told)
    for name, value in changes.items():
        setattr(mailing, name, value)
    return len(rows)


def _write(mailing: Mailing, row: Endorsement, told: Mapping[str, Any]) -> bool:
    """Store one mail; False when this address has its mail, or wants none, or is none."""
    if is_suppressed(row.email) or (mailing.kind != MailingKind.NEW_VERSION and _has_its_mail(mailing, row)):
        return False
    row.declaration = mailing.declaration
    values = {**told, "endorsement": row, "manage_url": link(row, MANAGE)}
    headers: Mapping[str, str] = {}
    if mailing.kind == MailingKind.NEW_VERSION:
        values["renew_url"] = link(row, RENEW)
    else:
        values["updates_url"] = link(row, UPDATES)
        headers = one_click(values["updates_url"])
    message = compose(f"endorsements/{mailing.kind}", to=row.email, context=values, headers=headers)
    try:
        return enqueue(message, key=f"{key_of(mailing)}:{row.pk}", purpose=f"endorsements.{mailing.kind}", about=subject(row), sealed=True)
    except ValueError:
        logger.warning("%s has an address that no mail can have", row)
        return False


def _has_its_mail(mailing: Mailing, row: Endorsement) -> bool:
    """Whether another endorsement of the same address got this mailing's mail."""
    theirs = Endorsement.objects.under(mailing.declaration).of_address(row.address_key).values_list("pk", flat=True)
    return OutgoingMail.objects.filter(key__in=[f"{key_of(mailing)}:{pk}" for pk in theirs]).exists()


def key_of(mailing: Mailing) -> str:
    return f"mailing:{mailing.pk}"


def values_of(mailing: Mailing) -> dict[str, Any]:
    """What the mail says to everybody alike."""
    page = mailing.declaration
    told: dict[str, Any] = {"declaration": page, "declaration_url": public_address(page)}
    delivery = mailing.delivery
    if delivery is None:
        return told | {"version": mailing.version, "closes_at": page.closes_at}
    counts = counted(delivery.organisations, delivery.people, delivery.countries)
    return told | {"delivery": delivery, "counted": counts, "verify_url": absolute(reverse("verify", args=(delivery.sha256,)))}


# Before each mail is sent


@still_wanted("endorsements.new_version")
def waits_for_renewal(mail: OutgoingMail) -> bool:
    """Still standing under an earlier version, with time left to confirm the one in force."""
    row, mailing = _told(mail)
    if row is None or mailing is None or not _is_in_force(mailing):
        return False
    return row.version.number < _number(mailing) and sign_on_of(row.declaration).takes_confirmations(timezone.now())


@still_wanted("endorsements.delivered")
@still_wanted("endorsements.reply")
def wants_news(mail: OutgoingMail) -> bool:
    row, mailing = _told(mail)
    return row is not None and mailing is not None and row.wants_updates


def _told(mail: OutgoingMail) -> tuple[Endorsement | None, Mailing | None]:
    """The standing endorsement that the mail is about, if its holder may be written to, and the mailing it is part of."""
    row = found_by(mail.about)
    mailing = Mailing.objects.select_related("declaration", "version").filter(pk=int(mail.key.split(":")[1])).first()
    return (row if row and row.is_live and not is_suppressed(mail.recipient) else None), mailing


def _is_in_force(mailing: Mailing) -> bool:
    current = sign_on_of(mailing.declaration).version
    return current is not None and current.number == _number(mailing)


def _number(mailing: Mailing) -> int:
    return mailing.version.number if mailing.version else 0


@letter("endorsements/delivered", gettext_lazy("Declaration: delivered"), DECLARATION, RECIPIENT, DAY)
@letter("endorsements/reply", gettext_lazy("Declaration: there is a reply"), DECLARATION, RECIPIENT, DAY)
def _sample_delivery() -> dict[str, Any]:
    """What the previews in the admin show: invented, and nowhere stored."""
    delivery = Delivery(
        recipient=_("The Minister of Health of Example"),
        delivered_on=timezone.localdate(),
        method=_("in person, at the ministry"),
        note=_("The minister took an hour for it."),
        reply=_("Thank you.\n\nWe shall put it before the cabinet."),
        replied_on=timezone.localdate(),
    )
    values = {"delivery": delivery, "counted": counted(42, 1300, 23), "verify_url": absolute(reverse("verify", args=("0" * 64,)))}
    return sample() | values | {"manage_url": sample_address(MANAGE), "updates_url": sample_address(UPDATES)}


@letter("endorsements/new_version", gettext_lazy("Declaration: please confirm the new text"), DECLARATION)
def _sample_new_version() -> dict[str, Any]:
    version = TextVersion(number=2, note=_("The third demand names a year."))
    links = {"renew_url": sample_address(RENEW), "manage_url": sample_address(MANAGE)}
    return sample() | {"version": version, "closes_at": timezone.now()} | links
