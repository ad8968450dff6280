"""The whole life of a declaration in a real browser: the secretary at a desktop, the others on telephones without script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from core.due import run_all
from endorsements.models import DeclarationPage, Delivery, Endorsement, SignOn
from tests.support.declarations import recorded
from tests.support.endorsing import link_in
from tests.support.journeys import last_mail, main_words, press

from .test_handbook import add_text_block, saved, settled, type_into

pytestmark = pytest.mark.begins_first

TITLE = "Pay health workers on time"
MIDWIVES = {
    "name": "Midwives of Gulu",
    "country": "UG",
    "website": "midwives-gulu.example",
    "organisation_kind": "professional",
    "signatory": "Akello Apio",
    "role": "Director",
    "email": "akello@midwives-gulu.example",
}
NURSES = {**MIDWIVES, "name": "Nurses of Arua", "website": "nurses-arua.example", "email": "nurses.arua@gmail.com"}
MISTAKEN = {**MIDWIVES, "name": "Doctors of Lira", "website": "doctors-lira.example", "email": "somebody@doctors-lira.example"}
NGOZI = {"name": "Ngozi Okafor", "country": "NG", "role": "Nurse", "email": "ngozi@example.net"}
QUIET = {"name": "Ada Quiet", "country": "KE", "role": "", "email": "ada@example.net"}


def endorse(page: Any, place: str, form: dict[str, str], *, show_name: bool = True) -> None:
    """From the declaration's page to "check your mail"."""
    page.goto(place)
    page.get_by_role("link", name="Endorse this declaration").first.click()
    if "signatory" not in form:
        page.get_by_role("link", name="For myself").click()
    for field, value in form.items():
        if field in ("country", "organisation_kind"):
            page.select_option(f"#{field}", value)
        else:
            page.fill(f"#{field}", value)
    if "signatory" in form:
        page.check("#authorised")
    elif show_name:
        page.check("#show_name")
    press(page, "Go on: look at it once more")
    assert form["name"] in main_words(page)
    press(page, "Send")
    assert "Check your mail" in main_words(page)


def follow(page: Any, address: str, letter: str, kind: str, button: str) -> str:
    """Open the link in the last such mail to that address and press the button."""
    page.goto(link_in(last_mail(address, f"endorsements.{letter}"), kind))
    press(page, button)
    return main_words(page)


def editor(secretary_client: Any, page: Any) -> None:
    secretary_client.goto(f"/admin/pages/{page.pk}/edit/")
    settled(secretary_client)


def add_words(secretary_client: Any, words: str) -> None:
    """At the end of the text, as the editor types."""
    text = secretary_client.locator("[data-contentpath=body] .public-DraftEditor-content").first
    text.click()
    secretary_client.keyboard.press("Control+End")
    secretary_client.keyboard.type(words)
    saved(secretary_client)


def publish_changed_text(secretary_client: Any, choice: str, note: str) -> None:
    secretary_client.get_by_role("link", name="Publish the changed text …").click()
    secretary_client.get_by_label(choice).check()
    secretary_client.fill("#id_note", note)
    press(secretary_client, "Publish it now")


def test_a_declaration_from_draft_to_verification(
    at_desk: Callable[..., Any], telephone: Any, secretary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.forms.honeypot.MIN_SECONDS", 0)
    recorded(MIDWIVES["name"], MIDWIVES["website"])
    secretary_client = at_desk(secretary)
    page = _write_and_circulate(secretary_client, telephone)
    _open(secretary_client, telephone, page)
    manage = _sign(telephone, page)
    _moderate(secretary_client, telephone, page)
    _correct_and_renew(secretary_client, telephone, page)
    _withdraw(telephone, manage)
    _close_and_deliver(secretary_client, telephone, page)


def _write_and_circulate(secretary_client: Any, telephone: Any) -> DeclarationPage:
    secretary_client.get_by_text("Write a declaration").click()
    settled(secretary_client)
    type_into(secretary_client, "title", TITLE)
    type_into(secretary_client, "standfirst", "Those who care for us must be paid for it.")
    add_text_block(secretary_client)
    secretary_client.keyboard.type("Every health worker is paid each month.")
    saved(secretary_client)
    secretary_client.get_by_role("link", name="Circulate under embargo …").click()
    press(secretary_client, "Circulate it now")
    secret = secretary_client.get_by_label("Secret address").input_value()
    page = DeclarationPage.objects.get(title=TITLE)
    assert telephone.goto(page.get_url()).status == 404
    telephone.goto(secret)
    assert "embargo" in main_words(telephone)
    assert telephone.locator("meta[name=robots]").get_attribute("content").startswith("noindex")
    endorse(telephone, secret, MIDWIVES)
    assert "You will be listed when the declaration is published" in follow(
        telephone, MIDWIVES["email"], "confirm", "confirm", "Yes, I endorse it"
    )
    return page


def _open(secretary_client: Any, telephone: Any, page: DeclarationPage) -> None:
    editor(secretary_client, page)
    secretary_client.get_by_role("link", name="Open for endorsement …").click()
    press(secretary_client, "Open it now")
    assert telephone.goto(page.get_url()).status == 200
    assert "Midwives of Gulu" in main_words(telephone)


def _sign(telephone: Any, page: DeclarationPage) -> str:
    """Returns the link with which one of them manages what she gave; sent mails lose their links."""
    place = page.get_url()
    endorse(telephone, place, NURSES)
    assert "The secretariat looks at it" in follow(telephone, NURSES["email"], "confirm", "confirm", "Yes, I endorse it")
    endorse(telephone, place, MISTAKEN)
    assert "withdrawn" in follow(telephone, MISTAKEN["email"], "confirm", "not-me", "This was not me")
    for _time in range(2):
        endorse(telephone, place, NGOZI)
    assert "in the list" in follow(telephone, NGOZI["email"], "confirm", "confirm", "Yes, I endorse it")
    endorse(telephone, place, QUIET, show_name=False)
    follow(telephone, QUIET["email"], "confirm", "confirm", "Yes, I endorse it")
    assert Endorsement.objects.for_declaration(page).filter(state="listed").count() == 3
    return link_in(last_mail(NGOZI["email"], "endorsements.confirmed"), "manage")


def _moderate(secretary_client: Any, telephone: Any, page: DeclarationPage) -> None:
    secretary_client.goto("/admin/")
    secretary_client.get_by_text("Endorsements to look at").click()
    secretary_client.get_by_label("Tick Nurses of Arua").check()
    press(secretary_client, "Approve those ticked")
    assert "Nothing waits for you." in main_words(secretary_client)
    assert last_mail(NURSES["email"], "endorsements.listed")


def _correct_and_renew(secretary_client: Any, telephone: Any, page: DeclarationPage) -> None:
    editor(secretary_client, page)
    add_words(secretary_client, " In full.")
    publish_changed_text(secretary_client, "A slip was corrected", "Two words were missing.")
    editor(secretary_client, page)
    add_words(secretary_client, " Overtime counts.")
    publish_changed_text(secretary_client, "The meaning changed", "Overtime is named.")
    assert SignOn.objects.get(declaration=page).version.label == "Version 2"
    assert run_all(timezone.now())
    words = follow(telephone, MIDWIVES["email"], "new_version", "renew", "Yes, I endorse the new text")
    assert "Version 2" in words
    assert set(Endorsement.objects.for_declaration(page).listed().values_list("name", "version__number")) == {
        ("Midwives of Gulu", 2),
        ("Nurses of Arua", 1),
        ("Ngozi Okafor", 1),
        ("Ada Quiet", 1),
    }
    telephone.goto(f"{page.get_url()}versions/2.0/")
    assert "Overtime counts." in main_words(telephone)


def _withdraw(telephone: Any, manage: str) -> None:
    telephone.goto(manage)
    telephone.check("#shown-yes")
    press(telephone, "Withdraw my endorsement …")
    press(telephone, "Withdraw")
    assert Endorsement.objects.get(name="Ngozi Okafor").state == "withdrawn"


def _close_and_deliver(secretary_client: Any, telephone: Any, page: DeclarationPage) -> None:
    editor(secretary_client, page)
    secretary_client.get_by_role("link", name="Close …").click()
    press(secretary_client, "Close it now")
    telephone.goto(f"{page.get_url()}endorse/")
    assert "closed" in main_words(telephone)
    editor(secretary_client, page)
    secretary_client.get_by_role("link", name="Record a delivery …").click()
    secretary_client.fill("#id_recipient", "Ministry of Health")
    secretary_client.fill("#id_method", "in person, in Kampala")
    secretary_client.keyboard.press("Tab")
    press(secretary_client, "Record the delivery")
    delivery = Delivery.objects.get(declaration=page)
    assert (delivery.organisations, delivery.people) == (2, 1)
    telephone.goto("/verify/")
    telephone.locator("main input").fill(delivery.sha256.upper())
    telephone.locator("main button").click()
    told = main_words(telephone)
    assert "Ministry of Health" in told
    assert "Midwives of Gulu" in told
    assert "Ada Quiet" not in told
    assert re.search(r"\b2\b", told)
    assert DeclarationPage.objects.get(pk=page.pk).current_sign_on.state == "delivered"
