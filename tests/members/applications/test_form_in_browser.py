"""Joining in a real Chromium: an application on a phone without script, and no page behind a link that is hard to use."""

from collections.abc import Callable
from typing import Any

import pytest

from members.applications import workflow as applications
from members.applications.emails import APPLICATION_READ
from members.committee.emails import VOTE
from members.membership.emails import PROFILE, YEAR
from members.models import Application
from members.states import State
from tests.support.accessibility import NARROWEST, problems
from tests.support.applying import PAGES, base_of, fill_in, link_in
from tests.support.members import asked, days_ago, draft, mails, make_contact, make_organisation, submitted, with_committee

PATIENCE = 3200  # milliseconds, a little more than the first step asks of everybody


def test_an_application_on_a_phone_without_script(new_page: Callable[..., Any]) -> None:
    page = new_page(width=360, height=640, script=False)
    page.goto("/join/")
    page.get_by_role("link", name="Apply to join").first.click()
    page.wait_for_timeout(PATIENCE)
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_role("alert").get_by_role("link").first.click()
    page.get_by_label("Your e-mail address").fill("akello@midwives-gulu.example")
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_role("heading", name="Check your mail").wait_for()
    page.goto(link_in(mails(purpose="members.resume")[0]))
    page.get_by_role("link", name="Go on writing").click()
    for typed in PAGES.values():
        fill_in(page, typed)
        page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Document").set_input_files({"name": "Statutes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.get_by_role("button", name="Send the document").click()
    page.get_by_role("link", name="Statutes.pdf").wait_for()
    page.get_by_role("link", name="Go on: look at it once more").click()
    page.get_by_role("button", name="Hand in the application").click()
    page.get_by_text("your application has arrived").wait_for()
    page.get_by_text("Answer promised by").wait_for()
    row = Application.objects.get()
    assert (row.state, row.name, row.files.count()) == (State.SUBMITTED, "Midwives of Gulu", 1)
    assert page.context.cookies() == []


@pytest.fixture
def pages_of_the_way(live_site: str) -> dict[str, str]:
    """Every page behind a link, by what it is."""
    base = base_of(draft(motivation=""))
    questions = asked(("work", "How many?"), ("", "Who may speak?"), ("for_profit_funding", "None?"), name="B", website="")
    ballot = with_committee(name="C", website="")
    waiting = submitted(name="D", website="")
    contact = make_contact(make_organisation("Nurses of Lira", country="UG"))
    profile = base_of(contact, PROFILE)
    withdrawn = submitted(name="E", website="")
    applications.withdraw(withdrawn, now=days_ago(0))
    return {
        "apply": "/join/apply/",
        "check mail": "/join/apply/check-mail/",
        "lost": "/join/application/x/",
        "draft": base,
        **{word: f"{base}{word}/" for word in (*PAGES, "files", "colleagues", "review", "delete")},
        "read": base_of(waiting, APPLICATION_READ),
        "status": base_of(waiting),
        "withdraw": f"{base_of(waiting)}withdraw/",
        "withdrawn": base_of(withdrawn),
        "asked": base_of(questions),
        "answers": f"{base_of(questions)}answers/",
        "vote": base_of(ballot.votes.all()[0], VOTE),
        "vote lost": "/members/vote/x/",
        "ask for a link": "/members/link/",
        "profile": profile,
        "public profile": f"{profile}public/",
        "contacts": f"{profile}contacts/",
        "year": base_of(contact, YEAR),
    }


def test_axe_finds_nothing_on_the_way(new_page: Callable[..., Any], pages_of_the_way: dict[str, str]) -> None:
    found = {}

    def check(page: Any, name: str) -> None:
        found.update({f"{name}: {problem}": nodes for problem, nodes in problems(page).items()})

    page = new_page(width=NARROWEST, height=640)
    for name, address in pages_of_the_way.items():
        page.goto(address)
        check(page, name)
    for name, button in (("work", "Save and go on"), ("review", "Hand in"), ("vote", "Vote"), ("contacts", "Save"), ("answers", "Send")):
        page.goto(pages_of_the_way[name])
        if name == "work":
            page.get_by_label("Founded").fill("98")
        if name == "contacts":
            page.locator("[name=form-0-name]").fill("")
        if name == "answers":
            page.locator("textarea").last.fill("")
        page.get_by_role("button", name=button, exact=False).first.click()
        check(page, f"{name}, mistakes")
    assert found == {}
