"""Opening a declaration says how many members will be emailed, and can leave or stop it; a new contact gets one email."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.mail.delivery import is_wanted
from endorsements.declarations import workflow as declarations
from endorsements.models import InitialSignatory, Invitation
from endorsements.models.sign_on import sign_on_of
from endorsements.responses import workflow as responses
from endorsements.responses.due import ask_about_opened_declarations
from endorsements.states import Answer, WhoMayEndorse
from tests.support.answers import Screen, levels
from tests.support.declarations import change_text, confirmed, make_declaration, open_declaration
from tests.support.endorsing import mails, text_of
from tests.support.members import make_contact, make_organisation

pytestmark = pytest.mark.django_db


def now() -> Any:
    return timezone.now()


@pytest.fixture
def members(home: Any) -> list[Any]:
    """Three members; the last has two contacts who answer."""
    rows = [make_organisation(f"Nurses of {place}", country="UG") for place in ("Arua", "Gulu", "Lira")]
    for number, row in enumerate((*rows, rows[-1])):
        make_contact(row, f"contact{number}@example.org")
    return rows


def where(page: Any, action: str) -> str:
    return reverse(f"declaration_{action}", args=(page.pk,))


def open_it(client: Client, page: Any, **fields: str) -> Any:
    """Open the page that asks, and press its button."""
    form = Screen(client.get(where(page, "open"))).hidden
    return client.post(where(page, "open"), {**form, "step": "do", **fields}, follow=True)


def asked(after: timedelta = timedelta(0)) -> list[str]:
    with time_machine.travel(now() + after, tick=False):
        ask_about_opened_declarations(now())
    return sorted(mail.recipient for mail in mails("invited"))


LATER = timedelta(minutes=11)


def test_the_page_says_how_many_are_emailed_and_what(secretary_client: Client, members: list[Any]) -> None:
    alone = make_organisation("Has no contact")
    page = make_declaration(live=False)
    InitialSignatory.objects.create(declaration=page, organisation=members[0])
    page.save_revision()
    answer = secretary_client.get(where(page, "open"))
    shown = Screen(answer)
    assert answer.context["form"]["ask"].initial is True
    assert "2 members, 3 emails" in shown.text
    assert alone.name in shown.text
    assert members[1].name in answer.context["member_email"].subject
    assert levels(open_it(secretary_client, page, ask="on")) == ["success"]
    assert asked() == [], "there are some minutes to stop it"
    screen = Screen(secretary_client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,))))
    assert where(page, "stop_asking") in screen.links
    assert len(asked(LATER)) == 3
    assert text_of(mails("invited")[0]).strip()


@pytest.mark.parametrize("how", ["left out", "stopped"])
def test_nobody_is_emailed_who_was_left_out_or_stopped_and_all_can_be_asked_later(
    secretary_client: Client, members: list[Any], how: str
) -> None:
    page = make_declaration(live=False)
    open_it(secretary_client, page, **({"ask": "on"} if how == "stopped" else {}))
    if how == "stopped":
        assert levels(secretary_client.post(where(page, "stop_asking"), {"shown": "open"}, follow=True)) == ["success"]
    assert asked(LATER) == []
    edit = Screen(secretary_client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,))))
    asking = reverse("member_answers:ask", args=(page.pk,))
    assert asking in edit.links
    answer = secretary_client.get(asking)
    assert "3 members, 4 emails" in Screen(answer).text
    assert answer.context["email"].subject
    assert levels(secretary_client.post(asking, {"shown": "3", "step": "do"}, follow=True)) == ["success"]
    assert len(mails("invited")) == 4


def test_it_is_too_late_to_stop_once_they_are_written(secretary_client: Client, members: list[Any]) -> None:
    page = open_declaration()
    assert levels(secretary_client.post(where(page, "stop_asking"), {"shown": "open"}, follow=True)) == ["warning"]
    assert len(asked()) == 4


@pytest.mark.parametrize("asks", [True, False])
def test_what_opens_by_itself_asks_as_the_page_says(members: list[Any], asks: bool) -> None:
    page = make_declaration(opens_at=now() - timedelta(minutes=1), asks_members=asks)
    declarations.open_sign_on(sign_on_of(page), by=None, now=now())
    assert bool(asked(LATER)) is asks


def test_a_declaration_for_people_asks_no_member(secretary_client: Client, members: list[Any]) -> None:
    page = make_declaration(live=False, who=WhoMayEndorse.PEOPLE)
    assert "ask" not in Screen(secretary_client.get(where(page, "open"))).fields
    open_it(secretary_client, page, ask="on")
    assert asked(LATER) == []


def test_earlier_signers_of_a_changed_text_are_announced(secretary_client: Client) -> None:
    page = make_declaration(live=False, closes_at=now() + timedelta(days=7))
    declarations.circulate(sign_on_of(page), by=None, now=now())
    confirmed(page)
    declarations.stop_circulating(sign_on_of(page), by=None, now=now())
    before = [len(secretary_client.get(where(page, action)).context["consequences"]) for action in ("open", "circulate")]
    change_text(page, "Pay them twice, and soon.")
    after = [len(secretary_client.get(where(page, action)).context["consequences"]) for action in ("open", "circulate")]
    assert [more - less for more, less in zip(after, before, strict=True)] == [1, 1]


# A new contact


@pytest.mark.parametrize("had_contacts", [True, False])
def test_a_new_contact_gets_one_email_about_all(home: Any, had_contacts: bool) -> None:
    member = make_organisation("Nurses of Lira")
    if had_contacts:
        make_contact(member, "first@example.org")
    pages = [open_declaration(f"Demand {number}") for number in range(3)]
    ask_about_opened_declarations(now())
    first = len(mails("invited"))
    assert first == (3 if had_contacts else 0) or len(mails("invited_to_several")) == 1
    new = make_contact(member, "new@example.org")
    for _twice in range(2):
        ask_about_opened_declarations(now())
    theirs = [mail for mail in mails() if mail.recipient == new.email]
    assert [mail.purpose for mail in theirs] == ["endorsements.invited_to_several"]
    assert all(page.title in text_of(theirs[0]) for page in pages)
    assert Invitation.objects.filter(organisation=member).count() == 3
    assert is_wanted(theirs[0])
    responses.record_answer(pages[0], new, answer=Answer.NO, now=now())
    assert is_wanted(theirs[0]), "two are still to be answered"
    declarations.close(sign_on_of(pages[1]), by=None, now=now())
    assert not is_wanted(theirs[0]), "it says that all of them are open"


def test_a_new_contact_for_one_declaration_gets_the_usual_email(home: Any) -> None:
    member = make_organisation("Nurses of Lira")
    open_declaration()
    ask_about_opened_declarations(now())
    make_contact(member, "new@example.org")
    ask_about_opened_declarations(now())
    assert [mail.purpose for mail in mails()] == ["endorsements.invited"]
