"""The whole life of a membership in a real browser: the secretary at a desktop, everybody else on telephones without script."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.due import run_all
from endorsements.responses.due import ask_about_opened_declarations
from members.applications.requirements import missing_answers
from members.models import Application, Ballot, Organisation
from tests.support import endorsing
from tests.support.accessibility import violations
from tests.support.applying import PAGES, fill_in, link_in
from tests.support.declarations import open_declaration
from tests.support.journeys import last_mail, main_words, press
from tests.support.members import APPLICANT, make_organisation, make_seats
from tests.support.pictures import encoded, gradient

pytestmark = pytest.mark.begins_first

NURSES = "apio@nurses-arua.example"
INSURERS = "sales@insurers-lira.example"
SUMMARY = "We train 210 midwives and 30 nurses."


@contextmanager
def later(days: int) -> Iterator[None]:
    """So many days from now, with the scheduled work of that day done."""
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert run_all(timezone.now())
        yield


def axe_finds_nothing(page: Any) -> None:
    """In what we draw: Wagtail's frame around it, and its messages that come into sight, are not ours."""
    ours = {"include": [["main"]], "exclude": [[".messages"]]}
    assert violations(page, within=ours) == {}, page.url


def choose(secretary_client: Any, words: str) -> None:
    """A link that leads to another page, the first of that name."""
    secretary_client.get_by_role("link", name=words, exact=True).first.click()
    secretary_client.wait_for_load_state()


def open_link(page: Any, address: str, purpose: str) -> None:
    page.goto(link_in(last_mail(address, f"members.{purpose}")))


def test_membership_from_a_form_to_a_year_later(
    at_desk: Callable[..., Any], telephone: Any, secretary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.forms.honeypot.MIN_SECONDS", 0)
    secretary_client = at_desk(secretary, width=1280)
    seats = [seat.person_email for seat in make_seats(5)]
    status = _apply_in_two_sittings(telephone)
    _ask_and_answer(secretary_client, telephone)
    _vote(secretary_client, telephone, seats)
    with later(days=8):
        _accept(secretary_client, telephone, status)
        _decline(secretary_client, telephone)
        _withdraw(secretary_client, telephone)
        _change_the_profile(secretary_client, telephone)
        _merge(secretary_client, telephone)
    with later(days=380):
        _confirm_the_year(telephone)
        _endorse_with_one_button(telephone)


def begin(telephone: Any, address: str) -> None:
    """From an address to the draft."""
    telephone.goto("/join/apply/")
    telephone.get_by_label("Your e-mail address").fill(address)
    press(telephone, "Send me the link")
    assert "Check your mail" in main_words(telephone)
    open_link(telephone, address, "resume")


def hand_in(telephone: Any) -> None:
    telephone.get_by_role("link", name="Go on: look at it once more").click()
    press(telephone, "Hand in the application")
    assert "your application has arrived" in main_words(telephone)


def apply(telephone: Any, name: str, address: str) -> None:
    """In one sitting, with no more than is needed."""
    begin(telephone, address)
    telephone.get_by_role("link", name="Go on writing").click()
    own = {"name": name, "representative_email": address, "second_email": f"office.{address}"}
    needed = missing_answers(Application())
    for typed in PAGES.values():
        fill_in(telephone, {field: own.get(field, text) for field, text in typed.items() if field in needed})
        press(telephone, "Save and go on")
    hand_in(telephone)


def _apply_in_two_sittings(telephone: Any) -> str:
    """Returns where it stands from now on; sent mails lose their links."""
    begin(telephone, APPLICANT)
    telephone.get_by_role("link", name="Go on writing").click()
    fill_in(telephone, {**PAGES["organisation"], "website": "no website at all"})
    press(telephone, "Save and go on")
    assert "Everything else on this page is saved." in main_words(telephone)
    telephone.get_by_label("Website").fill(PAGES["organisation"]["website"])
    press(telephone, "Save and stop here")
    assert "Saved. Stop here" in main_words(telephone)

    open_link(telephone, APPLICANT, "resume")
    telephone.get_by_role("link", name="Invite a colleague").click()
    telephone.get_by_label("of your colleague").fill("opio@midwives-gulu.example")
    telephone.get_by_label("Read and edit").check()
    press(telephone, "Send the invitation")
    open_link(telephone, "opio@midwives-gulu.example", "invitation")
    telephone.get_by_role("link", name="Go on writing").click()
    for word in ("work", "reasons", "people"):
        fill_in(telephone, PAGES[word])
        press(telephone, "Save and go on")
    for kind, name, content in (("logo", "logo.png", encoded(gradient(), "PNG")), ("document", "Statutes.pdf", b"%PDF-1.7")):
        telephone.locator(f"#{kind}-file").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
        press(telephone, f"Send the {kind}")
        assert "The file has arrived." in main_words(telephone)
    hand_in(telephone)
    telephone.go_back()
    open_link(telephone, APPLICANT, "submitted")
    assert "Answer promised by" in main_words(telephone)
    assert Application.objects.submitted().count() == 1
    return str(telephone.url)


def to_application(secretary_client: Any, name: str) -> None:
    """As the secretary finds it, from the first page of the admin."""
    secretary_client.goto("/admin/")
    secretary_client.get_by_text("Applications to join").click()
    choose(secretary_client, name)


def _ask_and_answer(secretary_client: Any, telephone: Any) -> None:
    to_application(secretary_client, "Midwives of Gulu")
    secretary_client.get_by_role("link", name="Begin to check …").click()
    press(secretary_client, "Begin to check")
    choose(secretary_client, "Ask questions …")
    axe_finds_nothing(secretary_client)
    secretary_client.get_by_label("Question about: Members or staff").fill("Are the 240 all midwives?")
    press(secretary_client, "Send the questions")
    open_link(telephone, APPLICANT, "questions")
    telephone.get_by_role("link", name="Answer the questions").click()
    telephone.get_by_label("Members or staff").fill("210 midwives, 30 nurses")
    press(telephone, "Send the answers")
    assert "your answers have arrived" in main_words(telephone)
    to_application(secretary_client, "Midwives of Gulu")
    assert "240 members 210 midwives, 30 nurses" in main_words(secretary_client)
    axe_finds_nothing(secretary_client)


def vote(telephone: Any, address: str, choice: str, reason: str = "") -> None:
    open_link(telephone, address, "vote")
    telephone.get_by_role("radio", name=re.compile(f"^{choice}")).check()
    telephone.get_by_role("textbox", name="Reason").fill(reason)
    telephone.locator("#send").click()
    telephone.wait_for_load_state()
    assert "Your vote is recorded." in main_words(telephone)


def _vote(secretary_client: Any, telephone: Any, seats: list[str]) -> None:
    choose(secretary_client, "Put to the committee …")
    axe_finds_nothing(secretary_client)
    secretary_client.get_by_label("Days to vote").fill("7")
    press(secretary_client, "Open the ballot")
    vote(telephone, seats[0], "For")
    vote(telephone, seats[1], "I take no part", "My sister works there.")
    vote(telephone, seats[2], "I object", "It sells insurance.")
    open_link(telephone, seats[3], "vote")
    assert "Paused, because somebody objected." in main_words(telephone)
    assert "It sells insurance." in main_words(telephone)

    secretary_client.goto("/admin/")
    secretary_client.get_by_text("Ballots that wait for you").click()
    choose(secretary_client, "Resume …")
    press(secretary_client, "Resume")
    axe_finds_nothing(secretary_client)
    vote(telephone, seats[2], "For", "It was another organisation.")
    vote(telephone, seats[3], "Abstain")


def _accept(secretary_client: Any, telephone: Any, status: str) -> None:
    ballot = Ballot.objects.get()
    assert (ballot.state, ballot.result) == ("closed", "adopted"), "three of four voted; the fifth seat recused itself"
    secretary_client.goto("/admin/")
    secretary_client.get_by_text("Ballots that wait for you").click()
    assert "Result: The committee agrees." in secretary_client.get_by_label("Minutes, to copy").input_value()
    choose(secretary_client, "The whole application")
    choose(secretary_client, "Accept …")
    press(secretary_client, "Next: read the email")
    axe_finds_nothing(secretary_client)
    press(secretary_client, "Accept, and send the welcome")
    assert last_mail(APPLICANT, "members.welcome")
    telephone.goto(status)
    telephone.get_by_role("link", name="See it as the public does").click()
    assert "Midwives of Gulu" in main_words(telephone)


def _decline(secretary_client: Any, telephone: Any) -> None:
    apply(telephone, "Insurers of Lira", INSURERS)
    to_application(secretary_client, "Insurers of Lira")
    secretary_client.get_by_role("link", name="Begin to check …").click()
    press(secretary_client, "Begin to check")
    secretary_client.get_by_role("link", name="Decline …").click()
    secretary_client.get_by_label("Funding from for-profit health business").check()
    press(secretary_client, "Next: read the email")
    press(secretary_client, "Decline it")
    assert last_mail(INSURERS, "members.declined")
    telephone.reload()
    assert "a conflict with the coalition’s aims" in main_words(telephone)


def _withdraw(secretary_client: Any, telephone: Any) -> None:
    apply(telephone, "Nurses of Arua", NURSES)
    telephone.get_by_role("link", name="Withdraw the application …").click()
    press(telephone, "Withdraw it")
    assert "Your application is withdrawn." in main_words(telephone)
    to_application(secretary_client, "Nurses of Arua")
    assert "Decline …" not in main_words(secretary_client)


def _change_the_profile(secretary_client: Any, telephone: Any) -> None:
    telephone.goto("/members/link/")
    telephone.get_by_label("E-mail address").fill(APPLICANT)
    press(telephone, "Send me a link")
    open_link(telephone, APPLICANT, "profile")
    telephone.get_by_role("link", name="Correct the public profile").click()
    telephone.get_by_label("In a few words").fill(SUMMARY)
    press(telephone, "Send to the secretariat")
    assert "The secretariat looks at it first" in main_words(telephone)
    secretary_client.goto("/admin/")
    secretary_client.get_by_text("Profile changes").last.click()
    choose(secretary_client, "Midwives of Gulu")
    axe_finds_nothing(secretary_client)
    press(secretary_client, "Apply what is ticked")
    telephone.goto("/members/")
    telephone.get_by_role("link", name="Midwives of Gulu").click()
    assert SUMMARY in main_words(telephone)


def _merge(secretary_client: Any, telephone: Any) -> None:
    make_organisation("Gulu midwives", website="https://midwives-gulu.example", category="")
    secretary_client.goto("/admin/coverage/")
    axe_finds_nothing(secretary_client)
    secretary_client.goto("/admin/snippets/members/organisation/")
    choose(secretary_client, "Gulu midwives")
    choose(secretary_client, "Merge duplicates …")
    axe_finds_nothing(secretary_client)
    press(secretary_client, "Next: the other one stays")
    press(secretary_client, "Merge")
    assert "Merged a duplicate into it" in main_words(secretary_client)
    axe_finds_nothing(secretary_client)
    assert not Organisation.objects.filter(name="Gulu midwives").exists()
    telephone.goto("/members/gulu-midwives/")
    assert "Midwives of Gulu" in main_words(telephone)


def _confirm_the_year(telephone: Any) -> None:
    membership = Organisation.objects.get(name="Midwives of Gulu").memberships.get()
    assert membership.year_on(timezone.localdate()).awaits_confirmation
    open_link(telephone, APPLICANT, "year")
    press(telephone, "Yes, it is still right")
    assert "Thank you: it is confirmed." in main_words(telephone)
    membership.refresh_from_db()
    assert membership.year_on(timezone.localdate()).status == "active"


def _endorse_with_one_button(telephone: Any) -> None:
    declaration = open_declaration("Pay health workers on time")
    assert ask_about_opened_declarations(timezone.now())
    telephone.goto(endorsing.link_in(last_mail(APPLICANT, "endorsements.invited"), "answer"))
    press(telephone, "Yes, we endorse it")
    assert "Midwives of Gulu stands under this declaration." in main_words(telephone)
    telephone.goto(declaration.get_url())
    assert "Midwives of Gulu" in main_words(telephone)
