"""Ballots in the admin: what the secretariat and the committee see, the clock, and voting."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.dates import datetime_text
from members.committee import workflow as committee
from members.models import Ballot, Vote
from members.states import ApplicationState, BallotState, VoteChoice, VotingRule
from tests.support.admin_screen import words
from tests.support.answers import Screen, levels, mistakes
from tests.support.members import with_committee

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]


def address(name: str, ballot: Ballot, *more: Any) -> str:
    return reverse(f"ballots:{name}", args=(ballot.pk, *more))


def do(client: Client, where: str, **fields: Any) -> Any:
    page = client.get(where)
    assert page.status_code == 200, where
    return client.post(where, {"shown": page.context["shown"], **fields}, follow=True)


def links_of(client: Client, where: str) -> set[str]:
    return {link.partition("?")[0] for link in Screen(client.get(where)).links}


def waits(client: Client) -> bool:
    """Whether the first page of the admin leads to ballots that wait for this person."""
    return any(link.startswith(reverse("ballots:index")) for link in links_of(client, reverse("wagtailadmin_home")))


@pytest.fixture
def ballot(db: None, committee_member: Any) -> Ballot:
    """Of five seats, the first of which is the committee member's."""
    opened = with_committee(rule=VotingRule.MAJORITY)
    first = opened.votes.order_by("pk")[0]
    Vote.objects.filter(pk=first.pk).update(email=committee_member.email, address_key=committee_member.email)
    return opened


def test_a_member_of_the_committee_votes_in_the_admin(ballot: Ballot, committee_member: Any, signed_in: SignIn) -> None:
    client = signed_in(committee_member)
    mine, other = ballot.votes.order_by("pk")[:2]
    where = address("vote", ballot, mine.pk)
    assert waits(client)
    listed = words(client.get(reverse("ballots:index")))
    assert "Midwives of Gulu" in listed
    assert datetime_text(ballot.closes_at) in listed
    assert where in links_of(client, address("inspect", ballot))
    assert mistakes(do(client, where, choice="objection", reason="")) == {"reason"}
    assert mistakes(do(client, where, choice="maybe")) == {"choice"}
    do(client, where, choice="for", reason="")
    mine.refresh_from_db()
    assert mine.choice == "for"
    assert not waits(client)
    assert client.get(address("vote", ballot, other.pk)).status_code == 302
    client.post(address("vote", ballot, other.pk), {"shown": ":", "choice": "for"})
    other.refresh_from_db()
    assert other.choice == ""


def test_the_committee_sees_objections_at_once_and_votes_when_it_is_over(ballot: Ballot, committee_member: Any, signed_in: SignIn) -> None:
    client = signed_in(committee_member)
    ballot.application.questions.create(text="Who may speak for it?", reply="Only the board does.", answered_at=timezone.now())
    _mine, second, third, *_others = ballot.votes.order_by("pk")
    committee.cast_vote(second, choice="against", now=timezone.now())
    committee.cast_vote(third, choice="recuse", reason="My sister works there.", now=timezone.now())
    page = client.get(address("inspect", ballot))
    shown = words(page)
    assert str(VoteChoice.AGAINST.label) not in shown
    assert "My sister works there." in shown
    assert not page.context["minutes"]
    assert "Who may speak for it? Only the board does." in shown
    assert "Akello Apio" not in shown, "who represents it is for the secretariat"
    committee.close_ballot(ballot, by=None, now=timezone.now())
    page = client.get(address("inspect", ballot))
    assert page.context["minutes"]
    assert str(VoteChoice.AGAINST.label) in words(page)
    for verb in ("resume", "close", "cancel"):
        assert client.post(address(verb, ballot), {"shown": ballot.state}).status_code == 302
        assert client.get(address(verb, ballot)).status_code == 302


def test_an_objection_stops_the_clock_and_the_secretariat_lets_it_run_on(ballot: Ballot, secretary_client: Client) -> None:
    vote = ballot.votes.order_by("pk")[1]
    where = address("vote", ballot, vote.pk)
    do(secretary_client, where, choice="objection", reason="It sells insurance.")
    ballot.refresh_from_db()
    assert ballot.state == BallotState.PAUSED
    shown = words(secretary_client.get(address("inspect", ballot)))
    assert "It sells insurance." in shown
    assert waits(secretary_client)
    assert address("inspect", ballot) in links_of(secretary_client, reverse("applications:inspect", args=(ballot.application_id,)))
    seen = secretary_client.get(address("resume", ballot)).context["shown"]
    assert levels(secretary_client.post(address("resume", ballot), {"shown": seen}, follow=True)) == ["success"]
    assert levels(secretary_client.post(address("resume", ballot), {"shown": seen}, follow=True)) == ["warning"]
    ballot.refresh_from_db()
    assert ballot.state == BallotState.OPEN
    assert not waits(secretary_client)


def test_the_secretariat_ends_it_and_copies_the_minutes(ballot: Ballot, secretary_client: Client) -> None:
    for vote in ballot.votes.order_by("pk")[:3]:
        committee.cast_vote(vote, choice="for", now=timezone.now())
    assert levels(secretary_client.get(address("close", ballot), follow=True)) == ["warning"], "its end is announced"
    committee.cast_vote(ballot.votes.order_by("pk")[3], choice="objection", reason="Who?", now=timezone.now())
    do(secretary_client, address("close", ballot))
    ballot.refresh_from_db()
    assert (ballot.state, ballot.result) == (BallotState.CLOSED, "adopted")
    page = secretary_client.get(address("inspect", ballot))
    assert ballot.get_result_display() in page.context["minutes"]
    assert waits(secretary_client)
    late = ballot.votes.order_by("pk")[4]
    assert levels(secretary_client.get(address("vote", ballot, late.pk), follow=True)) == ["warning"]


def test_a_cancelled_ballot_leaves_the_application_with_the_committee(ballot: Ballot, secretary_client: Client) -> None:
    do(secretary_client, address("cancel", ballot))
    ballot.refresh_from_db()
    assert (ballot.state, ballot.application.state) == (BallotState.CANCELLED, ApplicationState.WITH_COMMITTEE)
    assert secretary_client.get(reverse("ballots:index"), {"state": ["cancelled"]}).context["object_list"].count() == 1


def test_an_editor_sees_no_ballot(ballot: Ballot, editor: Any, signed_in: SignIn) -> None:
    client = signed_in(editor)
    vote = ballot.votes.first()
    for where in (reverse("ballots:index"), address("inspect", ballot), address("vote", ballot, vote.pk if vote else 0)):
        assert client.get(where).status_code == 302
