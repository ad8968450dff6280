"""The owner of an address that somebody else typed says so, and is not written to again."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.mail.delivery import is_wanted
from core.models import OutgoingMail
from members.applications import workflow as applications
from members.membership.reminders import ask_whether_it_is_still_right
from members.models import Application
from members.states import Access
from tests.support.applying import ask, base_of
from tests.support.endorsing import text_of, words
from tests.support.members import draft, mails, make_contact, make_organisation, submitted

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.one_database]


def not_me_in(mail: OutgoingMail) -> str:
    [found] = set(re.findall(r"/members/not-me/[\w-]{43}/", text_of(mail)))
    return str(found)


def test_whoever_did_not_apply_says_so_and_is_never_written_to_again() -> None:
    assert ask("stranger@example.net").status_code == 303
    where = not_me_in(mails(purpose="members.resume")[-1])
    shown = words(Client().get(where))
    assert "Somebody typed your address" in shown
    assert Application.objects.filter(email="stranger@example.net").exists(), "a GET changed something"
    assert "You will not hear from us again" in words(Client().post(where))
    assert not Application.objects.filter(email="stranger@example.net").exists()
    assert "Nothing of you is here" in words(Client().post(where))
    written = len(mails())
    assert ask("Stranger+x@example.net").status_code == 303, "the page says the same to everybody"
    assert len(mails()) == written
    assert Client().get("/members/not-me/" + "x" * 43 + "/").status_code == 404


def test_what_somebody_wrote_survives_a_press_of_that_button() -> None:
    row = draft()
    applications.start(row.email, now=timezone.now())
    assert "You will not hear from us again" in words(Client().post(not_me_in(mails(purpose="members.resume")[-1])))
    row.refresh_from_db()
    assert row.name == "Midwives of Gulu"
    assert ModelLogEntry.objects.filter(action="members.disown", object_id=str(row.pk)).exists()


def test_colleagues_and_contacts_may_say_so_too() -> None:
    row = submitted()
    applications.invite(row, email="other@example.org", access=Access.EDIT, now=timezone.now())
    [invited] = mails(purpose="members.invitation")
    assert is_wanted(invited)
    Client().post(not_me_in(invited))
    assert not row.invitations.exists()
    base, typed = base_of(row), {"email": "other@example.org", "access": "edit"}
    told = Client().post(f"{base}colleagues/", typed)
    assert (told.status_code, len(mails(purpose="members.invitation"))) == (303, 1), "the applicant is told as always, and no mail leaves"
    organisation = make_organisation(since=date(2020, 1, 1))
    organisation.memberships.update(confirmed_on=timezone.localdate() - timedelta(days=366))
    make_contact(organisation)
    ask_whether_it_is_still_right(timezone.now())
    [asked_for_the_year] = mails(purpose="members.year")
    shown = words(Client().get(not_me_in(asked_for_the_year)))
    assert "Somebody at Nurses of Lira named you as its contact" in shown
    Client().post(not_me_in(asked_for_the_year))
    assert not organisation.contacts.exists()
    assert ModelLogEntry.objects.filter(action="members.disown", object_id=str(organisation.pk)).exists()
