"""A member that was asked about an open declaration answers with one button: by the link in its mail, or on its own page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import ModelLogEntry

from core.models import OutgoingMail
from endorsements.declarations.workflow import close
from endorsements.models import Endorsement, Invitation
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation.checks import checks_of
from endorsements.responses import emails as responses_emails
from endorsements.responses import workflow as responses
from endorsements.responses.due import ask_about_opened_declarations
from endorsements.responses.queries import organisations_with_response
from endorsements.signing import workflow as signing
from endorsements.signing.known import verify
from endorsements.signing.workflow import Outcome
from endorsements.states import Answer, ListingRule, Source, State
from members.membership.emails import PROFILE
from members.models import Contact, Membership, Organisation
from members.organisations.workflow import merge
from privacy.erase import erase
from privacy.export import export
from tests.support.answers import Screen
from tests.support.applying import base_of, stamped
from tests.support.concurrency import at_once
from tests.support.declarations import endorse, open_declaration, submitted
from tests.support.endorsing import hidden, link_in, mails, new_text, words
from tests.support.members import days_ago, make_contact, make_organisation


def now() -> Any:
    return timezone.now()


def in_days(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def member(home: Any) -> Organisation:
    return make_organisation("Nurses of Lira", acronym="NoL", country="UG", website="https://nurses-lira.example/")


@pytest.fixture
def contact(member: Organisation) -> Contact:
    return make_contact(member, "nandi@gmail.com", position="Chair")


@pytest.fixture
def declaration(contact: Contact) -> Any:
    return open_declaration()


def ask() -> str | None:
    return ask_about_opened_declarations(now())


def asked_link() -> str:
    """The path of the link in the last mail that asked."""
    return link_in(mails("invited")[-1], "answer")


def press(path: str, action: str, **data: str) -> Any:
    """Press a button of the page, with what its forms carry."""
    client = Client()
    return client.post(path, {**hidden(client.get(path)), "action": action, **data})


def response_of(declaration: Any, organisation: Organisation) -> Answer:
    return organisations_with_response(declaration, now()).get(pk=organisation.pk).response


def given(declaration: Any) -> Any:
    return Endorsement.objects.for_declaration(declaration)


# Answering: each answer from each


SAY: dict[str, Callable[[Any, Contact], Outcome]] = {
    "yes": endorse,
    "deciding": lambda page, contact: responses.record_answer(page, contact, answer=Answer.DECIDING, until=in_days(3), now=now()),
    "no": lambda page, contact: responses.record_answer(page, contact, answer=Answer.NO, now=now()),
}


@pytest.mark.one_database
def test_each_answer_may_follow_each_while_it_is_open(declaration: Any, contact: Contact, member: Organisation) -> None:
    for before in ("silent", *SAY):
        for after, say in SAY.items():
            responses.ask_members(declaration, now=now())
            if before in SAY:
                assert SAY[before](declaration, contact) == Outcome.DONE
            stays = before == "yes"
            assert say(declaration, contact) == (Outcome.ALREADY_ENDORSED if stays else Outcome.DONE), (before, after)
            assert response_of(declaration, member) == (before if stays else after)
            for rows in (given(declaration), Invitation.objects, OutgoingMail.objects):
                rows.all().delete()
    close(sign_on_of(declaration), by=None, now=now())
    assert [say(declaration, contact) for say in SAY.values()] == [Outcome.CLOSED] * 3


def test_the_same_answer_twice_is_one_and_a_day_must_be_one_on_which_it_can_endorse(declaration: Any, contact: Contact) -> None:
    for _time in range(2):
        SAY["deciding"](declaration, contact)
    assert ModelLogEntry.objects.filter(action="endorsements.answer").count() == 1
    for day in (in_days(0), in_days(8), in_days(400)):
        with pytest.raises(ValueError, match="on that day"):
            responses.record_answer(declaration, contact, answer=Answer.DECIDING, until=day, now=now())


def test_endorsing_lists_the_member_at_once_with_its_consent_and_its_mail(declaration: Any, contact: Contact, member: Organisation) -> None:
    """The address is free mail, which as a form's would have waited for the secretariat."""
    assert endorse(declaration, contact) == Outcome.DONE
    row = given(declaration).get()
    assert (row.state, row.source, row.organisation, verify([row])[0].is_verified) == (State.LISTED, Source.MEMBER, member, True)
    assert (row.name, row.acronym, row.signatory, row.role, row.email) == (member.name, "NoL", contact.name, "Chair", contact.email)
    assert list(row.consents.values_list("purpose", "given", "wording")) == [
        ("authority", True, "I am authorised to sign for this organisation.")
    ]
    assert link_in(mails("confirmed")[0], "manage")
    assert [check.tone for check in checks_of([row])[row.pk].checks] == ["good", "plain"]
    signing.withdraw(row, shown=False, now=now())
    assert response_of(declaration, member) == Answer.NO, "who took its name back is not asked again as if it were silent"
    strict = open_declaration("Strict", organisation_rule=ListingRule.NONE)
    endorse(strict, contact)
    assert given(strict).get().state == State.CONFIRMED


def test_a_form_that_waits_for_its_mail_is_not_in_the_way(declaration: Any, contact: Contact, member: Organisation) -> None:
    same = {"name": member.name, "country": "UG", "website": member.website}
    colleague = submitted(declaration, email="colleague@nurses-lira.example", **same)
    mine = submitted(declaration, email=contact.email, **same)
    assert endorse(declaration, contact) == Outcome.DONE
    mine.refresh_from_db()
    assert (mine.state, mine.merged_into.state, mine.merged_into.source) == (State.WITHDRAWN, State.LISTED, Source.MEMBER)
    version = sign_on_of(declaration).version
    assert signing.confirm(colleague, version=version, now=now()) == Outcome.ALREADY_ENDORSED
    assert given(declaration).live().count() == 1


@pytest.mark.one_database
def test_a_new_text_is_shown_before_it_is_signed(declaration: Any, contact: Contact) -> None:
    ask()
    link = asked_link()
    carried = hidden(Client().get(link))
    new_text(declaration)
    answered = Client().post(link, {**carried, "action": "endorse"})
    assert answered.status_code == 200
    assert hidden(answered)["version"] == str(sign_on_of(declaration).version.pk)
    assert not given(declaration).exists()
    assert press(link, "endorse").status_code == 303
    assert given(declaration).get().version.number == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_leave_one_endorsement_and_asking_at_once_asks_once() -> None:
    member = make_organisation("Nurses of Lira", country="UG")
    contacts = [make_contact(member, f"n{number}@lira.example") for number in range(4)]
    declaration = open_declaration()
    version = sign_on_of(declaration).version
    assert sum(at_once(4, lambda _number: responses.ask_members(declaration, now=now()))) == 1
    contacts[0].email = "new@lira.example"
    contacts[0].save()
    assert sum(at_once(4, lambda _number: responses.ask_all([(declaration, [member.pk])], because_of=[declaration], now=now()))) == 1
    assert len(mails("invited")) == 5
    came = at_once(20, lambda number: responses.endorse(declaration, contacts[number % 4], version=version, now=now()))
    assert sorted({one.name for one in came}) == ["ALREADY_ENDORSED", "DONE"]
    assert came.count(Outcome.DONE) == given(declaration).count() == len(mails("confirmed")) == 1


# Links


@pytest.mark.one_database
def test_the_link_asks_and_each_button_answers(declaration: Any, contact: Contact) -> None:
    ask()
    link = asked_link()
    before = list(Invitation.objects.values())
    page = Client().get(link)
    for told in (
        "Pay them on time.",
        "What we ask for.",
        "Nurses of Lira",
        "Nabirye Nandi",
    ):
        assert told in words(page), told
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies
    assert Client().head(link).status_code == 200
    assert list(Invitation.objects.values()) == before
    for day in ("yesterday", in_days(30).isoformat()):
        assert press(link, "deciding", until=day).status_code == 200
    assert response_of(declaration, contact.organisation) == "silent"
    assert press(link, "deciding", until=in_days(2).isoformat()).status_code == 303
    assert response_of(declaration, contact.organisation) == Answer.DECIDING
    assert date_format(in_days(2), "j F Y") in words(Client().get(link))
    assert press(link, "no").status_code == 303
    assert response_of(declaration, contact.organisation) == Answer.NO
    assert press(link, "nonsense").status_code == 200
    assert press(link, "endorse").status_code == 303
    assert Screen(Client().get(link)).actions == []
    assert press(link, "endorse").status_code == 303
    assert given(declaration).count() == 1


def test_a_link_says_why_it_does_nothing_any_more(declaration: Any, contact: Contact) -> None:
    ask()
    link = asked_link()
    assert Client().get("/endorsements/answer/x/").status_code == 404
    assert Client().get(link.replace("/answer/", "/manage/")).status_code == 404
    with time_machine.travel(now() + responses_emails.LIFETIME + timedelta(days=1), tick=False):
        assert Client().get(link).status_code == 410
    declaration.unpublish()
    assert Screen(Client().get(link)).actions == []
    assert "Pay health workers" not in words(Client().get(link))
    assert Client().post(link, {"action": "no"}).status_code == 409
    declaration.save_revision().publish()
    close(sign_on_of(declaration), by=None, now=now())
    assert Screen(Client().get(link)).actions == []
    assert Client().post(link, {"action": "endorse"}).status_code == 409
    Membership.objects.update(since=days_ago(5).date(), until=days_ago(1).date())
    for _time in range(2):
        assert Screen(Client().get(link)).actions == []
        assert Client().post(link, {"action": "endorse"}).status_code in (404, 409)
        Contact.objects.filter(pk=contact.pk).delete()
    assert not given(declaration).exists()


@pytest.mark.one_database
def test_on_its_own_page_a_member_finds_what_is_open_and_what_it_endorsed(declaration: Any, contact: Contact) -> None:
    base = base_of(contact, PROFILE)
    secret = open_declaration("Embargoed", live=False)
    secret.unpublish()
    assert "Pay health workers" in words(Client().get(base))
    assert "Embargoed" not in words(Client().get(base))
    address = f"{base}declarations/{declaration.pk}/"
    typed = stamped(address, **hidden(Client().get(address)), action="deciding", until=in_days(2).isoformat())
    assert Client().post(address, typed).url == address
    assert date_format(in_days(2), "j F Y") in words(Client().get(base))
    assert Invitation.objects.get().asked_at is None
    with time_machine.travel(now() + timedelta(minutes=30), tick=False):
        assert Client().get(address).status_code == 410
        assert Client().post(address, {**typed, "action": "endorse"}).status_code == 200
    assert given(declaration).get().organisation == contact.organisation
    assert Client().get(f"{base}declarations/{secret.pk}/").status_code == 200
    assert Client().get(f"{base}declarations/99999999/").status_code == 404
    finance = make_contact(contact.organisation, "money@lira.example", voting=False, finance=True)
    other = f"{base_of(finance, PROFILE)}declarations/{declaration.pk}/"
    assert Screen(Client().get(other)).actions == []


# Merging, erasing


def test_merging_keeps_the_latest_answer_and_the_links_work(declaration: Any, contact: Contact, member: Organisation) -> None:
    twin = make_organisation("Lira Nurses", country="UG")
    other = make_contact(twin, "other@lira.example")
    assert ask() == "2 asked"
    link = link_in(next(mail for mail in mails("invited") if mail.recipient == other.email), "answer")
    responses.record_answer(declaration, other, answer=Answer.NO, now=now())
    assert merge(twin, into=member, by=None)
    row = Invitation.objects.get()
    assert (row.organisation, row.answer, row.answered_by) == (member, "no", other)
    assert Screen(Client().get(link)).actions != []
    assert export(other.email)["answers to declarations"][0]["answer"] == "no"
    erase(other.email, by=None, now=now())
    row.refresh_from_db()
    assert (row.answer, row.answered_by) == ("no", None)
    assert not OutgoingMail.objects.filter(recipient=other.email).exists()
