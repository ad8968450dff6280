"""Who is asked for a vote, and how often: one email a day with all that waits, reminders, the link again, and an address that changes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cms.digest import last_morning
from core.due import run_all
from core.mail.delivery import deliver
from core.mail.suppression import suppress
from core.models import OutgoingMail
from core.states import MailState
from members.committee import workflow as committee
from members.committee.emails import VOTE
from members.committee.minutes import minutes
from members.committee.reminders import ask_voters
from members.models import Ballot, Membership, Organisation, Seat, Vote
from members.models.settings import CommitteeSettings
from members.review import workflow as review
from members.states import BallotResult, BallotState, NotAsked, NotCounted, VotingRule
from tests.support.applying import base_of
from tests.support.concurrency import at_once
from tests.support.endorsing import text_of
from tests.support.members import checking, mails, make_contact, make_organisation, make_seats, with_committee

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    """Seven in the morning, when the day of a voter begins, is not near."""
    with time_machine.travel(timezone.localtime().replace(hour=12, minute=0), tick=True):
        yield


def another(number: int) -> Ballot:
    """A ballot on one more application, of the same committee."""
    row = checking(email=f"{number}@x.example", name=f"Applicant {number}", website=f"https://a{number}.example")
    ballot = review.put_to_committee(row, rule=VotingRule.MAJORITY, days=8, by=None, now=timezone.now())
    assert ballot is not None
    return ballot


def written(address: str) -> list[OutgoingMail]:
    return mails(purpose="members.vote", recipient=address)


def test_a_voter_gets_one_email_a_day_with_all_that_waits() -> None:
    ballot = with_committee(seats=3, days=8)
    voter, other = (vote.email for vote in ballot.votes.all()[:2])
    second, third = another(2), another(3)
    assert (len(written(voter)), len(written(other))) == (1, 1)
    committee.cast_vote(ballot.votes.get(email=voter), choice="for", now=timezone.now())
    morning = last_morning(timezone.now()) + timedelta(days=1)
    ask_voters(morning - timedelta(minutes=1))
    assert len(written(voter)) == 1
    for minutes_later in (0, 1, 60):
        ask_voters(morning + timedelta(minutes=minutes_later))
    assert (len(written(voter)), len(written(other))) == (2, 2)
    assert [text_of(written(one)[-1]).count("/members/vote/") for one in (voter, other)] == [2, 3], "only what waits, each with its link"
    assert {one.votes.get(email=voter).emailed_at for one in (second, third)} == {morning}
    links = {line for line in text_of(written(other)[-1]).split() if "/members/vote/" in line}
    titles = {Client().get(link).context["application"].title for link in links}
    assert titles == {"Midwives of Gulu", "Applicant 2", "Applicant 3"}


def test_reminders_go_at_half_time_and_on_the_last_day_once() -> None:
    ballot = with_committee(seats=3, days=8)
    committee.cast_vote(ballot.votes.all()[0], choice="for", now=timezone.now())

    def emails_after(days: float) -> int:
        before = len(mails(purpose="members.vote"))
        run_all(ballot.opened_at + timedelta(days=days))
        return len(mails(purpose="members.vote")) - before

    assert [emails_after(days) for days in (1, 3.9, 4, 4.1, 6, 7.1, 7.2, 8.1, 8.2)] == [0, 0, 2, 0, 0, 2, 0, 0, 0]
    OutgoingMail.objects.all().delete()
    assert emails_after(7.5) == 0, "it is remembered on the vote, not by the email"
    ballot.refresh_from_db()
    assert ballot.result == BallotResult.NO_QUORUM


@pytest.mark.django_db(transaction=True)
def test_two_hosts_at_once_write_one_email() -> None:
    ballot = with_committee(seats=2)
    now = ballot.opened_at + timedelta(days=5)
    at_once(4, lambda _number: ask_voters(now))
    assert len(mails(purpose="members.vote")) == 4


def test_who_was_asked_and_who_could_not_be_is_in_the_minutes() -> None:
    seats = make_seats(5)
    Seat.objects.filter(pk=seats[0].pk).update(person_email="")
    suppress(seats[1].person_email)
    ballot = review.put_to_committee(checking(), rule=VotingRule.NO_OBJECTION, days=2, by=None, now=timezone.now())
    assert ballot is not None
    assert len(mails(purpose="members.vote")) == 3
    OutgoingMail.objects.filter(recipient=seats[2].person_email).update(state=MailState.FAILED, finished_at=timezone.now())
    deliver()
    ask_voters(timezone.now())
    committee.cast_vote(ballot.votes.get(email=seats[3].person_email), choice="for", now=timezone.now())
    committee.close_due_ballots(ballot.closes_at)
    ballot.refresh_from_db()
    assert (ballot.state, ballot.result) == (BallotState.CLOSED, BallotResult.NO_QUORUM)
    asked = list(ballot.votes.order_by("pk").values_list("not_asked", flat=True))
    assert asked == [NotAsked.NO_ADDRESS, NotAsked.SUPPRESSED, NotAsked.FAILED, "", ""]
    text = minutes(ballot, timezone.now())
    assert "2 of 5 seats were asked" in text
    for organisation in ("Committee member A", "Committee member B", "Committee member C"):
        assert f"Not asked: {organisation}" in text


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_an_email_that_waits_in_the_outbox_has_asked_nobody(end: str) -> None:
    ballot = with_committee(seats=2, days=1)
    if end == "close":
        committee.close_due_ballots(ballot.closes_at)
    else:
        committee.cancel_running_ballot(ballot.application, by=None, now=timezone.now())
    ballot.refresh_from_db()
    assert "0 of 2 seats were asked" in minutes(ballot, timezone.now())
    assert set(ballot.votes.values_list("not_asked", flat=True)) == {NotAsked.WAITING}


@pytest.mark.parametrize("end", ["seat", "membership", "observer", "deleted"])
def test_a_vote_whose_seat_has_ended_does_not_count(end: str) -> None:
    ballot = with_committee(seats=4, days=7)
    first, second, third, _fourth = ballot.votes.order_by("pk")
    seat = first.seat
    assert seat is not None
    for vote in (first, second):
        committee.cast_vote(vote, choice="for", now=timezone.now())
    yesterday = timezone.localdate() - timedelta(days=1)
    match end:
        case "seat":
            Seat.objects.filter(pk=seat.pk).update(until=yesterday)
        case "membership":
            Membership.objects.filter(organisation=seat.organisation).update(since=None, until=yesterday)
        case "observer":
            Membership.objects.filter(organisation=seat.organisation).update(category="observer")
        case "deleted":
            seat.delete()
    link = base_of(first, VOTE)
    assert Client().post(link, {"choice": "abstain"}).status_code == 409
    assert "choice" not in Client().get(link).content.decode().partition("<form")[2]
    committee.close_due_ballots(ballot.closes_at)
    ballot.refresh_from_db()
    first.refresh_from_db()
    assert (first.choice, bool(first.not_counted)) == ("for", True)
    assert ballot.result == BallotResult.NO_QUORUM, "one of three"
    text = minutes(ballot, timezone.now())
    assert f"Not counted: {first.organisation_name}" in text
    Seat.objects.filter(pk=seat.pk).update(until=None)
    assert minutes(ballot, timezone.now()) == text, "what happens later changes no minutes"
    third.refresh_from_db()
    assert third.not_counted == ""
    assert first.not_counted in NotCounted.values


def test_seats_of_organisations_that_are_no_members_get_no_vote() -> None:
    ended, observer, kept = make_seats(3)
    Membership.objects.filter(organisation=ended.organisation).update(since=None, until=timezone.localdate() - timedelta(days=1))
    Membership.objects.filter(organisation=observer.organisation).update(category="observer")
    ballot = review.put_to_committee(checking(), rule=VotingRule.MAJORITY, days=7, by=None, now=timezone.now())
    assert ballot is not None
    assert [vote.seat for vote in ballot.votes.all()] == [kept]


def test_the_quorum_of_a_ballot_is_the_setting_of_its_opening() -> None:
    CommitteeSettings.objects.create(quorum_percent=75)
    ballot = with_committee(seats=4)
    CommitteeSettings.objects.update(quorum_percent=1)
    for vote in ballot.votes.all()[:2]:
        committee.cast_vote(vote, choice="for", now=timezone.now())
    committee.close_due_ballots(ballot.closes_at)
    ballot.refresh_from_db()
    assert (ballot.quorum_percent, ballot.result) == (75, BallotResult.NO_QUORUM)


def test_a_ballot_of_the_release_before_is_counted_with_the_quorum_of_today() -> None:
    ballot = with_committee(seats=4)
    Ballot.objects.update(quorum=0, quorum_percent=None)
    committee.cast_vote(ballot.votes.all()[0], choice="for", now=timezone.now())
    committee.close_due_ballots(ballot.closes_at)
    ballot.refresh_from_db()
    assert (ballot.result, ballot.quorum_percent) == (BallotResult.NO_QUORUM, 50)


def test_a_new_address_is_asked_and_the_former_link_ends(signed_in: Any, secretary: Any) -> None:
    ballot = with_committee(seats=2)
    vote = ballot.votes.order_by("pk")[0]
    assert vote.seat is not None
    link = base_of(vote, VOTE)
    seat = Seat.objects.get(pk=vote.seat.pk)
    seat.person_name, seat.person_email = "New Person", "new@committee.example"
    seat.save()
    assert Client().get(link).status_code == 404
    [mail] = written("new@committee.example")
    vote.refresh_from_db()
    assert (vote.person_name, vote.email, vote.mail_key) == ("New Person", "new@committee.example", mail.key)
    ask_voters(timezone.now())
    assert len(written("new@committee.example")) == 1
    Seat.objects.filter(pk=seat.pk).update(person_email="third@committee.example")  # by an import, say
    run_all(timezone.now())
    assert len(written("third@committee.example")) == 1


def test_who_has_voted_stays_in_the_minutes_when_the_seat_gets_another_person() -> None:
    ballot = with_committee(seats=1)
    vote = ballot.votes.get()
    link = base_of(vote, VOTE)
    Client().post(link, {"choice": "for"})
    Seat.objects.filter(pk=vote.seat_id).update(person_name="New Person", person_email="new@committee.example")
    run_all(timezone.now())
    vote.refresh_from_db()
    assert (vote.person_name, vote.email, vote.choice) == ("Person A", "new@committee.example", "for")
    assert Client().get(link).status_code == 404
    assert not written("new@committee.example")


def test_the_alternate_is_asked_where_the_person_cannot_be() -> None:
    [seat] = make_seats(1)
    Seat.objects.filter(pk=seat.pk).update(alternate_name="Alternate", alternate_email="alternate@committee.example")
    suppress(seat.person_email)
    review.put_to_committee(checking(), rule=VotingRule.MAJORITY, days=7, by=None, now=timezone.now())
    vote = Vote.objects.get()
    assert (vote.person_name, vote.email) == ("Alternate", "alternate@committee.example")


def test_an_unconfirmed_address_gets_no_link_until_it_is_confirmed() -> None:
    [seat, _other] = make_seats(2)
    contact = make_contact(seat.organisation, seat.person_email, confirmed_at=None)
    ballot = review.put_to_committee(checking(), rule=VotingRule.MAJORITY, days=7, by=None, now=timezone.now())
    assert ballot is not None
    vote = ballot.votes.get(seat=seat)
    assert not committee.asking.send_again(vote, by=None, now=timezone.now())
    assert not mails(recipient=seat.person_email, purpose="members.vote")
    committee.record_vote(vote, choice="for", by=None, now=timezone.now())
    assert not mails(recipient=seat.person_email, purpose="members.vote_recorded")
    assert "email address not confirmed" in minutes(ballot, timezone.now())
    Vote.objects.filter(pk=vote.pk).update(choice="")
    contact.confirmed_at = timezone.now()
    contact.save()
    ask_voters(timezone.now())
    assert len(written(seat.person_email)) == 1


def test_the_end_moves_only_with_an_email_to_all() -> None:
    ballot = with_committee(seats=3, days=7)
    first = ballot.votes.all()[0]
    committee.cast_vote(first, choice="for", now=timezone.now())
    sooner: datetime = timezone.now() + timedelta(days=2)
    assert committee.move_end(ballot, closes_at=sooner, by=None, now=timezone.now())
    assert not committee.move_end(ballot, closes_at=sooner, by=None, now=timezone.now())
    assert len(mails(purpose="members.ballot_end")) == 3
    committee.close_due_ballots(sooner)
    ballot.refresh_from_db()
    assert ballot.result == BallotResult.NO_QUORUM
    later = sooner + timedelta(days=5)
    assert committee.move_end(ballot, closes_at=later, by=None, now=sooner)
    ballot.refresh_from_db()
    assert (ballot.state, ballot.result, ballot.closes_at) == (BallotState.OPEN, "", later)
    assert committee.cast_vote(ballot.votes.all()[1], choice="for", now=sooner) == committee.Outcome.DONE
    committee.close_due_ballots(later)
    ballot.refresh_from_db()
    assert ballot.result == BallotResult.ADOPTED
    assert not committee.may_be_extended(ballot)


def test_another_organisation_with_a_seat_since_the_opening_gets_no_vote() -> None:
    ballot = with_committee(seats=2)
    Seat.objects.create(organisation=make_organisation("Late"), person_email="late@committee.example")
    run_all(timezone.now())
    assert ballot.votes.count() == 2
    assert Organisation.objects.filter(name="Late").exists()
