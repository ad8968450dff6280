"""Endorsing in a real Chromium: on a phone without script, by keyboard alone, accessible on every page of the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from endorsements.declarations import workflow as declarations
from endorsements.models import DeclarationPage
from endorsements.models.sign_on import sign_on_of
from endorsements.responses import workflow as responses
from endorsements.signing import emails as signing_emails
from endorsements.states import State
from tests.support.accessibility import NARROWEST, problems
from tests.support.declarations import PERSON, confirmed, make_declaration, open_declaration, recorded, submitted
from tests.support.endorsing import ELSEWHERE, link_in, link_of, mails, new_text, the_only
from tests.support.members import make_contact, make_organisation

PATIENCE = 3200  # milliseconds, a little more than the form asks of everybody


def fill_in(page: Any) -> None:
    page.get_by_label("Name of the organisation").fill("Midwives of Gulu")
    page.get_by_label("Country of its seat").select_option("UG")
    page.get_by_label("Website").fill("midwives-gulu.example")
    page.get_by_label("Kind of organisation").select_option("professional")
    page.get_by_label("Your name").fill("Akello Apio")
    page.get_by_label("Your role there").fill("Director")
    page.get_by_label("Your work e-mail address").fill("akello@midwives-gulu.example")
    page.get_by_label("I am authorised").check()


def test_on_a_phone_without_script_from_the_form_to_the_list(new_page: Callable[..., Any]) -> None:
    declaration = open_declaration()
    recorded()
    page = new_page(width=360, height=640, script=False)
    page.goto(declaration.url)
    page.get_by_role("link", name="Endorse this declaration").first.click()
    page.get_by_role("link", name="For myself").click()
    page.get_by_role("link", name="For an organisation").click()
    page.wait_for_timeout(PATIENCE)
    page.get_by_role("button", name="Go on").click()
    mistakes = page.get_by_role("alert")
    mistakes.get_by_role("link", name="Kind of organisation").click()
    page.wait_for_url("**#organisation_kind")
    fill_in(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Is this right?").wait_for()
    page.go_back()
    assert page.get_by_label("Your name").input_value() == "Akello Apio"
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Change something").click()
    page.get_by_label("Acronym").fill("MoG")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Check your mail").wait_for()
    page.goto(link_in(mails("confirm")[0], "confirm"))
    assert "Midwives of Gulu (MoG)" in page.locator("main").inner_text()
    page.get_by_text("The text, word for word").click()
    page.get_by_text("Pay them on time.").wait_for()
    page.get_by_role("button", name="Yes, I endorse it").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert the_only(declaration).state == State.LISTED
    assert page.context.cookies() == []


def test_by_keyboard_alone(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.forms.honeypot.MIN_SECONDS", 0)
    declaration = open_declaration()
    page.goto(f"{declaration.url}endorse/")
    page.get_by_role("link", name="For myself").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**as=person")
    page.get_by_role("link", name="For myself").focus()
    for keys in ("Ngozi Okafor", "Nigeria", "Nurse", "Enugu Clinic", "ngozi@example.net"):
        page.keyboard.press("Tab")
        page.keyboard.type(keys)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    seen = []
    for _step in range(6):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if seen[-1] == "send":
            break
    assert seen[-1] == "send"
    assert "remarks" not in seen
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/check-mail/")
    row = the_only(declaration)
    assert (row.name, row.country.code, row.role, row.show_name) == ("Ngozi Okafor", "NG", "Nurse", True)


@pytest.fixture
def pages_of_the_way(live_site: str) -> dict[str, str]:
    """Every page of the way, by what it is."""
    page, soon = open_declaration(ask="You agree."), make_declaration("Soon", opens_at=timezone.now() + timedelta(days=2))
    secret = make_declaration("Secret", live=False)
    token = declarations.circulate(sign_on_of(secret), by=None, now=timezone.now())
    waiting, named = submitted(page), confirmed(page, PERSON)
    asking = confirmed(page, name="Nurses of Lira", website="https://nurses.example/", **ELSEWHERE)
    offline = open_declaration("Offline")
    reason = submitted(offline)
    DeclarationPage.objects.get(pk=offline.pk).unpublish()
    make_contact(make_organisation("Doctors of Jinja"))
    responses.ask_members(page, now=timezone.now())
    ways = {
        "member is asked": link_in(mails("invited")[0], "answer"),
        "form": f"{page.url}endorse/",
        "form of a person": f"{page.url}endorse/?as=person",
        "check mail": f"{page.url}endorse/check-mail/",
        "held": f"{page.url}endorse/held/",
        "not open": f"{soon.url}endorse/",
        "circulating": f"/declarations/{token}/",
        "circulating form": f"/declarations/{token}/endorse/",
        "circulating no more": "/declarations/x/",
        "confirmed": link_of(asking, signing_emails.CONFIRM),
        "paused": link_of(reason, signing_emails.CONFIRM),
        "not me": link_of(waiting, signing_emails.NOT_ME),
        "manage": link_of(named, signing_emails.MANAGE),
        "manage an organisation": link_of(asking, signing_emails.MANAGE),
        "second": link_of(asking, signing_emails.SECOND),
        "updates": link_of(named, signing_emails.UPDATES),
        "unknown": "/endorsements/confirm/x/",
        "ask for a link": "/endorsements/link/",
    }
    new_text(page)
    return ways | {"text changed": link_of(waiting, signing_emails.CONFIRM), "renew": link_of(named, signing_emails.RENEW)}


def test_axe_finds_nothing_on_the_way(
    new_page: Callable[..., Any], pages_of_the_way: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.forms.honeypot.MIN_SECONDS", 0)
    found = {}

    def check(page: Any, name: str) -> None:
        found.update({f"{name}: {problem}": nodes for problem, nodes in problems(page).items()})

    for width, dark in ((NARROWEST, False), (1280, True)):
        page = new_page(width=width, height=640, dark=dark)
        for name, address in pages_of_the_way.items():
            if dark and name not in ("text changed", "confirmed", "manage", "circulating form"):  # the colours are those of the others
                continue
            page.goto(address)
            check(page, f"{name}, {width}")
        page.goto(pages_of_the_way["form"])
        page.get_by_role("button", name="Go on").click()
        check(page, f"mistakes, {width}")
        fill_in(page)
        page.get_by_role("button", name="Go on").click()
        check(page, f"review, {width}")
        page.goto(pages_of_the_way["manage"])
        page.get_by_label("In public").check()
        page.get_by_role("button", name="Withdraw").click()
        check(page, f"withdraw, {width}")
    assert found == {}
