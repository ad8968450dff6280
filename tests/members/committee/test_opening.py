"""Opening a ballot in the admin: who cannot be asked is named first; and what the secretariat does when there was no quorum."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.mail.suppression import suppress
from core.models import OutgoingMail
from core.states import MailState
from members.committee import workflow as committee
from members.models import Application, Ballot, Membership, Seat, Vote
from members.models.settings import CommitteeSettings
from members.states import ApplicationState, BallotResult, BallotState, VotingRule
from tests.support.admin_screen import words
from tests.support.answers import Screen, levels, mistakes
from tests.support.applying import base_of
from tests.support.members import checking, mails, make_contact, make_seats, with_committee

pytestmark = pytest.mark.one_database


def opening(row: Application) -> str:
    return reverse("applications:put_to_committee", args=(row.pk,))


def do(client: Client, where: str, **typed: Any) -> Any:
    return client.post(where, {"shown": client.get(where).context["shown"], **typed}, follow=True)


def said(client: Client, where: str) -> str:
    return " ".join(map(str, client.get(where).context["consequences"]))


def test_each_seat_that_cannot_be_asked_is_named_with_the_reason(secretary_client: Client) -> None:
    row, seats = checking(), make_seats(6)
    Seat.objects.filter(pk=seats[0].pk).update(person_email="")
    suppress(seats[1].person_email)
    failed = {"recipient": seats[2].person_email, "state": MailState.FAILED, "finished_at": timezone.now()}
    OutgoingMail.objects.create(key="failed", purpose="members.vote", give_up_at=timezone.now(), content=b"", **failed)
    make_contact(seats[3].organisation, seats[3].person_email, confirmed_at=None)
    Membership.objects.filter(organisation=seats[4].organisation).update(since=None, until=timezone.localdate() - timedelta(days=1))
    text = said(secretary_client, opening(row))
    for seat in seats[:5]:
        assert seat.organisation.name in text
    assert seats[5].organisation.name not in text
    for why in ("no email address", "wants no email", "could not be delivered", "not confirmed", "not a member today"):
        assert why in text
    assert "3 of 5" in text, "the quorum counts the seats that cannot be asked, and not the one that is no member’s"
    assert levels(do(secretary_client, opening(row), rule="no_objection", days=7)) == ["success"]
    assert Ballot.objects.get(application=row).votes.count() == 5
    assert {mail.recipient for mail in mails(purpose="members.vote")} == {seats[2].person_email, seats[5].person_email}


def test_a_seat_that_becomes_unreachable_while_the_page_is_read_is_shown_first(secretary_client: Client) -> None:
    row, seats = checking(), make_seats(2)
    shown = secretary_client.get(opening(row)).context["shown"]
    suppress(seats[0].person_email)
    answer = secretary_client.post(opening(row), {"shown": shown, "rule": "majority", "days": 7})
    assert not row.ballots.exists()
    assert seats[0].organisation.name in " ".join(map(str, answer.context["consequences"]))


@pytest.mark.parametrize("typed", ["0", "101", "-1", "", "x", "50.5"])
def test_the_quorum_is_a_share_in_the_settings(secretary_client: Client, typed: str) -> None:
    where = secretary_client.get(reverse("wagtailsettings:edit", args=("members", "committeesettings"))).url
    assert secretary_client.post(where, {"quorum_percent": typed}).status_code == 200
    assert secretary_client.post(where, {"quorum_percent": "100"}).status_code == 302
    assert CommitteeSettings.objects.get().quorum_percent == 100
    row = checking()
    make_seats(4)
    assert "4 of 4" in said(secretary_client, opening(row))


def test_only_the_secretariat_changes_the_quorum(committee_member: Any, editor: Any, signed_in: Any) -> None:
    row = CommitteeSettings.objects.create()
    where = reverse("wagtailsettings:edit", args=("members", "committeesettings", row.pk))
    for user in (committee_member, editor):
        assert signed_in(user).post(where, {"quorum_percent": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.quorum_percent == 50


@pytest.fixture
def missed(db: None) -> Ballot:
    """A ballot that ended without a quorum: one of four voted."""
    ballot = with_committee(seats=4, rule=VotingRule.NO_OBJECTION)
    committee.cast_vote(ballot.votes.all()[0], choice="for", now=timezone.now())
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now(), opened_at=timezone.now() - timedelta(days=7))
    committee.close_due_ballots(timezone.now())
    ballot.refresh_from_db()
    assert (ballot.state, ballot.result) == (BallotState.CLOSED, BallotResult.NO_QUORUM)
    return ballot


def test_without_a_quorum_it_can_be_extended_with_its_votes(missed: Ballot, secretary_client: Client) -> None:
    where = reverse("ballots:move_end", args=(missed.pk,))
    assert where in Screen(secretary_client.get(reverse("ballots:inspect", args=(missed.pk,)))).links
    for wrong in ("", "yesterday", timezone.now() + timedelta(hours=23), timezone.now() + timedelta(days=61)):
        typed = wrong if isinstance(wrong, str) else timezone.localtime(wrong).strftime("%Y-%m-%d %H:%M")
        assert mistakes(do(secretary_client, where, closes_at=typed)) == {"closes_at"}
    later = timezone.localtime(timezone.now() + timedelta(days=5))
    shown = secretary_client.get(where).context["shown"]
    form = {"shown": shown, "closes_at": later.strftime("%Y-%m-%d %H:%M")}
    assert levels(secretary_client.post(where, form, follow=True)) == ["success"]
    assert levels(secretary_client.post(where, form, follow=True)) == ["warning"], "the button pressed twice"
    missed.refresh_from_db()
    assert (missed.state, missed.result, missed.votes.exclude(choice="").count()) == (BallotState.OPEN, "", 1)
    assert len(mails(purpose="members.ballot_end")) == 4
    second = missed.votes.all()[1]
    assert Client().post(base_of(second, "members.vote"), {"choice": "for"}).status_code == 303
    committee.close_due_ballots(missed.closes_at)
    missed.refresh_from_db()
    assert missed.result == BallotResult.ADOPTED


def test_without_a_quorum_another_ballot_can_be_opened(missed: Ballot, secretary_client: Client) -> None:
    row = missed.application
    assert opening(row) in Screen(secretary_client.get(reverse("applications:inspect", args=(row.pk,)))).links
    assert levels(do(secretary_client, opening(row), rule="majority", days=7)) == ["success"]
    assert [one.state for one in row.ballots.order_by("pk")] == [BallotState.CLOSED, BallotState.OPEN]
    assert levels(secretary_client.get(opening(row), follow=True)) == ["warning"], "one runs"
    assert levels(secretary_client.get(reverse("ballots:move_end", args=(missed.pk,)), follow=True)) == ["warning"]
    assert set(Vote.objects.filter(ballot__state=BallotState.OPEN).values_list("choice", flat=True)) == {""}


def test_no_quorum_decides_nothing(missed: Ballot, secretary_client: Client) -> None:
    row = missed.application
    row.refresh_from_db()
    assert row.state == ApplicationState.WITH_COMMITTEE
    page = secretary_client.get(reverse("applications:accept", args=(row.pk,)))
    assert "decided_otherwise" in page.context["form"].fields
    assert "No quorum" in words(secretary_client.get(reverse("ballots:inspect", args=(missed.pk,))))
