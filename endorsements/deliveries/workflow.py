"""Handing a declaration over, what came of it, and the news of both to those who endorsed."""

from datetime import date, datetime
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


def deliver(sign_on: SignOn, *, recipient: str, delivered_on: date, method: str, note: str = "", by: Any, now: datetime) -> Delivery:
    """Freeze text and names as they stand now, as handed over. The sign-on must be closed, or delivered to somebody else before.

    To the same recipient on the same day it was handed over once: asked again, the delivery that stands is returned. Nothing that
    happens to an endorsement afterwards changes a delivery. Raises TransitionNotAllowed for a sign-on that is not over.
    """
    with transaction.atomic():
        # The row is the lock under which two presses of the button come one after the other.
        standing = SignOn.objects.select_for_update(of=("self",)).select_related("declaration", "version").get(pk=sign_on.pk)
        if standing.state not in OVER:
            raise TransitionNotAllowed(standing.state, SignOnState.DELIVERED)
        before = Delivery.objects.defer("content").filter(
            declaration_id=standing.declaration_id, recipient__iexact=recipient, delivered_on=delivered_on
        )
        if found := before.first():
            return found
        taken = snapshot.take(standing, recipient=recipient, delivered_on=delivered_on, method=method, now=now)
        delivery = Delivery.objects.create(
            declaration=standing.declaration,
            version=standing.version,
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
        told = {"delivery": delivery.pk, "sha256": delivery.sha256}
        changes = {"delivered_at": now}
        if not transition(
            sign_on, to=SignOnState.DELIVERED, transitions=SIGN_ON_TRANSITIONS, action=ACTION, by=by, changes=changes, data=told
        ):
            log(sign_on, ACTION, user=by, data=told)
        content_changed()
    return delivery


def record_reply(delivery: Delivery, *, reply: str, replied_on: date, by: Any, now: datetime) -> bool:
    """Keep what they answered, or correct it. It is beside the snapshot, not in it. False when it is that already."""
    with transaction.atomic():
        other = Delivery.objects.filter(pk=delivery.pk).exclude(reply=reply, replied_on=replied_on)
        changed = bool(other.update(reply=reply, replied_on=replied_on))
        if changed:
            log(delivery, "endorsements.reply", user=by)
            content_changed()
    delivery.reply, delivery.replied_on = reply, replied_on
    return changed


def announce(delivery: Delivery, kind: MailingKind, *, by: Any, now: datetime) -> Mailing:
    """Have `endorsements.deliveries.mailings` tell those who endorsed: that it was delivered, or that there is a reply. Once each.

    Asked again, the mailing that there is is returned. Raises NotPossible for the news of a reply that is not recorded.
    """
    if kind == MailingKind.REPLY and not delivery.reply:
        raise NotPossible(_("Record the reply first."))
    if kind not in (MailingKind.DELIVERED, MailingKind.REPLY):
        raise ValueError(f"{kind} is no news of a delivery")
    with transaction.atomic():
        mailing, is_new = Mailing.objects.get_or_create(
            kind=kind, delivery=delivery, defaults={"declaration_id": delivery.declaration_id, "begun_at": now, "begun_by": by}
        )
        if is_new:
            log(delivery, "endorsements.announce", user=by, data={"kind": kind})
    return mailing
