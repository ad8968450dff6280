"""A member says that it wants to leave, takes it back, or is let go: who is told, and what it changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.membership import leaving
from members.membership.emails import PROFILE
from members.models import Contact, Leaving, Membership
from members.states import LeavingState
from tests.support.admin_forms import read_form
from tests.support.applying import base_of
from tests.support.concurrency import at_once
from tests.support.members import mails, make_contact, make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def contact(db: None) -> Contact:
    organisation = make_organisation("Nurses of Lira")
    make_contact(organisation, "eve@lira.example", name="Eve", voting=False)
    return make_contact(organisation, "ada@lira.example", name="Ada")


def page_of(contact: Contact) -> str:
    return f"{base_of(contact, PROFILE)}leave/"


def leave(contact: Contact, **changes: Any) -> Any:
    page = page_of(contact)
    return Client().post(page, read_form(Client(), page) | changes)


def told(purpose: str) -> list[str]:
    return [mail.recipient for mail in mails(purpose=purpose)]


def until(contact: Contact) -> Any:
    return Membership.objects.get(organisation=contact.organisation_id).until


def test_opening_the_page_changes_nothing_and_pressing_the_button_tells_everybody(contact: Contact, secretary: Any) -> None:
    page = page_of(contact)
    assert page in Client().get(page.removesuffix("leave/")).content.decode()
    assert Client().get(page).status_code == 200
    assert not Leaving.objects.exists()
    day = timezone.localdate() + timedelta(days=20)
    assert leave(contact, last_day=day.isoformat(), reason="We merged.").status_code == 303
    row = Leaving.objects.get()
    assert (row.state, row.last_day, row.reason, row.contact) == (LeavingState.WAITING, day, "We merged.", contact)
    assert set(told("members.leaving")) == {"ada@lira.example", "eve@lira.example"}
    assert secretary.email in told("members.leaving_told")
    assert until(contact) is None, "it belongs until the secretariat ends it"


def test_it_can_be_taken_back_until_it_is_ended(contact: Contact) -> None:
    leave(contact)
    page = page_of(contact)
    for _time in range(2):
        assert Client().post(page, {"action": "stay"}).status_code == 303
    assert Leaving.objects.get().state == LeavingState.TAKEN_BACK
    assert len(told("members.leaving")) == 4
    leave(contact)
    assert sorted(Leaving.objects.values_list("state", flat=True)) == [LeavingState.TAKEN_BACK, LeavingState.WAITING]


def test_the_secretariat_sees_it_and_ends_the_membership_on_the_chosen_day(contact: Contact, secretary_client: Client) -> None:
    day = timezone.localdate() + timedelta(days=20)
    leave(contact, last_day=day.isoformat())
    url = reverse("organisation_end", args=(contact.organisation_id,))
    assert url in secretary_client.get(reverse("wagtailadmin_home")).content.decode()
    form = read_form(secretary_client, url)
    assert form["last_day"] == [day.isoformat()]
    assert secretary_client.post(url, form | {"step": "do"}).status_code == 302
    assert (until(contact), Leaving.objects.get().state) == (day, LeavingState.ENDED)
    assert len(told("members.leaving")) == 4
    assert url not in secretary_client.get(reverse("wagtailadmin_home")).content.decode()
    assert Client().post(page_of(contact), {"action": "stay"}).status_code == 303
    assert (until(contact), Leaving.objects.get().state) == (day, LeavingState.ENDED)


@pytest.mark.parametrize("day", ["", "2020-01-01", "2999-01-01", "soon"])
def test_a_day_that_cannot_be_is_told_at_its_field(contact: Contact, day: str) -> None:
    answer = leave(contact, last_day=day, reason="Why.")
    assert answer.status_code == 200
    assert "last_day_error" in answer.content.decode()
    assert "Why." in answer.content.decode()
    assert not Leaving.objects.exists()


def test_who_is_no_member_cannot_leave(contact: Contact) -> None:
    Membership.objects.all().delete()
    assert leave(contact).status_code == 200
    assert not Leaving.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_contacts_who_press_the_button_at_the_same_moment_ask_once() -> None:
    contact = make_contact(make_organisation("Nurses of Lira"), "ada@lira.example", name="Ada")
    today = timezone.localdate()
    rows = at_once(4, lambda _n: leaving.ask_to_leave(contact.organisation, contact=contact, last_day=today, now=timezone.now()).pk)
    assert len(set(rows)) == 1
    assert Leaving.objects.count() == 1
