"""What people and their machines send to the pages of membership when it goes wrong: an answer each time, nothing lost, nothing doubled."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.admin import deletion_guard
from core.due import run_all
from members.applications import workflow as applications
from members.applications.emails import APPLICATION, APPLICATION_READ, NOT_ME
from members.committee import workflow as committee
from members.committee.emails import VOTE
from members.membership.emails import PROFILE, YEAR
from members.models import Application, Ballot, Membership, Organisation, Seat
from members.review import workflow as review
from members.states import BallotState
from tests.support.applying import LINK_PAGES, base_of
from tests.support.declarations import confirmed, open_declaration
from tests.support.endorsing import words
from tests.support.members import asked, days_ago, draft, mails, make_contact, make_organisation, with_committee
from tests.support.pictures import encoded, gradient, png_of_claimed_size, upload, zipped

pytestmark = pytest.mark.usefixtures("home")
MEGABYTE = 1024 * 1024
PNG = encoded(gradient(), "PNG")
JAVASCRIPT = b"%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert\\(1\\))>> >> endobj"


def hostile() -> dict[str, tuple[str, bytes]]:
    """By its name, where each is uploaded, and what is in it."""
    bomb = zipped("word/document.xml", "content.xml", size=101 * MEGABYTE)
    return {
        "half.png": ("logo", PNG[: len(PNG) // 2]),
        "huge.png": ("logo", png_of_claimed_size(20_000, 10_000)),
        "drawn.png": ("logo", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        "drawn.svg": ("document", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "page.pdf": ("document", b"<!doctype html><script>alert(1)</script>"),
        "bomb.docx": ("document", bomb),
        "bomb.odt": ("document", bomb),
        "cut.docx": ("document", zipped("word/document.xml")[:60]),
        "empty.pdf": ("document", b""),
        "large.pdf": ("document", b"%PDF-1.7" + bytes(50 * MEGABYTE)),
        "no extension": ("document", b"%PDF-1.7"),
    }


def test_every_hostile_file_is_refused_in_words_and_what_was_there_stays() -> None:
    row = draft()
    where = f"{base_of(row)}files/"
    for number in range(3):
        document = upload(f"{number}.pdf", JAVASCRIPT + bytes([number]))
        assert Client().post(where, {"action": "document", "file": document}).status_code == 303
    assert Client().post(where, {"action": "logo", "file": upload("logo.png", PNG)}).status_code == 303
    kept = set(row.files.values_list("digest", flat=True))
    for name, (action, content) in hostile().items():
        answer = Client().post(where, {"action": action, "file": upload(name, content)})
        assert answer.status_code == 200, name
        assert len(answer.context["form"].errors["file"]) == 1, name
    assert "Take one away first" in words(Client().post(where, {"action": "document", "file": upload("4.pdf", b"%PDF-1.7 4")}))
    too_much = Client().post(where, {"action": "document", "file": upload("5.pdf", b"x")}, CONTENT_LENGTH=str(201 * MEGABYTE))
    assert too_much.status_code == 413, "it was read to its end"
    assert set(row.files.values_list("digest", flat=True)) == kept
    # What a document would do is done by the program that opens it: it is given away to be saved, and never shown by this site.
    got = Client().get(f"{base_of(row)}file/{row.documents()[0].pk}/")
    assert got["Content-Disposition"].startswith("attachment")
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")


def test_a_link_opens_its_own_page_and_no_other() -> None:
    ballot = with_committee()
    contact = make_contact(make_organisation(since=timezone.localdate()))
    rows = {
        APPLICATION: ballot.application,
        APPLICATION_READ: ballot.application,
        VOTE: ballot.votes.all()[0],
        PROFILE: contact,
        YEAR: contact,
        NOT_ME: contact,
    }
    before = (mails(), ModelLogEntry.objects.count())
    for purpose, row in rows.items():
        token = base_of(row, purpose).rstrip("/").rpartition("/")[2]
        for other, page in LINK_PAGES.items():
            where, is_own = reverse(page, args=(token,)), other == purpose
            answer = Client().get(where) if is_own else Client().post(where, {"choice": "for"})
            assert answer.status_code == (200 if is_own else 404), (purpose, other)
    assert (mails(), ModelLogEntry.objects.count()) == before


def test_a_vote_from_an_old_page_and_a_seat_that_is_gone() -> None:
    ballot = with_committee(seats=3)
    first, second, third = ballot.votes.all()
    where = base_of(second, VOTE)
    for _time in range(2):
        assert Client().post(where, {"choice": "for"}).status_code == 303
    assert ModelLogEntry.objects.filter(action="members.vote").count() == 1
    Seat.objects.filter(pk=third.seat_id).delete()
    answer = Client().post(base_of(third, VOTE), {"choice": "for"})
    assert answer.status_code == 409
    assert "You cannot vote" in words(answer)
    committee.close_ballot(Ballot.objects.get(pk=ballot.pk), by=None, now=timezone.now())
    for row in (first, second, third):
        answer = Client().post(base_of(row, VOTE), {"choice": "objection", "reason": "Too late."})
        assert answer.status_code == 409
        assert "The ballot is over" in words(answer)
    assert list(ballot.votes.values_list("choice", flat=True)) == ["", "for", ""]
    review.accept(ballot.application, by=None, now=timezone.now())
    answer = Client().post(f"{base_of(ballot.application)}withdraw/")
    assert answer.status_code == 409
    assert "It cannot be withdrawn any more" in words(answer)


def test_an_organisation_that_endorses_is_not_deleted_not_even_at_the_last_moment(
    secretary: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Client = signed_in(secretary)
    organisation = make_organisation("Midwives of Gulu", category="", website="https://midwives-gulu.example", country="UG")
    confirmed(open_declaration())
    delete = reverse("wagtailsnippets_members_organisation:delete", args=(organisation.pk,))
    assert "endorsements: 1" in words(client.post(delete, follow=True))
    # It begins to endorse while the button is pressed: the guard looked a moment too early.
    monkeypatch.setitem(deletion_guard.REASONS, Organisation, lambda _organisation: "")
    assert "cannot be deleted" in words(client.post(delete, follow=True))
    assert Organisation.objects.filter(pk=organisation.pk).exists()


def test_after_a_week_without_a_run_everything_is_said_once_however_often_it_runs() -> None:
    now = timezone.now()
    unfinished = draft("late@example.org", name="Late", website="")
    Application.objects.filter(pk=unfinished.pk).update(saved_at=days_ago(82))
    waiting = asked(("work", "How many?"))
    Application.objects.filter(pk=waiting.pk).update(asked_at=days_ago(22))
    other = applications.application_key(unfinished)
    assert other
    ballot = with_committee(seats=2, name="Doctors of Lira", website="https://doctors.example", email="d@doctors.example")
    Ballot.objects.filter(pk=ballot.pk).update(opened_at=days_ago(14), closes_at=days_ago(7))
    member = make_organisation(since=timezone.localdate())
    make_contact(member)
    Membership.objects.filter(organisation=member).update(confirmed_on=timezone.localdate() - timedelta(days=365 + 21))
    before = len(mails())
    run_all(now)
    written = sorted(mail.purpose for mail in mails()[before:])
    assert written == ["members.draft_expiring", "members.questions", "members.year"]
    ballot.refresh_from_db()
    assert ballot.state == BallotState.CLOSED
    logged = ModelLogEntry.objects.count()
    for moment in (now, now, now + timedelta(hours=1)):
        run_all(moment)
    assert (len(mails()), ModelLogEntry.objects.count()) == (before + 3, logged)
