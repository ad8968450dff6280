"""The contacts of an organisation: one for each mailbox, who stays the same when the address changes, what their links open then, and
who is asked in their place."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from core.mail.delivery import is_wanted
from core.models import MailedLink
from core.states import MailState
from core.transitions import NotPossible
from endorsements.models import Invitation
from endorsements.responses import workflow as responses
from endorsements.responses.due import ask_members_of_what_opened
from endorsements.states import Answer
from members.membership import workflow as membership_workflow
from members.membership.emails import PROFILE, YEAR
from members.membership.workflow import Person
from members.models import Contact
from members.models.subjects import subject
from members.organisations import workflow as organisations
from tests.support.applying import base_of
from tests.support.declarations import open_declaration
from tests.support.members import mails, make_contact, make_organisation


def now() -> Any:
    return timezone.now()


def test_two_contacts_of_one_mailbox_are_a_message_in_the_admin(db: None, secretary: Any, signed_in: Any) -> None:
    contacts = [{"name": "Ada", "email": "ada@lira.example"}, {"name": "Eve", "email": "ADA+eve@lira.example"}]
    form = {"name": "Lira", "slug": "lira", "country": "", "memberships": inline_formset([]), "seats": inline_formset([])}
    address = reverse("wagtailsnippets_members_organisation:add")
    answer = signed_in(secretary).post(address, nested_form_data(form | {"contacts": inline_formset(contacts)}))
    assert "Two contacts have the same e-mail address." in answer.content.decode()
    answer = signed_in(secretary).post(address, nested_form_data(form | {"contacts": inline_formset(contacts[:1])}))
    assert answer.status_code == 302
    assert Contact.objects.get(organisation__slug="lira").address_key == "ada@lira.example"


def test_links_and_mails_to_a_former_address_end_once_the_admin_changed_it(db: None, secretary: Any, signed_in: Any, home: Any) -> None:
    organisation = make_organisation("Lira")
    ada, eve, out = (make_contact(organisation, f"{name}@lira.example") for name in ("ada", "eve", "out"))
    links = {contact.email: base_of(contact, YEAR) for contact in (ada, eve, out)}
    for address in links:
        membership_workflow.ask_for_link(address, now=now())
    membership = {"id": organisation.memberships.get().pk, "category": "member"}
    form = {
        "name": "Lira",
        "slug": "lira",
        "country": "",
        "memberships": inline_formset([membership], initial=1),
        "seats": inline_formset([]),
    }

    def save(*addresses: str) -> Any:
        rows = [{"id": row.pk, "name": "X", "email": email} for row, email in zip((ada, eve), addresses, strict=True)]
        rows.append({"id": out.pk, "name": "X", "email": out.email, "DELETE": "1"})
        data = nested_form_data(form | {"contacts": inline_formset(rows, initial=3)})
        return signed_in(secretary).post(reverse("wagtailsnippets_members_organisation:edit", args=(organisation.pk,)), data)

    assert "is still here with another contact" in save(eve.email, ada.email).content.decode()
    assert save("new@lira.example", "Eve+a@lira.example").status_code == 302
    assert sorted(organisation.contacts.values_list("email", flat=True)) == ["Eve+a@lira.example", "new@lira.example"]
    assert [Client().get(link).status_code for link in links.values()] == [404, 200, 404]
    assert [(mail.recipient, mail.state, bool(mail.content)) for mail in mails(purpose="members.profile")] == [
        ("", MailState.UNWANTED, False),
        (eve.email, MailState.WAITING, True),
        ("", MailState.UNWANTED, False),
    ]
    assert not MailedLink.objects.exclude(subject=subject(eve)).exists()


def test_who_has_another_address_keeps_what_they_said_and_who_takes_over_has_said_nothing(db: None) -> None:
    organisation, declaration = make_organisation(), open_declaration()
    ada = make_contact(organisation, "ada@gmial.com", name="Ada Löve")
    responses.answer(declaration, ada, word=Answer.NO, now=now())
    change = membership_workflow.propose_change(organisation, contact=ada, values={"acronym": "NoL"}, now=now())
    assert change
    link = base_of(ada, YEAR)

    def authors() -> set[Contact | None]:
        change.refresh_from_db()
        return {Invitation.objects.get().answered_by, change.contact}

    ada.email = "ada@gmail.com"
    ada.save()
    assert authors() == {organisation.contacts.get()} == {ada}
    voting = frozenset({"voting"})
    people = [Person("Ada Love", "ada@lira.example", roles=voting), Person("Eve", "eve@lira.example", roles=voting)]
    assert membership_workflow.change_contacts(organisation, people=people, now=now())
    assert authors() == {organisation.contacts.get(email="ada@lira.example")}
    assert Client().get(link).status_code == 404
    ada = organisation.contacts.get(name="Ada Love")
    link = base_of(ada, YEAR)
    ada.name, ada.email = "Bea", "bea@lira.example"
    ada.save()
    assert (authors(), sorted(organisation.contacts.values_list("name", flat=True))) == ({None}, ["Bea", "Eve"])
    assert Client().get(link).status_code == 404


def test_who_follows_while_the_member_is_silent_is_asked_about_what_is_open_as_if_nobody_had_been(home: Any) -> None:
    organisation, declaration = make_organisation(), open_declaration(closes_at=now() + timedelta(days=30))
    ada, eve = make_contact(organisation, "ada@gmial.com", name="Ada"), make_contact(organisation, "eve@lira.example", name="Eve")

    def asked(*, after: int = 0) -> list[str]:
        """To whom two runs write, so many days later."""
        before = len(mails(purpose="endorsements.invited"))
        with time_machine.travel(now() + timedelta(days=after), tick=False):
            for _time in range(2):
                ask_members_of_what_opened(now())
        return [mail.recipient for mail in mails(purpose="endorsements.invited")[before:]]

    assert asked() == ["ada@gmial.com", "eve@lira.example"]
    ada.email = "ada@gmail.com"
    ada.save()
    assert asked() == ["ada@gmail.com"]
    assert is_wanted(mails(purpose="endorsements.invited")[-1])
    ada.name, ada.email = "Bea", "bea@lira.example"
    ada.save()
    assert asked(after=15) == [], "after two weeks it is for the secretariat to ask"
    assert asked(after=3) == ["bea@lira.example"]
    for days, chased in ((4, 0), (6, 1)):
        with time_machine.travel(now() + timedelta(days=days), tick=False):
            assert responses.chase(declaration, by=None, now=now()) == chased, "not right after the question"
    responses.answer(declaration, eve, word=Answer.NO, now=now())
    eve.email = "eve@gmail.com"
    eve.save()
    assert asked() == []
    Invitation.objects.update(answer="", answered_at=None)
    organisation.memberships.update(category="observer")
    assert asked() == []


def test_at_least_one_voting_contact_stays(db: None) -> None:
    organisation = make_organisation()
    gone = make_contact(organisation)
    voting = Person("Ada", "ada@lira.example", roles=frozenset({"voting"}))
    wrong: list[list[Person]] = [[], [Person("Ada", "ada@lira.example")], [voting, Person("Eve", "ADA@lira.example")]]
    for typed in wrong:
        with pytest.raises(NotPossible):
            membership_workflow.change_contacts(organisation, people=typed, now=now())
    membership_workflow.ask_for_link(gone.email, now=now())
    wanted = [voting, Person("Eve", "eve@lira.example", roles=frozenset({"finance", "communications"}))]
    assert membership_workflow.change_contacts(organisation, people=wanted, now=now())
    assert not membership_workflow.change_contacts(organisation, people=wanted, now=now())
    assert [(one.name, one.roles) for one in organisation.contacts.order_by("sort_order")] == [
        ("Ada", ["Voting representative"]),
        ("Eve", ["Communications", "Finance"]),
    ]
    assert not MailedLink.objects.filter(purpose=PROFILE).exists()


def test_merging_keeps_who_answered_when_the_person_is_in_both(db: None) -> None:
    ada, same = (make_contact(make_organisation(name), "ada@lira.example") for name in ("Nurses", "The Nurses"))
    responses.answer(open_declaration(), same, word=Answer.NO, now=now())
    assert organisations.merge(same.organisation, into=ada.organisation, by=None)
    assert Invitation.objects.get().answered_by == ada
