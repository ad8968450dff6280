"""A seat of the steering committee votes by its link: read, choose, press; objection and recusal with a reason; afterwards the result."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.dates import datetime_text
from members.applications import workflow as applications
from members.applications.files import add_file
from members.committee import workflow as committee
from members.committee.emails import VOTE
from members.models.subjects import subject
from members.review import workflow as review
from members.states import BallotState, Choice, FileKind, Rule
from tests.support.answers import Screen
from tests.support.applying import base_of, link_in
from tests.support.endorsing import parsed, text_of, words
from tests.support.members import asked, draft, mails, with_committee

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.one_database]


def choices(page: Any, *, ticked: bool = False) -> set[str]:
    """What can be voted, or what is ticked."""
    offered = [field for field in parsed(page).iter("input") if field.get("name") == "choice"]
    return {field.get("value") for field in offered if not ticked or "checked" in field.attrib}


def test_a_seat_reads_and_votes_and_may_change_it() -> None:
    row = draft()
    add_file(row, kind=FileKind.DOCUMENT, upload=SimpleUploadedFile("Statutes.pdf", b"%PDF-1.7"), now=timezone.now())
    applications.submit(row, now=timezone.now())
    review.take(row, by=None, now=timezone.now())
    ballot = with_committee(row)
    vote = ballot.votes.all()[0]
    mail = mails(subject(vote))[0]
    link = link_in(mail)
    assert datetime_text(ballot.closes_at) in text_of(mail)
    page = Client().get(link)
    told = words(page)
    for part in ("Midwives of Gulu", "It trains midwives", "heard in Geneva", "Akello Apio"):
        assert part in told
    for secret in ("akello@", "opio@", "Opio Okot"):
        assert secret not in told
    assert choices(page) == {Choice.FOR, Choice.ABSTAIN, Choice.OBJECTION, Choice.RECUSE}
    parsed(page)
    got = Client().get(f"{link}file/{row.documents()[0].pk}/")
    assert b"".join(got.streaming_content) == b"%PDF-1.7"
    assert Client().post(link, {"choice": Choice.FOR}).url == f"{link}?done=voted"
    assert choices(Client().get(f"{link}?done=voted"), ticked=True) == {Choice.FOR}
    Client().post(link, {"choice": Choice.ABSTAIN})
    vote.refresh_from_db()
    assert vote.choice == Choice.ABSTAIN
    assert not Client().get(link).cookies


def test_a_seat_reads_what_was_asked_besides_and_the_reply_and_no_address() -> None:
    row = asked(("", "Who may speak for you?"), ("representative_email", "Is it still read?"))
    reply = row.questions.get(field="")
    form = f"{base_of(row)}answers/"
    Client().post(form, {f"reply_{reply.pk}": "Only the board does.", "representative_email": "board@midwives-gulu.example"})
    ballot = with_committee(row)
    told = words(Client().get(base_of(ballot.votes.all()[0], VOTE)))
    for part in ("Who may speak for you?", "Only the board does."):
        assert part in told
    for secret in ("Is it still read?", "@midwives-gulu.example"):
        assert secret not in told


@pytest.mark.parametrize("choice", [Choice.OBJECTION, Choice.RECUSE])
def test_an_objection_and_a_recusal_need_a_reason(choice: str) -> None:
    ballot = with_committee()
    vote = ballot.votes.all()[0]
    link = base_of(vote, VOTE)
    answer = Client().post(link, {"choice": choice, "reason": " "})
    assert "#reason" in {link.get("href") for link in parsed(answer).find(".//*[@role='alert']").iter("a")}
    vote.refresh_from_db()
    assert vote.choice == ""
    assert Client().post(link, {"choice": choice, "reason": "I sit on its board."}).status_code == 303
    ballot.refresh_from_db()
    assert (ballot.state == BallotState.PAUSED) == (choice == Choice.OBJECTION)
    other = base_of(ballot.votes.all()[1], VOTE)
    assert "I sit on its board." in words(Client().get(other)), "the others read why"


def test_what_is_no_choice_is_told_so() -> None:
    ballot = with_committee(rule=Rule.MAJORITY)
    link = base_of(ballot.votes.all()[0], VOTE)
    for typed in ({}, {"choice": "maybe"}):
        answer = Client().post(link, typed)
        assert (answer.status_code, len(Screen(answer).alerts)) == (200, 1)
    assert not ballot.votes.exclude(choice="").exists()


def test_after_the_closing_it_says_what_came_of_it() -> None:
    ballot = with_committee()
    first, second = ballot.votes.all()[:2]
    links = [base_of(vote, VOTE) for vote in (first, second)]
    Client().post(links[0], {"choice": Choice.FOR})
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert choices(Client().get(links[0])) == set()
        assert Client().post(links[1], {"choice": Choice.OBJECTION, "reason": "Late"}).status_code == 409
        committee.close_what_is_due(timezone.now())
        told = words(Client().get(links[0]))
        first.refresh_from_db()
        assert datetime_text(first.cast_at) in told
        assert str(Choice.FOR.label) in told
        assert datetime_text(first.cast_at) not in words(Client().get(links[1]))
        assert Client().get(f"{links[0]}file/1/").status_code == 404
    second.refresh_from_db()
    assert second.choice == ""


def test_a_cancelled_ballot_and_unknown_or_old_links_get_an_answer() -> None:
    ballot = with_committee()
    link = base_of(ballot.votes.all()[0], VOTE)
    applications.withdraw(ballot.application, now=timezone.now())
    assert choices(Client().get(link)) == set()
    assert Client().post(link, {"choice": Choice.FOR}).status_code == 409
    assert Client().get("/members/vote/x/").status_code == 404
    assert Client().get(base_of(ballot.application).replace("/join/application/", "/members/vote/")).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=200), tick=False):
        assert Client().post(link, {"choice": Choice.FOR}).status_code == 410
