"""Recording a delivery and the reply to it, and emailing both to those who endorsed."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.transitions import NotPossible, TransitionNotAllowed, transition
from core.web.page_cache import content_changed
from endorsements.models import Delivery, Mailing, SignOn
from endorsements.states import OVER, SIGN_ON_TRANSITIONS, MailingKind, SignOnState

from . import snapshot

ACTION = "endorsements.deliver"
PORTION = 2000


def deliver(sign_on: SignOn, *, recipient: str, delivered_on: date, method: str, note: str = "", by: Any, now: datetime) -> Delivery:
    """Record the delivery of the text and the names as they are now. Nothing that happens to an endorsement later changes it.

    Idempotent: a second delivery to the same recipient on the same day returns the first. Raises TransitionNotAllowed if the sign-on is
    not closed or delivered.
    """
    with transaction.atomic():
        # Lock the row, so that concurrent calls find the first delivery.
        locked = SignOn.objects.select_for_update(of=("self",)).select_related("declaration", "version").get(pk=sign_on.pk)
        if locked.state not in OVER:
            raise TransitionNotAllowed(locked.state, SignOnState.DELIVERED)
        before = Delivery.objects.defer("content").filter(
            declaration_id=locked.declaration_id, recipient__iexact=recipient, delivered_on=delivered_on
        )
        if found := before.first():
            return found
        taken = snapshot.take(locked, recipient=recipient, delivered_on=delivered_on, method=method, now=now)
        delivery = Delivery.objects.create(
            declaration=locked.declaration,
            version=locked.version,
            recipient=recipient,
            delivered_on=delivered_on,
            method=method,
            note=note,
            organisations=taken.organisations,
            people=taken.people,
            countries=taken.countries,
            content=taken.content,
            sha256=taken.sha256,
            made_at=now,
            made_by=by,
        )
        _store_signatories(delivery, taken.signatories)
        data = {"delivery": delivery.pk, "sha256": delivery.sha256}
        changes = {"delivered_at": now}
        if not transition(
            sign_on, to=SignOnState.DELIVERED, transitions=SIGN_ON_TRANSITIONS, action=ACTION, by=by, changes=changes, data=data
        ):
            log(sign_on, ACTION, user=by, data=data)
        content_changed()
    return delivery


def _store_signatories(delivery: Delivery, keys: Iterable[int]) -> None:
    through = Delivery.signatories.through
    rows = (through(delivery_id=delivery.pk, endorsement_id=pk) for pk in keys)
    while portion := list(islice(rows, PORTION)):
        through.objects.bulk_create(portion)


def record_reply(delivery: Delivery, *, reply: str, replied_on: date, by: Any, now: datetime) -> bool:
    """Record or correct the reply, which is not part of the snapshot. False if nothing changed."""
    with transaction.atomic():
        other = Delivery.objects.filter(pk=delivery.pk).exclude(reply=reply, replied_on=replied_on)
        changed = bool(other.update(reply=reply, replied_on=replied_on))
        if changed:
            log(delivery, "endorsements.reply", user=by)
            content_changed()
    delivery.reply, delivery.replied_on = reply, replied_on
    return changed


def announce(delivery: Delivery, kind: MailingKind, *, by: Any, now: datetime) -> Mailing:
    """Start the mailing to those who endorsed, that it was delivered or that there is a reply (`endorsements.deliveries.mailings`).

    Idempotent: a second call returns the first mailing. Raises NotPossible for a reply that is not recorded.
    """
    if kind == MailingKind.REPLY and not delivery.reply:
        raise NotPossible(_("Record the reply first."))
    if kind not in (MailingKind.DELIVERED, MailingKind.REPLY):
        raise ValueError(f"a delivery has no mailing of kind {kind}")
    with transaction.atomic():
        mailing, is_new = Mailing.objects.get_or_create(
            kind=kind, delivery=delivery, defaults={"declaration_id": delivery.declaration_id, "begun_at": now, "begun_by": by}
        )
        if is_new:
            log(delivery, "endorsements.announce", user=by, data={"kind": kind})
    return mailing
