"""The decisions of the secretariat: approve, hold, release, decline, merge, on one endorsement or many, and undo."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from core.transitions import TransitionNotAllowed, transition
from endorsements.models import BulkAct, BulkActItem, Endorsement
from endorsements.signing import workflow as signing
from endorsements.states import TRANSITIONS, UNCONFIRMED, DeclineReason, HoldReason, State

from . import emails


def approve(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """List a confirmed endorsement. False if it is listed already; raises TransitionNotAllowed if it is not confirmed, or has ended."""
    if endorsement.state in UNCONFIRMED and endorsement.confirmed_at is None:
        raise TransitionNotAllowed(endorsement.state, State.LISTED)
    return signing.list_endorsement(endorsement, by=by, now=now)


def hold(endorsement: Endorsement, *, by: Any, now: datetime, note: str = "") -> bool:
    """Take it out of the list, or keep it out, until somebody has looked at it."""
    return signing.hold(endorsement, reason=HoldReason.MODERATOR, by=by, note=note)


def release(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """Release a held endorsement: list it if it is confirmed, or else send the email to confirm."""
    if endorsement.confirmed_at is not None:
        return approve(endorsement, by=by, now=now)
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
        if moved:
            signing.send_confirmation_email(endorsement, now=now)
        return moved


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


Action = Callable[[Endorsement], bool]


def apply_to_all(endorsements: Iterable[Endorsement], action: Action, *, to: State, by: Any, now: datetime) -> BulkAct:
    """Take an action on each endorsement, in one transaction that `undo` can revert. Those that refuse it are left out."""
    with transaction.atomic():
        act = BulkAct.objects.create(to=to, made_at=now, made_by=by)
        for endorsement in endorsements:
            came_from = endorsement.state
            try:
                if action(endorsement):
                    BulkActItem.objects.create(act=act, endorsement=endorsement, came_from=came_from)
            except TransitionNotAllowed:
                continue
        return act


def undo(act: BulkAct, *, by: Any, now: datetime) -> int:
    """Restore the state of each endorsement that nobody has changed since. Returns how many; 0 the second time.

    Emails that were sent stay sent. An endorsement is not restored if another one by the same signatory is live.
    """
    with transaction.atomic():
        if not BulkAct.objects.filter(pk=act.pk, undone_at__isnull=True).update(undone_at=now):
            return 0
        return sum(_restore(item, act.to, by=by) for item in act.items.select_related("endorsement"))


def _restore(item: BulkActItem, moved_to: str, *, by: Any) -> bool:
    endorsement = item.endorsement
    listed_at = endorsement.listed_at or endorsement.confirmed_at if item.came_from == State.LISTED else None
    try:
        with transaction.atomic():
            return transition(
                endorsement,
                to=item.came_from,
                transitions={State(moved_to): {State(item.came_from)}},
                action="endorsements.undo",
                by=by,
                changes={"decline_reason": "", "merged_into": None, "ended_at": None, "listed_at": listed_at},
            )
    except (TransitionNotAllowed, IntegrityError):
        return False
