"""The steering committee's ballot: its rules as a table, its states × verbs, and its clock."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.transitions import NotPossible, TransitionNotAllowed
from members.applications import workflow as applications
from members.committee import workflow as committee
from members.committee.minutes import minutes
from members.committee.reminders import ask_voters
from members.committee.result import count_votes, votes_needed
from members.committee.workflow import Outcome
from members.models import Ballot, Organisation, Seat, Vote
from members.models.subjects import subject
from members.review import workflow as review
from members.states import BALLOT_TRANSITIONS, ApplicationState, BallotResult, BallotState, VoteChoice, VotingRule
from tests.support.concurrency import at_once
from tests.support.members import checking, mails, make_seats, purposes, with_committee

NO_OBJECTION, MAJORITY = VotingRule.NO_OBJECTION, VotingRule.MAJORITY


def now() -> Any:
    return timezone.now()


@pytest.mark.parametrize(
    ("rule", "percent", "choices", "result"),
    [
        # Nobody is asked whether silence is agreement.
        (NO_OBJECTION, 50, ["", "", ""], BallotResult.NO_QUORUM),
        (NO_OBJECTION, 50, ["for", "", "", "", "", "", "", ""], BallotResult.NO_QUORUM),
        (NO_OBJECTION, 1, ["", ""], BallotResult.NO_QUORUM),
        # Exactly half is a quorum; a share of odd seats is rounded up.
        (NO_OBJECTION, 50, ["for", "for", "", ""], BallotResult.ADOPTED),
        (NO_OBJECTION, 50, ["for", "for", "", "", ""], BallotResult.NO_QUORUM),
        (NO_OBJECTION, 50, ["for", "abstain", "recuse"], BallotResult.ADOPTED),
        (NO_OBJECTION, 50, ["for", "recuse", ""], BallotResult.ADOPTED),
        (NO_OBJECTION, 50, ["for", "for", "objection"], BallotResult.OBJECTED),
        (NO_OBJECTION, 50, ["objection", "", ""], BallotResult.NO_QUORUM),
        (NO_OBJECTION, 50, ["abstain", "abstain", ""], BallotResult.REJECTED),
        (NO_OBJECTION, 100, ["for", "for", ""], BallotResult.NO_QUORUM),
        (NO_OBJECTION, 100, ["for", "for", "recuse"], BallotResult.ADOPTED),
        # One seat, none, and all recused.
        (NO_OBJECTION, 50, ["for"], BallotResult.ADOPTED),
        (NO_OBJECTION, 50, [""], BallotResult.NO_QUORUM),
        (NO_OBJECTION, 50, ["recuse"], BallotResult.NO_QUORUM),
        (NO_OBJECTION, 50, ["recuse", "recuse"], BallotResult.NO_QUORUM),
        (NO_OBJECTION, 50, [], BallotResult.NO_QUORUM),
        (MAJORITY, 50, ["recuse", "recuse"], BallotResult.NO_QUORUM),
        (MAJORITY, 60, ["for", "for", "against", "", ""], BallotResult.ADOPTED),
        (MAJORITY, 60, ["for", "for", "", "", ""], BallotResult.NO_QUORUM),
        (MAJORITY, 50, ["for", "for", "recuse", "", ""], BallotResult.ADOPTED),
        (MAJORITY, 50, ["for", "against", "abstain", "", ""], BallotResult.REJECTED),  # a tie
        (MAJORITY, 50, ["for", "abstain", "abstain", "", ""], BallotResult.ADOPTED),
        (MAJORITY, 50, ["for", "objection"], BallotResult.REJECTED),
        (MAJORITY, 50, ["for", "for", "objection"], BallotResult.ADOPTED),
        (MAJORITY, 50, ["abstain", "abstain"], BallotResult.REJECTED),
    ],
)
@pytest.mark.one_database
def test_what_comes_of_votes(rule: VotingRule, percent: int, choices: list[str], result: BallotResult) -> None:
    count = count_votes(rule, percent, choices)
    assert count.result == result
    assert count.eligible + count.recused == len(choices)


@pytest.mark.one_database
def test_a_share_of_seats_is_rounded_up_and_at_least_one() -> None:
    assert [votes_needed(50, seats) for seats in (0, 1, 2, 5, 6, 8)] == [1, 1, 1, 3, 3, 4]
    assert [votes_needed(percent, 8) for percent in (1, 33, 51, 67, 100)] == [1, 3, 5, 6, 8]


# States × verbs

STATES = tuple(BallotState)
REFUSED, SAME, CLOSED = "refused", "same", "closed: no vote"
EXPECTED: dict[str, tuple[str, ...]] = {
    #          open      paused    closed    cancelled
    "vote": (SAME, SAME, CLOSED, CLOSED),
    "object": ("paused", SAME, CLOSED, CLOSED),
    "resume": (SAME, "open", REFUSED, REFUSED),
    "record": (SAME, SAME, CLOSED, CLOSED),
    "move": (SAME, REFUSED, "open", REFUSED),
    "close": ("closed", "closed", SAME, REFUSED),
    "cancel": ("cancelled", "cancelled", SAME, SAME),
    "clock": (SAME, SAME, SAME, SAME),
}
VERBS: dict[str, Callable[[Ballot], Any]] = {
    "vote": lambda row: committee.cast_vote(row.votes.all()[1], choice="for", now=now()),
    "object": lambda row: committee.cast_vote(row.votes.all()[2], choice="objection", reason="Who are they?", now=now()),
    "resume": lambda row: committee.resume_ballot(row, by=None, now=now()),
    "record": lambda row: committee.record_vote(row.votes.all()[0], choice="for", by=None, now=now()),
    "move": lambda row: committee.move_end(row, closes_at=row.opened_at + timedelta(days=10), by=None, now=now()),
    "close": lambda row: committee.close_ballot(row, by=None, now=now()),
    "cancel": lambda row: committee.cancel_running_ballot(row.application, by=None, now=now()),
    "clock": lambda _row: committee.close_due_ballots(now()),
}


def in_state(state: str) -> Ballot:
    ballot = with_committee(seats=4)
    verb = {"paused": "object", "closed": "close", "cancelled": "cancel"}.get(state)
    if verb:
        VERBS[verb](ballot)
    return Ballot.objects.get(pk=ballot.pk)


@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(db: None, state: BallotState) -> None:
    pk = in_state(state).pk
    assert Ballot.objects.get(pk=pk).state == state
    for verb, expectations in EXPECTED.items():
        expected = expectations[STATES.index(state)]
        once, twice = _try(pk, verb, 1), _try(pk, verb, 2)
        wanted = state if expected in (REFUSED, SAME, CLOSED) else expected
        assert once == (wanted, expected if expected in (REFUSED, CLOSED) else ""), verb
        assert twice[0] == wanted, f"{verb} a second time changed it again"


def _try(pk: int, verb: str, times: int) -> tuple[str, str]:
    with transaction.atomic():
        said = ""
        for _time in range(times):
            logged, before = ModelLogEntry.objects.count(), Ballot.objects.get(pk=pk).state
            try:
                said = CLOSED if VERBS[verb](Ballot.objects.get(pk=pk)) == Outcome.CLOSED else ""
            except TransitionNotAllowed:
                said = REFUSED
            if Ballot.objects.get(pk=pk).state == before and verb not in ("vote", "record", "object", "move"):
                assert ModelLogEntry.objects.count() == logged
        came = Ballot.objects.get(pk=pk).state
        transaction.set_rollback(True)
    return came, said


def test_the_table_names_every_state() -> None:
    assert set(BALLOT_TRANSITIONS) == set(BallotState)


# A ballot of five seats


def test_five_seats_with_a_recusal_and_an_objection(db: None) -> None:
    ballot = with_committee(seats=5, days=7)
    a, b, c, d, e = ballot.votes.all()
    assert [vote.organisation_name[-1] for vote in (a, b, c, d, e)] == list("ABCDE")
    assert [purposes(subject(vote)) for vote in (a, b, c, d, e)] == [["vote"]] * 5
    committee.cast_vote(a, choice="for", now=now())
    committee.cast_vote(b, choice="recuse", reason="She chairs our board.", now=now())
    committee.cast_vote(c, choice="objection", reason="Are they registered?", now=now())
    ballot.refresh_from_db()
    closes_at = ballot.closes_at
    assert ballot.state == BallotState.PAUSED
    long_after = now() + timedelta(days=30)
    assert committee.close_due_ballots(long_after) == ""
    assert ask_voters(long_after) == "", "a paused ballot reminds nobody"
    assert committee.resume_ballot(ballot, by=None, now=(ballot.paused_at or now()) + timedelta(days=30))
    assert ballot.closes_at == closes_at + timedelta(days=30)
    assert {len(mails(subject(vote), purpose="members.ballot_end")) for vote in (a, b, c, d, e)} == {1}, "all hear of the new end"
    assert committee.cast_vote(c, choice="for", now=ballot.closes_at - timedelta(days=1)) == Outcome.DONE
    assert committee.close_due_ballots(ballot.closes_at) == "1 closed"
    assert committee.close_due_ballots(ballot.closes_at) == ""
    ballot.refresh_from_db()
    assert (ballot.state, ballot.result) == (BallotState.CLOSED, BallotResult.ADOPTED)
    text = minutes(ballot, now())
    assert "Committee member B (Person B): I take no part: a conflict of interest" in text
    assert "She chairs our board." in text
    assert "For 2, against 0, abstained 0, objections 0, recused 1, no vote 2." in text
    assert "Quorum: 2 of 4 filled seats" in text
    assert "Result: The committee agrees." in text
    assert review.accept(ballot.application, by=None, now=now()) is not None


def test_it_takes_votes_until_the_announced_end_although_all_have_voted(db: None) -> None:
    ballot = with_committee(rule=MAJORITY, seats=3)
    votes = list(ballot.votes.all())
    for vote, choice in zip(votes, ("for", "against", "for"), strict=True):
        assert committee.cast_vote(vote, choice=choice, now=now()) == Outcome.DONE
    committee.close_due_ballots(ballot.closes_at - timedelta(seconds=1))
    assert committee.cast_vote(votes[2], choice="against", now=ballot.closes_at - timedelta(seconds=1)) == Outcome.DONE
    committee.close_due_ballots(ballot.closes_at)
    ballot.refresh_from_db()
    assert (ballot.state, ballot.result) == (BallotState.CLOSED, BallotResult.REJECTED)
    assert committee.cast_vote(votes[1], choice="for", now=now()) == Outcome.CLOSED
    assert Vote.objects.get(pk=votes[1].pk).choice == "against"
    with pytest.raises(NotPossible):
        review.accept(ballot.application, by=None, now=now())
    assert review.accept(ballot.application, decided_otherwise="In the meeting of May.", by=None, now=now())


def test_a_vote_after_its_time_counts_not_even_before_the_clock_came_round(db: None) -> None:
    ballot = with_committee(days=1)
    assert committee.cast_vote(ballot.votes.all()[0], choice="for", now=ballot.closes_at) == Outcome.CLOSED


def test_the_last_vote_counts_and_each_is_logged(db: None) -> None:
    ballot = with_committee(rule=MAJORITY)
    vote = ballot.votes.all()[0]
    for choice in ("for", "against", "against"):
        committee.cast_vote(vote, choice=choice, now=now())
    assert Vote.objects.get(pk=vote.pk).choice == "against"
    cast = [entry.data for entry in ModelLogEntry.objects.filter(action="members.vote").order_by("pk")]
    seat = {"vote": vote.pk, "seat": vote.organisation_name}
    assert cast == [{**seat, "from": "", "to": "for"}, {**seat, "from": "for", "to": "against"}]


def test_the_reason_of_an_objection_does_not_stay_beside_a_vote_for(db: None) -> None:
    ballot = with_committee()
    vote = ballot.votes.all()[0]
    committee.cast_vote(vote, choice=VoteChoice.OBJECTION, reason="Who owns it?", now=timezone.now())
    committee.cast_vote(vote, choice=VoteChoice.FOR, reason="Who owns it?", now=timezone.now())
    assert (vote.choice, vote.reason) == (VoteChoice.FOR, "")
    committee.cast_vote(vote, choice=VoteChoice.FOR, reason="They showed us", now=timezone.now())
    assert vote.reason == "They showed us"


def test_a_vote_needs_a_choice_of_its_rule_and_an_objection_a_reason(db: None) -> None:
    ballot = with_committee()
    vote = ballot.votes.all()[0]
    for choice, reason in (("against", "no"), ("", ""), ("objection", " "), ("recuse", "")):
        with pytest.raises(NotPossible):
            committee.cast_vote(vote, choice=choice, reason=reason, now=now())
    assert Vote.objects.get(pk=vote.pk).cast_at is None


def test_a_ballot_needs_seats_of_members_and_a_lifetime(db: None) -> None:
    row = checking()
    for seats, days in ((0, 7), (2, 0), (2, 61)):
        Organisation.objects.filter(name__startswith="Committee").delete()
        make_seats(seats)
        with pytest.raises(NotPossible):
            review.put_to_committee(row, rule=MAJORITY, days=days, by=None, now=now())
        row.refresh_from_db()
        assert (row.state, row.ballots.count()) == (ApplicationState.CHECKING, 0)


def test_withdrawing_asking_again_and_declining_cancel_the_ballot(db: None) -> None:
    ballot = with_committee()
    review.take_back_from_committee(ballot.application, by=None, now=now())
    again = review.put_to_committee(ballot.application, rule=MAJORITY, days=3, by=None, now=now())
    assert again is not None
    applications.withdraw(ballot.application, now=now())
    assert [row.state for row in Ballot.objects.filter(application=ballot.application)] == [BallotState.CANCELLED] * 2
    assert committee.cast_vote(again.votes.all()[0], choice="for", now=now()) == Outcome.CLOSED


def test_after_a_cancelled_or_lost_ballot_another_one_begins_anew(db: None) -> None:
    ballot = with_committee(seats=3)
    row = ballot.application
    for end in ("cancel", "close"):
        running = row.ballots.running().get()
        committee.cast_vote(running.votes.all()[0], choice="for", now=now())
        assert VERBS[end](running)
        assert review.put_to_committee(row, rule=MAJORITY, days=3, by=None, now=now()) is None, "it is with the committee already"
        assert not row.ballots.running().exists()
        assert review.take_back_from_committee(row, by=None, now=now())
        Seat.objects.filter(pk=Seat.objects.order_by("-pk")[0].pk).delete()
        again = review.put_to_committee(row, rule=MAJORITY, days=3, by=None, now=now())
        assert again is not None
        assert set(again.votes.values_list("choice", flat=True)) == {""}, "it begins with no vote"
    assert [one.state for one in row.ballots.all()] == [BallotState.CANCELLED, BallotState.CLOSED, BallotState.OPEN]
    assert [one.votes.count() for one in row.ballots.all()] == [3, 2, 1], "the seats are those of each day"
    with pytest.raises(NotPossible):  # the ballot before counts no more
        review.accept(row, by=None, now=now())
    committee.cast_vote(again.votes.get(), choice="for", now=now())
    committee.close_due_ballots(again.closes_at)
    assert review.accept(row, by=None, now=now())


@pytest.mark.django_db(transaction=True)
def test_votes_at_once_are_all_counted() -> None:
    ballot = with_committee(rule=MAJORITY, seats=6)
    keys = list(ballot.votes.values_list("pk", flat=True))
    at_once(6, lambda number: committee.cast_vote(Vote.objects.select_related("ballot").get(pk=keys[number]), choice="for", now=now()))
    committee.close_due_ballots(ballot.closes_at)
    ballot.refresh_from_db()
    assert (ballot.state, ballot.result) == (BallotState.CLOSED, BallotResult.ADOPTED)
    assert set(ballot.votes.values_list("choice", flat=True)) == {"for"}


@pytest.mark.django_db(transaction=True)
def test_one_seat_voting_twice_at_once_has_one_vote() -> None:
    ballot = with_committee(rule=MAJORITY, seats=3)
    key = ballot.votes.all()[0].pk
    at_once(2, lambda number: committee.cast_vote(Vote.objects.get(pk=key), choice=("for", "against")[number], now=now()))
    cast = [entry.data for entry in ModelLogEntry.objects.filter(action="members.vote").order_by("pk")]
    assert [entry["from"] for entry in cast] == ["", cast[0]["to"]]
    assert Vote.objects.get(pk=key).choice == cast[1]["to"]
