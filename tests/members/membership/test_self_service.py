"""A member keeps its entry true by a link of 15 minutes, through the door."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.links import limits
from members.membership.emails import PROFILE, YEAR
from members.models import Contact, Membership, Organisation, ProfileChange, Theme
from members.models.subjects import subject
from tests.members.applications.test_form import picture
from tests.support.answers import Screen
from tests.support.applying import LINK, base_of, chosen, link_in, stamped
from tests.support.endorsing import hidden, parsed, words
from tests.support.members import days_ago, mails, make_contact, make_organisation

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.one_database]


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation("Nurses of Lira", country="UG", summary="Nurses\r\nof the north.", aliases="Lira Nurses\r\nNoL")


@pytest.fixture
def contact(organisation: Organisation) -> Contact:
    return make_contact(organisation)


def asks_to_confirm(page: Any) -> bool:
    """Whether the page has a button, which confirms the entry for a year."""
    return Screen(page).actions != []


def profile_form(address: str, **changes: str) -> dict[str, str]:
    shown = {"name": "Nurses of Lira", "country": "UG", "summary": "Nurses\r\nof the north.", "aliases": "Lira Nurses\r\nNoL"}
    return stamped(address, **{**shown, **changes})


def test_asking_says_the_same_to_everybody_and_writes_to_contacts_alone(contact: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    known, unknown = Client().post(LINK, {"email": contact.email}), Client().post(LINK, {"email": "nobody@example.net"})
    assert known.content == unknown.content
    assert [mail.about for mail in mails(purpose="members.profile")] == [subject(contact)]
    page = Client().get(link_in(mails(purpose="members.profile")[0]))
    assert "Nurses of Lira" in words(page)
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies
    assert Client().post(LINK, {"email": "x"}).status_code == 200
    monkeypatch.setattr(limits, "FROM_NETWORK", replace(limits.FROM_NETWORK, most=1))
    assert Client().post(LINK, {"email": contact.email}).status_code == 429


def test_the_year_is_confirmed_with_one_button(organisation: Organisation, contact: Contact) -> None:
    Membership.objects.update(recorded_on=days_ago(400).date())
    base = base_of(contact, PROFILE)
    assert asks_to_confirm(Client().get(base))
    assert Client().post(base, stamped(base)).url == f"{base}?done=year"
    assert not asks_to_confirm(Client().get(f"{base}?done=year"))
    assert organisation.memberships.get().confirmed_on == timezone.localdate()


def test_the_mail_of_the_year_leads_to_a_page_that_does_that_and_no_more(organisation: Organisation, contact: Contact) -> None:
    link = base_of(contact, YEAR)
    assert asks_to_confirm(Client().get(link))
    assert organisation.memberships.get().confirmed_on is None
    for _time in range(2):
        assert Client().post(link).status_code == 303
    assert organisation.memberships.get().confirmed_on == timezone.localdate()
    assert not asks_to_confirm(Client().get(f"{link}?done=year"))
    assert Client().get(link.replace("/year/", "/profile/")).status_code == 404
    Membership.objects.update(since=days_ago(10).date(), until=days_ago(1).date())
    assert not asks_to_confirm(Client().get(link))


def test_a_profile_change_waits_for_the_secretariat(organisation: Organisation, contact: Contact) -> None:
    Theme.objects.create(name="Migration", slug="migration")
    base = base_of(contact, PROFILE)
    address = f"{base}public/"
    assert Client().post(address, profile_form(address)).url == f"{base}?done=same"
    sent = Client().post(address, {**profile_form(address, summary="We nurse.", countries_of_work="Kenya"), "themes": ["migration"]})
    assert sent.url == f"{base}?done=proposed"
    change = ProfileChange.objects.get()
    assert change.after == {"summary": "We nurse.", "countries_of_work": ["KE"], "themes": ["migration"]}
    organisation.refresh_from_db()
    assert organisation.summary.startswith("Nurses")
    assert "We nurse." in words(Client().get(address))
    bad = Client().post(address, profile_form(address, name="", website="nonsense"))
    alert = parsed(bad).find(".//*[@role='alert']")
    assert {"#name", "#website"} == {link.get("href") for link in alert.iter("a")}


def test_a_global_network_sees_that_chosen(organisation: Organisation, contact: Contact) -> None:
    Organisation.objects.update(country="")
    base = base_of(contact, PROFILE)
    assert chosen(Client().get(f"{base}public/"), "country") == ["global"]
    assert Client().post(f"{base}public/", profile_form(f"{base}public/", country="global")).url == f"{base}?done=same"


def test_two_contacts_who_correct_the_profile_at_once_lose_nothing(contact: Contact) -> None:
    for slug in ("aid", "migration", "pay"):
        Theme.objects.create(name=slug.title(), slug=slug)
    address = f"{base_of(contact, PROFILE)}public/"
    mine = profile_form(address, website="https://lira.example")
    theirs = {**profile_form(address, summary="We nurse."), "themes": ["pay", "aid"]}
    for sent in (theirs, mine):
        assert Client().post(address, sent).url.endswith("?done=proposed")
    change = ProfileChange.objects.get()
    assert change.after == {"summary": "We nurse.", "themes": ["aid", "pay"], "website": "https://lira.example"}
    both = {**mine, "summary": "We care.", "themes": ["migration"]}
    told = Client().post(address, both)
    for stands in ("We nurse.", "Aid, Pay"):
        assert f"“{stands}”" in words(told)
    change.refresh_from_db()
    assert (change.after["summary"], change.after["themes"]) == ("We nurse.", ["aid", "pay"])
    assert Client().post(address, {**both, **hidden(told)}).url.endswith("?done=proposed")
    change.refresh_from_db()
    assert change.after == {"summary": "We care.", "themes": ["migration"], "website": "https://lira.example"}


def test_a_new_logo_is_taken_and_what_is_none_refused(contact: Contact) -> None:
    address = f"{base_of(contact, PROFILE)}public/"
    assert Client().post(address, {**profile_form(address), "logo": picture()}).status_code == 303
    assert ProfileChange.objects.get().logo
    broken = picture()
    broken.file.truncate(30)
    broken.size = 30
    refused = Client().post(address, {**profile_form(address), "logo": broken})
    assert "#logo" in {link.get("href") for link in parsed(refused).find(".//*[@role='alert']").iter("a")}
    assert ProfileChange.objects.count() == 1


def test_contacts_change_at_once_and_one_voting_representative_stays(organisation: Organisation, contact: Contact) -> None:
    base = base_of(contact, PROFILE)
    address = f"{base}contacts/"
    first = {"form-0-name": "Nabirye Nandi", "form-0-email": "nurse@lira.example", "form-0-voting": "on", "form-0-phone": "+256 772 1234"}
    second = {"form-1-name": "Okello", "form-1-email": "okello@lira.example", "form-1-communications": "on"}
    assert Client().post(address, stamped(address, **first, **second)).url == f"{base}?done=contacts"
    assert set(organisation.contacts.values_list("email", "voting", "communications")) == {
        ("nurse@lira.example", True, False),
        ("okello@lira.example", False, True),
    }
    page = Client().get(address)
    parsed(page)
    assert "okello@lira.example" in page.content.decode()
    refused = Client().post(address, stamped(address, **first, **second, **{"form-0-DELETE": "on"}))
    nameless = Client().post(address, stamped(address, **first, **(second | {"form-1-name": ""})))
    for answer in (refused, nameless):
        assert (answer.status_code, len(Screen(answer).alerts)) == (200, 1)
    assert organisation.contacts.filter(name="Okello", voting=False).exists()
    broken = Client().post(address, {**stamped(address), "form-TOTAL_FORMS": "x"})
    assert broken.status_code == 200
    gone = Client().post(address, stamped(address, **first, **second, **{"form-0-DELETE": "on", "form-1-voting": "on"}))
    assert gone.status_code == 200
    assert Client().get(base).status_code == 404


def test_after_15_minutes_it_opens_no_more_but_what_was_being_typed_is_taken(organisation: Organisation, contact: Contact) -> None:
    base = base_of(contact, PROFILE)
    address = f"{base}public/"
    form = profile_form(address, summary="We nurse.")
    later = timezone.now() + timedelta(minutes=20)
    with time_machine.travel(later, tick=False):
        for path in (base, address):
            assert Client().get(path).status_code == 410
        assert Client().post(address, {**form, "opened": "1:forged"}).status_code == 410
        answer = Client().post(address, form)
        assert answer.status_code == 200
        multipart = Client().post(base, {"opened": form["opened"]})
        assert multipart.status_code == 200
        mistaken = Client().post(address, {**form, "name": ""})
    assert ProfileChange.objects.get().after == {"summary": "We nurse."}
    renewed = {**form, "opened": hidden(mistaken)["opened"]}
    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=5), tick=False):
        assert [Client().post(address, one).status_code for one in (form, renewed)] == [410, 410]


def test_a_logo_that_is_too_large_leaves_the_other_answers_in_the_form(db: None) -> None:
    address = f"{base_of(make_contact(make_organisation()), PROFILE)}public/"
    answer = Client().post(address, profile_form(address, summary="We nurse.") | {"logo": SimpleUploadedFile("l.png", b"\0" * 30_000_000)})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert list(form.errors) == ["logo"]
    assert form["summary"].value() == "We nurse."
    assert not ProfileChange.objects.exists()
