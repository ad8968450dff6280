"""When a declaration opens its members are asked, the silent are reminded once, and the secretariat sees who said what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.mail.delivery import is_wanted
from endorsements.declarations.workflow import close
from endorsements.models import DeclarationPage, Endorsement, Invitation
from endorsements.models.sign_on import sign_on_of
from endorsements.responses import workflow as responses
from endorsements.responses.due import ask_about_opened_declarations
from endorsements.responses.queries import organisations_with_response
from endorsements.signing.workflow import Outcome
from endorsements.states import Answer, WhoMayEndorse
from members.models import Contact, Membership
from tests.support.admin_screen import words
from tests.support.declarations import confirmed, endorse, open_declaration
from tests.support.endorsing import mails, text_of
from tests.support.members import days_ago, make_contact, make_organisation, make_silent

SignIn = Callable[[Any], Client]


def now() -> Any:
    return timezone.now()


def in_days(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def contact(home: Any) -> Contact:
    return make_contact(make_organisation("Nurses of Lira", country="UG"), "nandi@gmail.com")


@pytest.fixture
def declaration(contact: Contact) -> Any:
    return open_declaration()


def ask() -> str | None:
    return ask_about_opened_declarations(now())


# Asking


def test_when_it_opens_each_voting_representative_of_a_member_is_asked_once(declaration: Any, contact: Contact) -> None:
    member = contact.organisation
    second, alternate = make_contact(member, "two@lira.example"), make_contact(member, "x@lira.example", voting=False, alternate=True)
    observer, dormant = make_organisation("Observes", category="observer"), make_organisation("Sleeps")
    later, former = make_organisation("Joined later", since=in_days(1)), make_organisation("Left")
    make_organisation("Has no contact")
    for place, organisation in enumerate((observer, dormant, later, former)):
        make_contact(organisation, f"someone{place}@example.org")
    make_silent(dormant)
    Membership.objects.filter(organisation=former).update(since=days_ago(9).date(), until=days_ago(1).date())
    assert ask() == "1 asked"
    assert ask() == ""
    assert {mail.recipient for mail in mails("invited")} == {"nandi@gmail.com", second.email}
    assert "Does Nurses of Lira stand behind it?" in text_of(mails("invited")[0])
    assert all(mail.sealed and is_wanted(mail) for mail in mails("invited"))
    on_their_own_page = [endorse(declaration, organisation.contacts.get()) for organisation in (observer, dormant)]
    assert on_their_own_page == [Outcome.DONE, Outcome.DONE]
    assert organisations_with_response(declaration, now()).get(pk=observer.pk).response == Answer.YES
    assert alternate.email not in str([mail.recipient for mail in mails()])
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        assert ask() == "", "who joins later, or gets a contact later, is not written to by the clock about what was open before"


def test_the_clock_asks_about_nothing_that_is_over_secret_or_for_people(declaration: Any, contact: Contact) -> None:
    rows, moment = DeclarationPage.objects.filter(pk=declaration.pk), now()
    for changed, back in (
        ({"who": WhoMayEndorse.PEOPLE}, {"who": WhoMayEndorse.BOTH}),
        ({"live": False}, {"live": True}),
        ({"closes_at": moment}, {"closes_at": moment + timedelta(days=30)}),
    ):
        rows.update(**changed)
        assert ask() == "", changed
        assert responses.ask_members(rows.get(), now=now()) == 0
        rows.update(**back)
    with time_machine.travel(moment + timedelta(days=15), tick=False):
        assert ask() == "", "after two weeks it is for the secretariat to ask"
    endorse(declaration, contact)
    assert ask() == "", "it stands there"
    Endorsement.objects.for_declaration(declaration).delete()
    Invitation.objects.all().delete()
    close(sign_on_of(declaration), by=None, now=now())
    assert ask() == ""


def test_a_mail_is_not_sent_when_the_question_is_answered_meanwhile(declaration: Any, contact: Contact) -> None:
    ask()
    [mail] = mails("invited")
    assert is_wanted(mail)
    responses.record_answer(declaration, contact, answer=Answer.NO, now=now())
    assert not is_wanted(mail)
    Invitation.objects.update(answer="", answered_at=None)
    Contact.objects.update(voting=False)
    make_contact(contact.organisation, "new@lira.example")
    assert not is_wanted(mail), "somebody else answers for it now"
    Contact.objects.all().delete()
    assert not is_wanted(mail)


# Chasing


def test_the_silent_are_reminded_once_ever(declaration: Any, contact: Contact) -> None:
    overdue, late, said_no = (make_organisation(name, country="KE") for name in ("Overdue", "Still deciding", "Said no"))
    for organisation in (overdue, late, said_no):
        make_contact(organisation, f"{organisation.slug}@example.org")
    assert ask() == "4 asked"
    for organisation, day in ((overdue, 1), (late, 5)):
        responses.record_answer(declaration, organisation.contacts.get(), answer=Answer.DECIDING, until=in_days(day), now=now())
    responses.record_answer(declaration, said_no.contacts.get(), answer=Answer.NO, now=now())
    assert responses.remind_members(declaration, by=None, now=now()) == 0, "they were asked a moment ago"
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        assert responses.remind_members(declaration, by=None, now=now()) == 2
        assert {mail.recipient for mail in mails("reminded")} == {contact.email, "overdue@example.org"}
        assert all(is_wanted(mail) for mail in mails("reminded"))
        assert responses.remind_members(declaration, by=None, now=now()) == 0
    with time_machine.travel(now() + timedelta(days=6), tick=False):
        assert responses.remind_members(declaration, by=None, now=now()) == 1, "by now the other should have decided too"
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert responses.remind_members(declaration, by=None, now=now()) == 0
    assert [entry.data["count"] for entry in ModelLogEntry.objects.filter(action="endorsements.chase_members").order_by("pk")] == [2, 1]


# The secretariat's screen


def test_the_secretariat_sees_the_answers_asks_and_chases(
    declaration: Any, contact: Contact, secretary: Any, editor: Any, signed_in: SignIn
) -> None:
    make_organisation("Has no contact")
    secretary_client = signed_in(secretary)
    screen = reverse("member_answers:declaration", args=(declaration.pk,))
    assert screen in secretary_client.get(reverse("wagtailadmin_pages:edit", args=(declaration.pk,))).content.decode()
    shown = words(secretary_client.get(screen))
    for told in ("Ask those not asked yet", "Nobody to write to", "Not asked yet."):
        assert told in shown, told
    asking = reverse("member_answers:ask", args=(declaration.pk,))
    assert "Ask 1 member whether it endorses" in words(secretary_client.get(asking))
    assert "the number has changed" in words(secretary_client.post(asking, {"shown": "7"}, follow=True))
    assert "1 organisation was asked." in words(secretary_client.post(asking, {"shown": "1"}, follow=True))
    assert "Nobody is left to write to" in words(secretary_client.get(asking))
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        secretary_client.force_login(secretary)
        assert "Chase the silent" in words(secretary_client.get(screen))
        chasing = reverse("member_answers:chase", args=(declaration.pk,))
        assert "1 organisation was reminded." in words(secretary_client.post(chasing, {"shown": "1"}, follow=True))
    responses.record_answer(declaration, contact, answer=Answer.NO, now=now())
    filtered = words(secretary_client.get(screen, {"answer": "no"}))
    assert "Nabirye Nandi" in filtered
    assert "Has no contact" not in filtered
    assert declaration.title in words(secretary_client.get(reverse("member_answers:index")))
    for page in (screen, asking, reverse("member_answers:index")):
        assert signed_in(editor).get(page).status_code == 302, page


def test_the_answers_are_read_by_page(
    declaration: Any, contact: Contact, secretary_client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        make_contact(make_organisation(f"Nurses {number:02}"), f"n{number}@example.org")
    screen = reverse("member_answers:declaration", args=(declaration.pk,))
    with django_assert_max_num_queries(40):
        first = secretary_client.get(screen)
    second = secretary_client.get(screen, {"p": 2})
    assert len(first.context["lines"]) == 50
    assert {one["line"].organisation for one in first.context["lines"]}.isdisjoint(
        one["line"].organisation for one in second.context["lines"]
    )
    assert first.context["total"] == len(first.context["lines"]) + len(second.context["lines"])


def test_a_claim_in_the_name_of_a_member_is_not_its_answer(declaration: Any, contact: Contact) -> None:
    member = contact.organisation
    claim = confirmed(declaration, name=member.name, website="", email="somebody@elsewhere.example")
    assert claim.organisation == member
    assert organisations_with_response(declaration, now()).get(pk=member.pk).response == Answer.UNASKED
    assert ask() == "1 asked"
    endorse(declaration, contact)
    assert organisations_with_response(declaration, now()).get(pk=member.pk).response == Answer.YES
