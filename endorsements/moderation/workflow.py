"""The decisions of the secretariat on one endorsement: approve, hold, release, decline, merge. `bulk` takes them on many."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.mail.suppression import refuses_strangers
from core.transitions import NotPossible, TransitionNotAllowed, transition
from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.signing import workflow as signing
from endorsements.states import TRANSITIONS, UNCONFIRMED, DeclineReason, HoldReason, SignOnState, State

from . import emails


def approve(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """List a confirmed endorsement. False if it is listed already; raises TransitionNotAllowed if it is not confirmed, or has ended.

    SignatoryIsListed, which is one, if somebody else's endorsement by the same signatory is listed: merge them, and say which one stays.
    """
    if endorsement.state in UNCONFIRMED and endorsement.confirmed_at is None:
        raise TransitionNotAllowed(endorsement.state, State.LISTED)
    return signing.list_endorsement(endorsement, by=by, now=now)


def hold(endorsement: Endorsement, *, by: Any, now: datetime, note: str = "") -> bool:
    """Take it out of the list, or keep it out, until somebody has looked at it."""
    return signing.hold(endorsement, reason=HoldReason.MODERATOR, by=by, note=note)


def release(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """Release a held endorsement: list it if it is confirmed, or else send the email to confirm.

    Raises NotPossible, and changes nothing, if that email cannot be sent.
    """
    if endorsement.confirmed_at is not None:
        return approve(endorsement, by=by, now=now)
    if reason := reason_not_to_email(endorsement, now=now):
        raise NotPossible(reason)
    try:
        return _release_unconfirmed(endorsement, by=by, now=now)
    except IntegrityError:  # the same answers were sent again within the limits, and wait for their confirmation already
        waiting = Endorsement.objects.unconfirmed().filter(declaration_id=endorsement.declaration_id, state=State.PENDING)
        same = waiting.get(answers_hash=endorsement.answers_hash)
        signing.send_confirmation_email(same, now=now)
        return merge(endorsement, into=same, by=by, now=now)


def _release_unconfirmed(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    with transaction.atomic():
        transitions = {State.HELD: {State.PENDING}}
        moved = transition(
            endorsement,
            to=State.PENDING,
            transitions=transitions,
            action="endorsements.release",
            by=by,
            changes={"hold_reason": "", "mailed_at": None},
        )
        if moved and not signing.send_confirmation_email(endorsement, now=now, by=by):
            raise NotPossible(_("No email was sent: this address has had as many emails as we send. Try again tomorrow."))
        return moved


def reason_not_to_email(endorsement: Endorsement, *, now: datetime) -> str:
    """Why its holder cannot be emailed the link to confirm, in a sentence; '' if they can."""
    sign_on = sign_on_of(endorsement.declaration)
    if not sign_on.takes_confirmations(now):
        if sign_on.is_over or sign_on.state == SignOnState.OPEN:
            return _("No email was sent: the time to confirm is over, so the link in it would not work.")
        return _("No email was sent: the declaration is not open, so the link in it would not work.")
    if refuses_strangers(endorsement.email):
        return _("No email was sent: the owner of this address said that it was not them, and asked us not to write.")
    return ""


def decline(endorsement: Endorsement, *, reason: DeclineReason, by: Any, now: datetime, message: str = "", tell: bool = False) -> bool:
    """Decline it for a reason. `tell` emails its holder, with `message` added, if they had confirmed it."""
    with transaction.atomic():
        declined = transition(
            endorsement,
            to=State.DECLINED,
            transitions=TRANSITIONS,
            action="endorsements.decline",
            by=by,
            changes={"decline_reason": reason, "ended_at": now, "listed_at": None},
            data={"reason": reason},
        )
        if declined and tell and endorsement.confirmed_at:
            emails.declined(endorsement, message=message, now=now)
        return declined


def merge(duplicate: Endorsement, *, into: Endorsement, by: Any, now: datetime) -> bool:
    """Decline a duplicate by the same signatory. Raises ValueError for endorsements of two declarations, or twice the same one."""
    if duplicate.pk == into.pk or duplicate.declaration_id != into.declaration_id:
        raise ValueError("only two endorsements of one declaration can be merged")
    with transaction.atomic():
        merged = decline(duplicate, reason=DeclineReason.DUPLICATE, by=by, now=now)
        if merged:
            Endorsement.objects.filter(pk=duplicate.pk).update(merged_into=into)
            log(into, "endorsements.merge", user=by, data={"merged": duplicate.pk})
        return merged


def write_note(endorsement: Endorsement, *, note: str, by: Any) -> None:
    """Replace the note for colleagues. It is erased with the person's data."""
    with transaction.atomic():
        Endorsement.objects.filter(pk=endorsement.pk).update(note=note)
        log(endorsement, "endorsements.note", user=by)
    endorsement.note = note
