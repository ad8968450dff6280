"""Every state of an endorsement × every verb: what comes of it, and that it is once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.transitions import TransitionNotAllowed
from endorsements.erasure import erase_endorsement
from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import workflow as moderation
from endorsements.signing import workflow as signing
from endorsements.signing.workflow import Outcome
from endorsements.states import ENDED, NOT_ENDED, TRANSITIONS, DeclineReason, State
from tests.support.declarations import confirmed, open_declaration, recorded, submitted

# A pending or held endorsement may or may not have been confirmed by its holder: that decides what may follow.
STATES = ("pending", "held", "held, confirmed", "confirmed", "listed", "declined", "withdrawn", "erased")
REFUSED, NOTHING = "refused", "nothing"
# What each verb makes of each state, in the order of STATES.
EXPECTED: dict[str, tuple[str, ...]] = {
    #            pending      held         held, conf.  confirmed    listed       declined   withdrawn  erased
    "confirm": ("listed", "held, confirmed", NOTHING, NOTHING, NOTHING, Outcome.ENDED.name, Outcome.ENDED.name, Outcome.ENDED.name),
    "approve": (REFUSED, REFUSED, "listed", "listed", NOTHING, REFUSED, REFUSED, REFUSED),
    "hold": ("held", NOTHING, NOTHING, "held, confirmed", "held, confirmed", REFUSED, REFUSED, REFUSED),
    "release": (NOTHING, "pending", "listed", "listed", NOTHING, REFUSED, REFUSED, REFUSED),
    "decline": ("declined", "declined", "declined", "declined", "declined", NOTHING, REFUSED, REFUSED),
    "withdraw": ("withdrawn", "withdrawn", "withdrawn", "withdrawn", "withdrawn", "withdrawn", NOTHING, NOTHING),
    "disown": ("withdrawn", "withdrawn", "withdrawn", "withdrawn", "withdrawn", "withdrawn", NOTHING, NOTHING),
    "second": (Outcome.ENDED.name, Outcome.ENDED.name, NOTHING, "listed", NOTHING, *(Outcome.ENDED.name,) * 3),
    "erase": ("erased", "erased", "erased", "erased", "erased", "erased", "erased", NOTHING),
}


def now() -> Any:
    return timezone.now()


VERBS: dict[str, Callable[[Endorsement], Any]] = {
    "confirm": lambda row: signing.confirm(row, version=sign_on_of(row.declaration).version, now=now()),
    "approve": lambda row: moderation.approve(row, by=None, now=now()),
    "hold": lambda row: moderation.hold(row, by=None, now=now()),
    "release": lambda row: moderation.release(row, by=None, now=now()),
    "decline": lambda row: moderation.decline(row, reason=DeclineReason.OTHER, by=None, now=now(), tell=True),
    "withdraw": lambda row: signing.withdraw(row, shown=True, now=now()),
    "disown": lambda row: signing.report_not_me(row, now=now()),
    "second": lambda row: signing.confirm_as_second_person(row, now=now()),
    "erase": lambda row: erase_endorsement(row, by=None, now=now()),
}


def state_of(row: Endorsement) -> str:
    return "held, confirmed" if row.state == State.HELD and row.confirmed_at else str(row.state)


def in_state(state: str) -> Endorsement:
    """Brought there by the verbs. The address is not at the organisation's domain where the rule must not list it."""
    recorded()
    page = open_declaration()
    if state == "pending":
        return submitted(page)
    if state == "held":
        return submitted(page, over_limit=True)
    elsewhere = {"email": "akello@elsewhere.example"} if state in ("confirmed", "held, confirmed") else {}
    row = confirmed(page, **elsewhere)
    Endorsement.objects.filter(pk=row.pk).update(second_email="okello@midwives-gulu.example")
    verb = {"held, confirmed": "hold", "declined": "decline", "withdrawn": "withdraw", "erased": "erase"}.get(state)
    if verb:
        VERBS[verb](row)
    return row


@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(db: None, state: str) -> None:
    row = in_state(state)
    row.refresh_from_db()
    assert state_of(row) == state
    for verb, expectations in EXPECTED.items():
        expected = expectations[STATES.index(state)]
        came = _try(row.pk, verb)
        wanted = state if expected in (REFUSED, NOTHING) or expected in Outcome.__members__ else expected
        assert came == (wanted, expected if expected in (REFUSED, *Outcome.__members__) else ""), verb


def _try(pk: int, verb: str) -> tuple[str, str]:
    """The state after the verb, twice, and how it was refused; everything is put back."""
    from django.db import transaction

    with transaction.atomic():
        refused = ""
        for _time in range(2):
            row = Endorsement.objects.get(pk=pk)
            logged = ModelLogEntry.objects.filter(object_id=str(pk)).count()
            before = state_of(row)
            try:
                outcome = VERBS[verb](row)
                refused = outcome.name if outcome == Outcome.ENDED else ""
            except TransitionNotAllowed:
                refused = REFUSED
            row = Endorsement.objects.get(pk=pk)
            if state_of(row) == before and verb != "second":
                assert ModelLogEntry.objects.filter(object_id=str(pk)).count() == logged, "nothing happened, and it was logged"
            if _time == 0:
                first = state_of(row), refused
            else:
                assert state_of(row) == first[0] or verb == "release", "a second time changed it again"
        transaction.set_rollback(True)
    return first


def test_the_table_names_every_state_and_no_verb_leaves_it(db: None) -> None:
    assert set(TRANSITIONS) == set(State)
    assert set(NOT_ENDED) | set(ENDED) == set(State)
    assert {state for following in TRANSITIONS.values() for state in following} == set(State)
