"""The contacts of an organisation: one for each mailbox, who stays the same when the address changes, what their links open then, and
who is asked in their place."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.mail.delivery import is_wanted
from core.models import MailedLink
from core.transitions import NotPossible
from endorsements.models import Invitation
from endorsements.responses import workflow as responses
from endorsements.responses.due import ask_about_opened_declarations
from endorsements.states import Answer
from members.membership import contacts as contact_changes
from members.membership import workflow as membership_workflow
from members.membership.emails import PROFILE, YEAR
from members.membership.workflow import ContactDetails
from members.models import AddressChange, Contact
from members.organisations import workflow as organisations
from members.organisations.exports import contacts
from tests.support.admin_forms import form_of, read_form
from tests.support.applying import base_of, link_in
from tests.support.declarations import open_declaration
from tests.support.members import mails, make_contact, make_organisation


def now() -> Any:
    return timezone.now()


def add_url(organisation: Any) -> str:
    return reverse("organisation_contact_add", args=(organisation.pk,))


def edit_url(contact: Contact) -> str:
    return reverse("organisation_contact_edit", args=(contact.organisation_id, contact.pk))


def told(address: str) -> list[str]:
    return [mail.purpose for mail in mails(recipient=address)]


def test_two_contacts_of_one_mailbox_are_an_error_in_the_admin(secretary_client: Client) -> None:
    organisation = make_organisation("Lira")
    ada = {"name": "Ada", "email": "ada@lira.example"}
    assert secretary_client.post(add_url(organisation), ada).status_code == 302
    answer = secretary_client.post(add_url(organisation), {"name": "Eve", "email": "ADA+eve@lira.example"})
    assert answer.context["form"].errors["email"]
    assert organisation.contacts.get().address_key == "ada@lira.example"
    assert told("ada@lira.example") == ["members.contact_named"]


def test_the_admin_changes_an_address_at_once_and_tells_both(secretary_client: Client) -> None:
    organisation = make_organisation("Lira")
    ada, out = (make_contact(organisation, f"{name}@lira.example", name=name) for name in ("ada", "out"))
    links = [base_of(contact, YEAR) for contact in (ada, out)]
    form = read_form(secretary_client, edit_url(ada))
    assert secretary_client.post(edit_url(ada), form | {"email": out.email}).context["form"].errors["email"]
    assert secretary_client.post(edit_url(ada), form | {"email": "new@lira.example"}).status_code == 302
    assert secretary_client.post(reverse("organisation_contact_remove", args=(organisation.pk, out.pk))).status_code == 302
    assert list(organisation.contacts.values_list("email", flat=True)) == ["new@lira.example"]
    assert [Client().get(link).status_code for link in links] == [404, 404]
    assert told("ada@lira.example") == ["members.address_changed"]
    assert told("new@lira.example") == ["members.contact_named"]
    assert told("out@lira.example") == ["members.contact_removed"]
    assert Client().post(link_in(mails(recipient="ada@lira.example")[0])).status_code == 200
    assert list(organisation.contacts.values_list("email", flat=True)) == ["ada@lira.example"], "the former address undid it"


def test_of_two_who_edit_a_contact_the_second_is_told_also_if_it_is_gone(secretary_client: Client, admin_client: Client) -> None:
    contact = make_contact(make_organisation("Lira"), "ada@lira.example", name="Ada", phone="1234567")
    mine = read_form(admin_client, edit_url(contact))
    secretary_client.post(edit_url(contact), read_form(secretary_client, edit_url(contact)) | {"phone": "2345678"})
    refused = admin_client.post(edit_url(contact), mine | {"phone": "3456789"})
    assert refused.context["form"].errors["phone"]
    assert form_of(refused)["phone"] == ["3456789"]
    contact.refresh_from_db()
    assert contact.phone == "2345678"
    contact.email = "new@lira.example"
    contact.save()
    gone = str(refused.request["PATH_INFO"])
    answer = admin_client.post(gone, mine | {"phone": "4567890"})
    assert answer.status_code == 200
    assert form_of(answer)["phone"] == ["4567890"]
    assert contact.organisation.contacts.count() == 1
    assert admin_client.get(gone).status_code == 302


# By an emailed link


def contacts_page(contact: Contact) -> str:
    return f"{base_of(contact, PROFILE)}contacts/"


def sent_by(page: str, **changes: str) -> dict[str, Any]:
    return read_form(Client(), page) | changes


def test_an_address_entered_by_link_is_used_once_it_is_confirmed(db: None) -> None:
    ada = make_contact(make_organisation("Lira"), "ada@lira.example", name="Ada", voting=True)
    page = contacts_page(ada)
    assert Client().post(page, sent_by(page, **{"form-0-email": "new@lira.example"})).status_code == 303
    assert ada.organisation.contacts.get().email == "ada@lira.example"
    assert (told("ada@lira.example"), told("new@lira.example")) == (["members.address_changed"], ["members.address_confirm"])
    confirm, stop = link_in(mails(recipient="new@lira.example")[0]), link_in(mails(recipient="ada@lira.example")[0])
    for link in (confirm, stop):
        assert Client().get(link).status_code == 200
    assert ada.organisation.contacts.get().email == "ada@lira.example", "opening a link does nothing"
    for _time in range(2):
        assert Client().post(confirm).status_code == 200
    assert ada.organisation.contacts.get().email == "new@lira.example"
    assert Client().post(stop).status_code == 200
    assert ada.organisation.contacts.get().email == "ada@lira.example"
    assert [Client().get(link).status_code for link in (confirm, stop)] == [404, 404]


def test_the_former_address_stops_it_and_another_one_replaces_the_request(db: None) -> None:
    ada = make_contact(make_organisation("Lira"), "ada@lira.example", name="Ada", voting=True)
    page = contacts_page(ada)
    for address in ("one@lira.example", "two@lira.example"):
        Client().post(page, sent_by(page, **{"form-0-email": address}))
    first, second = (AddressChange.objects.count(), AddressChange.objects.get().email)
    assert (first, second) == (1, "two@lira.example")
    assert Client().post(link_in(mails(recipient="ada@lira.example")[-1])).status_code == 200
    assert not AddressChange.objects.exists()
    assert ada.organisation.contacts.get().email == "ada@lira.example"


def test_who_is_added_or_removed_by_link_is_told(db: None) -> None:
    organisation = make_organisation("Lira")
    ada = make_contact(organisation, "ada@lira.example", name="Ada", voting=True, sort_order=0)
    make_contact(organisation, "out@lira.example", name="Out", sort_order=1)
    page = contacts_page(ada)
    new = {"form-1-DELETE": "on", "form-2-name": "Eve", "form-2-email": "eve@lira.example"}
    assert Client().post(page, sent_by(page, **new)).status_code == 303
    assert (told("out@lira.example"), told("eve@lira.example")) == (["members.contact_removed"], ["members.contact_named"])
    assert told("ada@lira.example") == []


@pytest.mark.parametrize(
    ("mine", "is_saved", "phones"),
    [
        ({"form-0-position": "Director"}, True, {"Ada": "", "Ben": "2345678", "New": ""}),
        ({"form-1-phone": "3456789"}, False, {"Ada": "", "Ben": "2345678", "New": ""}),
        ({"form-1-DELETE": "on"}, False, {"Ada": "", "Ben": "2345678", "New": ""}),
    ],
)
def test_two_colleagues_who_edit_the_contacts_do_not_undo_each_other(
    mine: dict[str, str], is_saved: bool, phones: dict[str, str], db: None
) -> None:
    organisation = make_organisation("Lira")
    ada = make_contact(organisation, "ada@lira.example", name="Ada", voting=True, sort_order=0)
    ben = make_contact(organisation, "ben@lira.example", name="Ben", sort_order=1, phone="1234567")
    page = contacts_page(ada)
    form = sent_by(page, **mine)
    ben.phone = "2345678"
    ben.save()
    make_contact(organisation, "new@lira.example", name="New", sort_order=2)
    answer = Client().post(page, form)
    assert answer.status_code == (303 if is_saved else 200)
    assert dict(organisation.contacts.values_list("name", "phone")) == phones
    if not is_saved:
        again = form_of(answer)
        assert again | {name: [value] for name, value in mine.items()} == again
        assert Client().post(page, again).status_code == 303
        assert dict(organisation.contacts.values_list("name", "phone")).get("Ben") == mine.get("form-1-phone")
        assert organisation.contacts.filter(name="New").exists()


def test_a_contact_without_a_role_is_in_an_export_of_all(secretary_client: Client) -> None:
    make_contact(make_organisation("Lira"), "nobody@lira.example", name="No Role", voting=False)
    for choice, is_in in (("", True), ("voting", False)):
        found = contacts(role=choice)
        assert found.filter(email="nobody@lira.example").exists() == is_in


def test_who_has_another_address_keeps_what_they_said_and_who_takes_over_has_said_nothing(db: None) -> None:
    organisation, declaration = make_organisation(), open_declaration()
    ada = make_contact(organisation, "ada@gmial.com", name="Ada Löve")
    responses.record_answer(declaration, ada, answer=Answer.NO, now=now())
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
    people = [ContactDetails("Ada Love", "ada@lira.example", roles=voting), ContactDetails("Eve", "eve@lira.example", roles=voting)]
    assert membership_workflow.change_contacts(organisation, people=people, now=now())
    contact_changes.confirm_address(AddressChange.objects.get(), now=now())
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
                ask_about_opened_declarations(now())
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
            assert responses.remind_members(declaration, by=None, now=now()) == chased, "not right after the question"
    responses.record_answer(declaration, eve, answer=Answer.NO, now=now())
    eve.email = "eve@gmail.com"
    eve.save()
    assert asked() == []
    Invitation.objects.update(answer="", answered_at=None)
    organisation.memberships.update(category="observer")
    assert asked() == []


def test_at_least_one_voting_contact_stays(db: None) -> None:
    organisation = make_organisation()
    gone = make_contact(organisation)
    voting = ContactDetails("Ada", "ada@lira.example", roles=frozenset({"voting"}))
    wrong: list[list[ContactDetails]] = [
        [],
        [ContactDetails("Ada", "ada@lira.example")],
        [voting, ContactDetails("Eve", "ADA@lira.example")],
    ]
    for typed in wrong:
        with pytest.raises(NotPossible):
            membership_workflow.change_contacts(organisation, people=typed, now=now())
    membership_workflow.send_profile_links(gone.email, now=now())
    wanted = [voting, ContactDetails("Eve", "eve@lira.example", roles=frozenset({"finance", "communications"}))]
    assert membership_workflow.change_contacts(organisation, people=wanted, now=now())
    assert not membership_workflow.change_contacts(organisation, people=wanted, now=now())
    assert [(one.name, one.roles) for one in organisation.contacts.order_by("sort_order")] == [
        ("Ada", ["Voting representative"]),
        ("Eve", ["Communications", "Finance"]),
    ]
    assert not MailedLink.objects.filter(purpose=PROFILE).exists()


def test_merging_keeps_who_answered_when_the_person_is_in_both(db: None) -> None:
    ada, same = (make_contact(make_organisation(name), "ada@lira.example") for name in ("Nurses", "The Nurses"))
    responses.record_answer(open_declaration(), same, answer=Answer.NO, now=now())
    assert organisations.merge(same.organisation, into=ada.organisation, by=None)
    assert Invitation.objects.get().answered_by == ada
