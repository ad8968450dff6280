"""Votes that the secretariat records for a seat: by whom, never over the vote of its holder, and with word to the seat."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.transitions import NotPossible
from members.committee import workflow as committee
from members.committee.emails import VOTE
from members.committee.minutes import minutes
from members.models import Ballot, Vote
from members.models.subjects import subject
from members.states import VotingRule
from tests.support.answers import levels
from tests.support.applying import base_of, link_in
from tests.support.concurrency import at_once
from tests.support.endorsing import text_of
from tests.support.members import mails, with_committee


def page_of(vote: Vote) -> str:
    return reverse("ballots:vote", args=(vote.ballot_id, vote.pk))


def record(client: Client, vote: Vote, choice: str = "for", shown: str = "", **typed: str) -> Any:
    shown = shown or client.get(page_of(vote)).context["shown"]
    return client.post(page_of(vote), {"shown": shown, "choice": choice, **typed}, follow=True)


@pytest.fixture
def ballot(db: None) -> Ballot:
    return with_committee(rule=VotingRule.MAJORITY, seats=3)


@pytest.mark.one_database
def test_a_recorded_vote_names_who_recorded_it_and_the_seat_is_told(ballot: Ballot, secretary: Any, secretary_client: Client) -> None:
    vote = ballot.votes.all()[0]
    assert levels(record(secretary_client, vote)) == ["success"]
    vote.refresh_from_db()
    assert (vote.choice, vote.is_recorded, vote.recorded_by) == ("for", True, secretary)
    assert "Recorded by Test Secretary" in minutes(ballot, timezone.now())
    entry = ModelLogEntry.objects.get(action="members.record_vote")
    assert (entry.user, entry.data["seat"]) == (secretary, vote.organisation_name)
    [mail] = mails(subject(vote), purpose="members.vote_recorded")
    assert mail.recipient == vote.email
    assert "Test Secretary" in text_of(mail)
    # The holder has the last word, by the link in that email, and takes the vote over.
    assert Client().post(link_in(mail), {"choice": "against"}).status_code == 303
    vote.refresh_from_db()
    assert (vote.choice, vote.is_recorded, vote.recorded_by) == ("against", False, None)
    assert "Recorded by" not in minutes(ballot, timezone.now())


@pytest.mark.one_database
def test_the_same_choice_by_its_holder_makes_the_vote_theirs(ballot: Ballot, secretary: Any) -> None:
    vote = ballot.votes.all()[0]
    committee.record_vote(vote, choice="for", by=secretary, now=timezone.now())
    committee.cast_vote(vote, choice="for", now=timezone.now())
    with pytest.raises(NotPossible):
        committee.record_vote(vote, choice="against", by=secretary, now=timezone.now())


@pytest.mark.one_database
def test_a_vote_of_its_holder_is_not_recorded_over(ballot: Ballot, secretary_client: Client) -> None:
    first, second = ballot.votes.all()[:2]
    shown = secretary_client.get(page_of(first)).context["shown"]
    Client().post(base_of(first, VOTE), {"choice": "for"})
    for before in (shown, ""):  # on a page opened before the holder voted, and on a new one
        answer = secretary_client.post(page_of(first), {"shown": before or shown, "choice": "against"}, follow=True)
        assert first.organisation_name in " ".join([*map(str, answer.context["messages"]), *answer.context["why_not"]])
    first.refresh_from_db()
    assert (first.choice, first.is_recorded) == ("for", False)
    listed = secretary_client.get(reverse("ballots:inspect", args=(ballot.pk,))).content.decode()
    assert page_of(first) + '"' not in listed
    assert page_of(second) + '"' in listed


@pytest.mark.django_db(transaction=True)
def test_the_holder_wins_when_both_press_at_once() -> None:
    ballot = with_committee(rule=VotingRule.MAJORITY, seats=3)
    key = ballot.votes.all()[0].pk

    def act(number: int) -> str:
        vote = Vote.objects.select_related("ballot").get(pk=key)
        enter = (committee.cast_vote, committee.record_vote)[number]
        try:
            enter(vote, choice=("for", "against")[number], by=None, now=timezone.now())
        except NotPossible:
            return "refused"
        return "done"

    holder, colleague = at_once(2, act)
    vote = Vote.objects.get(pk=key)
    assert (holder, vote.choice, vote.is_recorded) == ("done", "for", False)
    assert colleague in ("done", "refused")


@pytest.mark.one_database
def test_a_seat_without_an_address_has_its_vote_recorded_and_nobody_is_told(ballot: Ballot, secretary_client: Client) -> None:
    vote = ballot.votes.all()[0]
    Vote.objects.filter(pk=vote.pk).update(email="", address_key="", seat=vote.seat)
    assert levels(record(secretary_client, vote, "abstain")) == ["success"]
    assert not mails(purpose="members.vote_recorded")


@pytest.mark.one_database
def test_the_link_is_sent_again_also_after_voting(ballot: Ballot, secretary_client: Client, committee_member: Any, signed_in: Any) -> None:
    vote = ballot.votes.all()[0]
    where = reverse("ballots:send_link", args=(ballot.pk, vote.pk))
    for times in (1, 2):
        shown = secretary_client.get(where).context["shown"]
        assert levels(secretary_client.post(where, {"shown": shown}, follow=True)) == ["success"]
        assert levels(secretary_client.post(where, {"shown": shown}, follow=True)) == ["warning"], "the button pressed twice"
        assert len(mails(subject(vote), purpose="members.vote_link")) == times
        committee.cast_vote(vote, choice="for", now=timezone.now())
    assert Client().get(link_in(mails(subject(vote), purpose="members.vote_link")[-1])).status_code == 200
    assert signed_in(committee_member).get(where).status_code == 302, "not for the committee"
    Vote.objects.filter(pk=vote.pk).update(email="", address_key="")
    assert secretary_client.get(where).context["why_not"]
