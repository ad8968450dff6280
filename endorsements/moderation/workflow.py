"""What the secretariat does with endorsements: approve, hold, release, decline, merge, on one or on many, and take it back."""

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
    """List what its holder has confirmed. False when it is listed already; TransitionNotAllowed when it is not confirmed, or has ended."""
    if endorsement.state in UNCONFIRMED and endorsement.confirmed_at is None:
        raise TransitionNotAllowed(endorsement.state, State.LISTED)
    return signing.list_it(endorsement, by=by, now=now)


def hold(endorsement: Endorsement, *, by: Any, now: datetime, note: str = "") -> bool:
    """Take it out of the list, or keep it from getting there, until somebody has looked."""
    return signing.hold(endorsement, reason=HoldReason.MODERATOR, by=by, note=note)


def release(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """Let go what was held: unconfirmed, its mail leaves now; confirmed, it is listed."""
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
            signing.mail_to_confirm(endorsement, now=now)
        return moved


def decline(endorsement: Endorsement, *, reason: DeclineReason, by: Any, now: datetime, message: str = "", tell: bool = False) -> bool:
    """It does not stand, for a reason. `tell` writes to its holder, with `message` added; never to an address that confirmed nothing."""
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
    """The same signatory stands there twice: keep `into`. Raises ValueError for two declarations, or one and the same endorsement."""
    if duplicate.pk == into.pk or duplicate.declaration_id != into.declaration_id:
        raise ValueError("only two endorsements of one declaration can be merged")
    with transaction.atomic():
        merged = decline(duplicate, reason=DeclineReason.DUPLICATE, by=by, now=now)
        if merged:
            Endorsement.objects.filter(pk=duplicate.pk).update(merged_into=into)
            log(into, "endorsements.merge", user=by, data={"merged": duplicate.pk})
        return merged


def write_note(endorsement: Endorsement, *, note: str, by: Any) -> None:
    """Keep what the secretariat found out. The note is for colleagues, and goes when the person's data go."""
    with transaction.atomic():
        Endorsement.objects.filter(pk=endorsement.pk).update(note=note)
        log(endorsement, "endorsements.note", user=by)
    endorsement.note = note


Verb = Callable[[Endorsement], bool]


def do_to_all(endorsements: Iterable[Endorsement], verb: Verb, *, to: State, by: Any, now: datetime) -> BulkAct:
    """`verb` on each, in one transaction, remembered so that `undo` takes it back as one. Those that cannot move there are left out."""
    with transaction.atomic():
        act = BulkAct.objects.create(to=to, made_at=now, made_by=by)
        for endorsement in endorsements:
            came_from = endorsement.state
            try:
                if verb(endorsement):
                    BulkActItem.objects.create(act=act, endorsement=endorsement, came_from=came_from)
            except TransitionNotAllowed:
                continue
        return act


def undo(act: BulkAct, *, by: Any, now: datetime) -> int:
    """Put back what the act moved and nobody has moved since; returns how many. A second time it is none.

    Mails that had left by then stay sent. One whose place another endorsement has taken meanwhile stays where it is.
    """
    with transaction.atomic():
        if not BulkAct.objects.filter(pk=act.pk, undone_at__isnull=True).update(undone_at=now):
            return 0
        return sum(_put_back(item, act.to, by=by) for item in act.items.select_related("endorsement"))


def _put_back(item: BulkActItem, moved_to: str, *, by: Any) -> bool:
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
