"""Erasing a person never erases what an organisation did, and finds them by the addresses they had before."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.mail.queue import enqueue
from core.models import EarlierAddress, OutgoingMail
from endorsements.models import Invitation
from endorsements.moderation import workflow as moderation
from endorsements.states import State
from members.committee import workflow as committee
from members.membership.contacts import confirm_address
from members.membership.workflow import ContactDetails, change_contacts
from members.models import AddressChange, Application, Contact, Seat
from members.states import ApplicationState
from privacy.erase import erase
from privacy.export import export
from tests.support.admin_screen import words
from tests.support.declarations import PERSON, confirmed, delivered, open_declaration
from tests.support.declarations import submitted as typed_in
from tests.support.emails import a_mail
from tests.support.members import APPLICANT, checking, make_contact, make_organisation, submitted, with_committee
from tests.support.privacy import erase_expired

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SCREEN = reverse("personal_data:index")
OLD, NEW = "ada@old.example", "ada@new.example"


def now() -> Any:
    return timezone.now()


@pytest.mark.parametrize("state", ["listed", "queued"])
def test_the_endorsement_of_an_organisation_stays_without_its_signer(secretary_client: Client, client: Client, state: str) -> None:
    page = open_declaration()
    row = confirmed(page, news=True)
    if state == "listed" and row.state != State.LISTED:
        moderation.approve(row, by=None, now=now())
    elif state == "queued":
        moderation.hold(row, by=None, now=now())
    moderation.write_note(row, note="Rang Akello.", by=None)
    row.refresh_from_db()
    before = (row.state, row.name, str(row.country), row.website, row.key, row.listed_at)
    delivery, email = delivered(page) if state == "listed" else None, row.email
    answer = secretary_client.post(SCREEN, {"query": email, "action": "erase", "chosen": f"endorsements.endorsement:{row.pk}"})
    assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.state, row.name, str(row.country), row.website, row.key, row.listed_at) == before
    assert {row.signatory, row.role, row.email, row.address_key, row.note, row.second_email} == {""}
    assert not row.wants_updates
    assert not OutgoingMail.objects.filter(recipient=email).exists()
    if delivery:
        content = delivery.content
        delivery.refresh_from_db()
        assert delivery.content == content
        assert row.name in client.get(page.get_url()).content.decode()
    assert erase(email, by=None, now=now()) == {}


@pytest.mark.parametrize("base", [PERSON, {}])
def test_a_person_s_own_endorsement_and_a_claim_that_nobody_confirmed_are_erased_whole(base: dict[str, Any]) -> None:
    page = open_declaration()
    row = confirmed(page, PERSON) if base else typed_in(page)
    erase(row.email, by=None, now=now())
    row.refresh_from_db()
    assert (row.state, row.name, row.email) == (State.ERASED, "", "")


@pytest.mark.parametrize("state", [ApplicationState.ACCEPTED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN])
def test_a_decided_application_stays_without_the_applicant(state: str) -> None:
    row = submitted()
    Application.objects.filter(pk=row.pk).update(state=state, ended_at=now(), decision_message="Dear Akello")
    row.notes.create(text="Akello rang.")
    erase(APPLICANT, by=None, now=now())
    row.refresh_from_db()
    assert (row.state, row.name, bool(row.work), row.second_name) == (state, "Midwives of Gulu", True, "Opio Okot")
    assert {row.email, row.representative_name, row.representative_email, row.representative_phone, row.decision_message} == {""}
    assert not row.notes.exists()
    assert "applications" not in export(APPLICANT)
    erase_expired(now() + timedelta(days=800))
    row.refresh_from_db()
    assert row.name == ""


def test_a_vote_and_its_reason_stay_and_other_voters_keep_their_names() -> None:
    row = checking()
    first, second = with_committee(row).votes.order_by("pk")[:2]
    committee.cast_vote(first, choice="objection", reason="They recruit without papers.", now=now())
    erase(first.email, by=None, now=now())
    first.refresh_from_db()
    assert (first.person_name, first.email, first.choice, first.reason) == ("", "", "objection", "They recruit without papers.")
    erase(APPLICANT, by=None, now=now())
    second.refresh_from_db()
    assert second.person_name


def test_an_answer_of_a_member_stays() -> None:
    contact = make_contact(make_organisation("Health Union"), OLD, name="Ada")
    row = Invitation.objects.create(
        organisation=contact.organisation, declaration=open_declaration(), answer="no", answered_by=contact, answered_at=now()
    )
    erase(OLD, by=None, now=now())
    row.refresh_from_db()
    assert (row.answer, row.answered_by) == ("no", None)


# Earlier addresses


def _by_the_member() -> Any:
    contact = make_contact(make_organisation("Health Union"), OLD, name="Ada", voting=True)
    change_contacts(contact.organisation, people=[ContactDetails(name="Ada", email=NEW, roles=frozenset({"voting"}))], now=now())
    confirm_address(AddressChange.objects.get(), now=now())
    return Contact.objects.get(organisation=contact.organisation)


def _contact() -> Any:
    contact = make_contact(make_organisation("Health Union"), OLD, name="Ada")
    contact.email = NEW
    contact.save()
    return contact


def _seat() -> Any:
    seat = Seat.objects.create(organisation=make_organisation("Health Union"), person_name="Ada", person_email=OLD)
    seat.person_email = NEW
    seat.save()
    return seat


def _representative() -> Any:
    row = submitted(representative_email=OLD, representative_name="Ada")
    row.representative_email = NEW
    row.save(update_fields=["representative_email"])
    return row


@pytest.mark.parametrize("make", [_by_the_member, _contact, _seat, _representative])
@pytest.mark.parametrize("asked", [OLD, NEW, "Ada+x@OLD.example"])
def test_a_person_is_found_by_the_address_they_have_and_those_they_had(make: Any, asked: str) -> None:
    row = make()
    for address in (OLD, NEW):
        enqueue(a_mail(address), key=address, purpose="test")
    told = export(asked)
    assert {"contacts", "seats and votes", "applications"} & set(told)
    assert {mail["recipient"] for mail in told["mails"]} >= {OLD, NEW}
    erase(asked, by=None, now=now())
    assert not OutgoingMail.objects.filter(recipient__in=(OLD, NEW)).exists()
    assert export(OLD) == export(NEW) == {}
    assert not EarlierAddress.objects.exists()
    assert not Contact.objects.filter(pk=row.pk, email=NEW).exists()


def test_whoever_takes_over_is_not_found_by_the_address_of_the_one_before() -> None:
    contact = make_contact(make_organisation("Health Union"), OLD, name="Ada", voting=True)
    seat = Seat.objects.create(organisation=contact.organisation, person_name="Ada", person_email=OLD)
    change_contacts(contact.organisation, people=[ContactDetails("Ben", NEW, roles=frozenset({"voting"}))], now=now())
    seat.person_name, seat.person_email = "Ben", NEW
    seat.save()
    assert set(export(OLD)) <= {"mails"}
    assert set(export(NEW)) - {"mails"} == {"contacts", "seats and votes"}


def test_the_screen_says_by_what_it_found(secretary_client: Client) -> None:
    _contact()
    found = words(secretary_client.post(SCREEN, {"query": OLD}))
    assert "found by an earlier address" in found
    assert "found by an earlier address" not in words(secretary_client.post(SCREEN, {"query": NEW}))


def test_an_earlier_address_is_forgotten_after_two_years() -> None:
    _contact()
    erase_expired(now() + timedelta(days=729))
    assert EarlierAddress.objects.exists()
    erase_expired(now() + timedelta(days=731))
    assert not EarlierAddress.objects.exists()
