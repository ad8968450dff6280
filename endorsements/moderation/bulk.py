"""Decisions on many endorsements at once, and undoing them. What cannot be undone, such as an email that was sent, is said."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from core.mail.queue import sent_since, withdraw_waiting
from core.transitions import NotPossible, TransitionNotAllowed, transition
from endorsements.models import BulkAct, BulkActItem, Endorsement
from endorsements.signing.emails import subject
from endorsements.states import IN_QUEUE, State

from . import emails, workflow

Action = Callable[[Endorsement], bool]
# What a decision changes beside the state, and undoing it restores.
RESTORED = ("hold_reason", "decline_reason", "merged_into_id", "ended_at", "listed_at", "mailed_at", "approved_at", "approved_by_id")
# Stored beside them: when the decision moved it.
MOVED_AT = "moved_at"
# The email that a decision writes, by the state it leads to.
EMAILS = {State.LISTED: "endorsements.listed", State.DECLINED: "endorsements.declined", State.PENDING: "endorsements.confirm"}


class Applied(NamedTuple):
    """What was done, and how many were refused for each reason, in sentences."""

    act: BulkAct
    refused: Counter[str]


def apply_to_all(endorsements: Iterable[Endorsement], action: Action, *, to: State, by: Any, now: datetime) -> Applied:
    """Take an action on each endorsement, in one transaction that `undo` can revert. Those that refuse it are left out."""
    refused: Counter[str] = Counter()
    with transaction.atomic():
        act = BulkAct.objects.create(to=to, made_at=now, made_by=by)
        for endorsement in endorsements:
            try:
                _apply(act, endorsement, action)
            except NotPossible as reason:
                refused[str(reason)] += 1
            except TransitionNotAllowed:
                continue
        return Applied(act, refused)


def _apply(act: BulkAct, endorsement: Endorsement, action: Action, *, moved_to: str = "") -> None:
    came_from = endorsement.state
    before = {name: _as_json(getattr(endorsement, name)) for name in RESTORED}
    if action(endorsement):
        before[MOVED_AT] = _moved_at(endorsement)
        BulkActItem.objects.create(act=act, endorsement=endorsement, came_from=came_from, moved_to=moved_to, before=before)


def merge_all(duplicates: Iterable[Endorsement], *, into: Endorsement, by: Any, now: datetime) -> BulkAct:
    """Merge each duplicate, as one action. If one of them was listed, `into` takes its place in the list.

    Raises TransitionNotAllowed, and changes nothing, if still another one by the same signatory is listed.
    """
    with transaction.atomic():
        act, _refused = apply_to_all(
            duplicates, lambda row: workflow.merge(row, into=into, by=by, now=now), to=State.DECLINED, by=by, now=now
        )
        if into.state in IN_QUEUE and act.items.filter(came_from=State.LISTED).exists():
            _apply(act, into, lambda row: workflow.approve(row, by=by, now=now), moved_to=State.LISTED)
        return act


class Undone(NamedTuple):
    """How many are back where they were, how many emails were stopped, and how many holders were told that it was undone."""

    restored: int = 0
    stopped: int = 0
    told: int = 0


def undo(act: BulkAct, *, by: Any, now: datetime) -> Undone:
    """Restore each endorsement that nobody has changed since. Does nothing the second time.

    Emails that wait are not sent; a holder who got one is told that it is undone. An endorsement is not restored if another one by the
    same signatory took its place.
    """
    with transaction.atomic():
        if not BulkAct.objects.filter(pk=act.pk, undone_at__isnull=True).update(undone_at=now):
            return Undone()
        # What took a place in the list leaves it first.
        items = act.items.select_related("act", "endorsement__declaration").order_by("-moved_to", "pk")
        restored = [item for item in items if _restore(item, by=by)]
        stopped, told = 0, 0
        for state in {item.came_to for item in restored}:
            rows = [item.endorsement for item in restored if item.came_to == state]
            purpose, about = EMAILS.get(State(state), ""), [subject(row) for row in rows]
            stopped += withdraw_waiting(about, purpose=purpose, since=act.made_at)
            misled = sent_since(act.made_at, about, purpose=purpose)
            told += sum(emails.undone(row, act, was=state, now=now) for row in rows if subject(row) in misled)
        return Undone(len(restored), stopped, told)


def is_as_left(item: BulkActItem) -> bool:
    """Whether the endorsement is as the action left it: a colleague may have moved it away and back again."""
    if item.endorsement.state != item.came_to or item.before is None:
        return bool(item.endorsement.state == item.came_to)
    return bool(item.before[MOVED_AT] == _moved_at(item.endorsement))


def _moved_at(endorsement: Endorsement) -> Any:
    return _as_json({State.LISTED: endorsement.listed_at, State.DECLINED: endorsement.ended_at}.get(State(endorsement.state)))


def _as_json(value: Any) -> Any:
    """To the microsecond, which Django's encoder of JSON is not."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _restore(item: BulkActItem, *, by: Any) -> bool:
    if not is_as_left(item):
        return False
    try:
        with transaction.atomic():
            return transition(
                item.endorsement,
                to=item.came_from,
                transitions={State(item.came_to): {State(item.came_from)}},
                action="endorsements.undo",
                by=by,
                changes=_values_before(item),
            )
    except (TransitionNotAllowed, IntegrityError):
        return False


def _values_before(item: BulkActItem) -> dict[str, Any]:
    """The fields as they were. An action of a release that did not store them left the reasons of the state before."""
    row = item.endorsement
    if item.before is None:
        listed_at = row.listed_at or row.confirmed_at if item.came_from == State.LISTED else None
        return {"decline_reason": "", "merged_into": None, "ended_at": None, "listed_at": listed_at} | (
            {} if item.came_from == State.HELD else {"hold_reason": ""}
        )
    field_of: Any = Endorsement._meta.get_field
    return {name: field_of(name.removesuffix("_id")).to_python(item.before[name]) for name in RESTORED if name in item.before}
