"""Every state of an application × every verb: what comes of it, and that it is once. And what happens at the same moment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.transitions import NotPossible, TransitionNotAllowed
from members.applications import workflow as applications
from members.applications.workflow import Outcome
from members.models import Application, Membership, Organisation
from members.review import workflow as review
from members.states import APPLICATION_TRANSITIONS, ENDED, OPEN, ApplicationState, DeclineReason, VotingRule
from tests.support.concurrency import at_once
from tests.support.members import agreed, checking, draft, in_state, mails, make_seats

STATES = tuple(ApplicationState)
REFUSED, SAME = "refused", "same"
# What each verb makes of each state, in the order of STATES; "same": nothing happens, and it is no error.
EXPECTED: dict[str, tuple[str, ...]] = {
    #          draft        submitted    checking     more_information with_committee accepted    declined    withdrawn
    "save": (SAME, REFUSED, REFUSED, SAME, REFUSED, REFUSED, REFUSED, REFUSED),
    "submit": ("submitted", SAME, SAME, SAME, SAME, SAME, SAME, SAME),
    "answer": (SAME, SAME, SAME, "checking", SAME, SAME, SAME, SAME),
    "withdraw": (REFUSED, "withdrawn", "withdrawn", "withdrawn", "withdrawn", REFUSED, REFUSED, SAME),
    "take": (REFUSED, "checking", SAME, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    "ask": (REFUSED, REFUSED, "more_information", SAME, REFUSED, REFUSED, REFUSED, REFUSED),
    "stop_asking": (REFUSED, REFUSED, SAME, "checking", REFUSED, REFUSED, REFUSED, REFUSED),
    "put_to_committee": (REFUSED, REFUSED, "with_committee", REFUSED, SAME, REFUSED, REFUSED, REFUSED),
    "ask_again": (REFUSED, REFUSED, SAME, REFUSED, "checking", REFUSED, REFUSED, REFUSED),
    "accept": (REFUSED, REFUSED, REFUSED, REFUSED, "accepted", SAME, REFUSED, REFUSED),
    "decline": (REFUSED, REFUSED, "declined", REFUSED, "declined", REFUSED, SAME, REFUSED),
}


def now() -> Any:
    return timezone.now()


VERBS: dict[str, Callable[[Application], Any]] = {
    "save": lambda row: applications.save(row, values={"work": "Another text."}, now=now()),
    "submit": lambda row: applications.submit(row, now=now()),
    "answer": lambda row: applications.answer(row, values={"work": "240 a year."}, now=now()),
    "withdraw": lambda row: applications.withdraw(row, now=now()),
    "take": lambda row: review.start_review(row, by=None, now=now()),
    "ask": lambda row: review.ask(row, questions=[("size", "Staff or members?")], by=None, now=now()),
    "stop_asking": lambda row: review.continue_without_answers(row, by=None, now=now()),
    "put_to_committee": lambda row: review.put_to_committee(row, rule=VotingRule.MAJORITY, days=7, by=None, now=now()),
    "ask_again": lambda row: review.take_back_from_committee(row, by=None, now=now()),
    "accept": lambda row: review.accept(row, by=None, now=now()),
    "decline": lambda row: review.decline(row, reason=DeclineReason.CRITERIA, by=None, now=now()),
}


@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(db: None, state: ApplicationState) -> None:
    row = in_state(state)
    if state not in (ApplicationState.WITH_COMMITTEE, ApplicationState.ACCEPTED):
        make_seats(2)
    assert Application.objects.get(pk=row.pk).state == state
    for verb, expectations in EXPECTED.items():
        expected = expectations[STATES.index(state)]
        wanted = (state if expected in (REFUSED, SAME) else expected, expected == REFUSED)
        assert _try(row.pk, verb) == wanted, verb


def _try(pk: int, verb: str) -> tuple[str, bool]:
    """The state after the verb and whether it was refused; a second time changes nothing; everything is put back."""
    with transaction.atomic():
        before = Application.objects.get(pk=pk).state
        refused = _once(pk, verb)
        came = Application.objects.get(pk=pk).state
        logged, written = ModelLogEntry.objects.count(), len(mails())
        if came != before:
            _once(pk, verb)
            assert Application.objects.get(pk=pk).state == came, "a second time changed it again"
            assert (ModelLogEntry.objects.count(), len(mails())) == (logged, written), "a second time was logged, or wrote a mail"
        transaction.set_rollback(True)
    return came, refused


def _once(pk: int, verb: str) -> bool:
    logged, before = ModelLogEntry.objects.count(), Application.objects.get(pk=pk).state
    try:
        VERBS[verb](Application.objects.get(pk=pk))
    except TransitionNotAllowed:
        return True
    finally:
        if Application.objects.get(pk=pk).state == before:
            assert ModelLogEntry.objects.count() == logged, "nothing happened, and it was logged"
    return False


def test_the_table_names_every_state(db: None) -> None:
    assert set(APPLICATION_TRANSITIONS) == set(ApplicationState) == {ApplicationState.DRAFT, *OPEN, *ENDED}
    assert {state for following in APPLICATION_TRANSITIONS.values() for state in following} == set(ApplicationState) - {
        ApplicationState.DRAFT
    }


def test_what_a_colleague_put_to_the_committee_is_not_accepted_without_it(db: None) -> None:
    """Read while it was being checked, as the page of a slower colleague was."""
    row = in_state(ApplicationState.CHECKING)
    make_seats(2)
    stale = Application.objects.get(pk=row.pk)
    review.put_to_committee(row, rule=VotingRule.MAJORITY, days=7, by=None, now=now())
    with pytest.raises(NotPossible):
        review.accept(stale, by=None, now=now())
    assert Application.objects.get(pk=row.pk).state == ApplicationState.WITH_COMMITTEE


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_submitting_twice_at_once_is_one_application() -> None:
    row = draft()
    outcomes = at_once(6, lambda _number: applications.submit(Application.objects.get(pk=row.pk), now=now()))
    assert set(outcomes) == {Outcome.DONE}
    assert [mail.purpose for mail in mails() if mail.purpose == "members.submitted"] == ["members.submitted"]


@pytest.mark.django_db(transaction=True)
def test_of_two_drafts_of_one_organisation_one_is_submitted() -> None:
    rows = [draft(), draft("opio@midwives-gulu.example")]
    outcomes = at_once(2, lambda number: applications.submit(Application.objects.get(pk=rows[number].pk), now=now()))
    assert sorted(outcome.name for outcome in outcomes) == ["ALREADY_OPEN", "DONE"]
    assert Application.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_one_wins_and_the_other_is_told() -> None:
    row = agreed()

    def decide(number: int) -> str:
        mine = Application.objects.get(pk=row.pk)
        try:
            if number:
                return "declined" if review.decline(mine, reason=DeclineReason.OTHER, by=None, now=now()) else "nothing"
            return "accepted" if review.accept(mine, by=None, now=now()) else "nothing"
        except TransitionNotAllowed as refused:
            return f"told: {refused.state}"

    came = at_once(2, decide)
    final = Application.objects.get(pk=row.pk).state
    assert sorted(came) == sorted([str(final), f"told: {final}"])
    assert Organisation.objects.filter(name=row.name).exists() == (final == ApplicationState.ACCEPTED)


@pytest.mark.django_db(transaction=True)
def test_accepting_five_times_at_once_makes_one_member() -> None:
    row = agreed()
    members = at_once(5, lambda _number: review.accept(Application.objects.get(pk=row.pk), by=None, now=now()))
    assert sum(member is not None for member in members) == 1
    organisation = Organisation.objects.get(name=row.name)
    assert Membership.objects.filter(organisation=organisation).count() == 1
    assert organisation.contacts.count() == 2
    assert len([mail for mail in mails() if mail.purpose == "members.welcome"]) == 1


@pytest.mark.django_db(transaction=True)
def test_asking_for_the_link_many_times_at_once_makes_one_draft() -> None:
    at_once(5, lambda _number: applications.start("ada@example.org", now=now()))
    assert Application.objects.filter(email="ada@example.org").count() == 1


def test_two_who_take_it_at_once_are_told(db: None, secretary: Any) -> None:
    row = checking()
    assert review.start_review(Application.objects.get(pk=row.pk), by=secretary, now=now()) is False
