"""Two colleagues press their buttons at the same moment, in real threads: one wins, the other is told, nothing is doubled."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.committee import workflow as committee
from members.models import Application, Contact, Membership, Organisation, Vote
from members.states import ApplicationState
from tests.support.concurrency import at_once
from tests.support.endorsing import words
from tests.support.members import agreed, checking, mails, make_seats, with_committee

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desks(make_user: Any, signed_in: SignIn) -> list[Client]:
    return [signed_in(make_user("Secretariat", name=name)) for name in ("Ann Other", "Bea Both")]


def pressed(desks: list[Client], presses: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """What each colleague reads after pressing, together, what both had opened before."""
    seen = [secretary_client.get(where).context["shown"] for secretary_client, (where, _form) in zip(desks, presses, strict=True)]

    def press(number: int) -> str:
        where, form = presses[number]
        answer = desks[number].post(where, {"shown": seen[number], **form}, follow=True)
        assert answer.status_code == 200
        return words(answer)

    return at_once(2, press)


def where(verb: str, row: Application) -> str:
    return reverse(f"applications:{verb}", args=(row.pk,))


def test_one_accepts_while_another_declines(desks: list[Client]) -> None:
    row = agreed()
    accept = (where("accept", row), {"step": "do", "organisation": "new", "decision_message": ""})
    decline = (where("decline", row), {"step": "do", "reason": "other", "tell": "on", "decision_message": "Not now."})
    said = pressed(desks, [accept, decline])
    row.refresh_from_db()
    won = 0 if row.state == ApplicationState.ACCEPTED else 1
    assert ("belongs to the coalition" if won == 0 else "is declined") in said[won]
    assert "Nothing was done. Midwives of Gulu:" in said[1 - won]
    assert Organisation.objects.filter(name=row.name).count() == (1 - won)
    assert sorted(mail.purpose for mail in mails() if mail.purpose in ("members.welcome", "members.declined")) == [
        ("members.welcome", "members.declined")[won]
    ]


def test_both_accept(desks: list[Client]) -> None:
    row = agreed()
    accept = (where("accept", row), {"step": "do", "organisation": "new", "decision_message": ""})
    said = pressed(desks, [accept, accept])
    assert sorted("Nothing was done" in one for one in said) == [False, True]
    member = Organisation.objects.get(name=row.name)
    assert (Membership.objects.filter(organisation=member).count(), Contact.objects.filter(organisation=member).count()) == (1, 2)
    assert len(mails(purpose="members.welcome")) == 1


def test_both_put_it_to_the_committee_and_both_end_the_ballot(desks: list[Client]) -> None:
    row = checking()
    make_seats(2)
    ballot = (where("put_to_committee", row), {"rule": "majority", "days": "7"})
    said = pressed(desks, [ballot, ballot])
    assert sorted("Nothing was done" in one for one in said) == [False, True]
    [opened] = row.ballots.all()
    assert (opened.votes.count(), len(mails(purpose="members.vote"))) == (2, 2)
    committee.cast_vote(opened.votes.all()[0], choice="objection", reason="Who?", now=timezone.now())
    close = (reverse("ballots:close", args=(opened.pk,)), {})
    cancel = (reverse("ballots:cancel", args=(opened.pk,)), {})
    said = pressed(desks, [close, cancel])
    assert sorted("Nothing was done" in one for one in said) == [False, True]


def test_a_vote_at_the_moment_of_the_closing_counts_or_is_told_that_it_is_late() -> None:
    ballot = with_committee(seats=3)
    vote = ballot.votes.all()[0]

    def act(number: int) -> Any:
        mine = Vote.objects.select_related("ballot").get(pk=vote.pk)
        if number:
            return committee.close_ballot(mine.ballot, by=None, now=timezone.now())
        return committee.cast_vote(mine, choice="objection", reason="Who?", now=timezone.now())

    outcome, closed = at_once(2, act)
    ballot.refresh_from_db()
    vote.refresh_from_db()
    assert closed
    assert (vote.choice, ballot.result) == (("objection", "no_quorum") if outcome == committee.Outcome.DONE else ("", "no_quorum"))
