"""Somebody else's address in an application: no vote, no link and no question before its owner has pressed the button."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import OutgoingMail
from endorsements.responses.queries import contacts_to_ask, may_answer
from members.committee.queries import voters
from members.membership import workflow as membership
from members.membership.emails import PROFILE
from members.membership.reminders import reachable_contacts
from members.models import Contact, Organisation, Seat
from members.models.subjects import subject
from members.review import workflow as review
from members.states import NotAsked, VotingRule
from tests.support import admin_screen
from tests.support.endorsing import press, text_of, words
from tests.support.members import agreed, checking, has_link

DIRECTOR, SECOND, STRANGER = "director@midwives-gulu.example", "opio@midwives-gulu.example", "stranger@gmail.com"


@pytest.fixture
def member(db: None) -> Organisation:
    """Admitted after an application of a stranger, who named others as its representatives."""
    application = agreed(email=STRANGER, representative_email=DIRECTOR)
    admitted = review.accept(application, by=None, now=timezone.now())
    assert admitted
    return admitted


def contact(member: Organisation, address: str = DIRECTOR) -> Contact:
    return Contact.objects.get(organisation=member, email=address)


def confirm_path(address: str) -> str:
    mail = OutgoingMail.objects.filter(purpose="members.contact_confirm", recipient=address).latest("pk")
    return "/members/contact/" + text_of(mail).partition("/members/contact/")[2].split()[0]


def test_who_was_only_named_is_asked_and_cannot_act_before(member: Organisation) -> None:
    assert {row.email: row.confirmed_at for row in member.contacts.all()} == {DIRECTOR: None, SECOND: None}
    assert set(OutgoingMail.objects.filter(purpose="members.contact_confirm").values_list("recipient", flat=True)) == {DIRECTOR, SECOND}
    assert [mail.recipient for mail in OutgoingMail.objects.filter(purpose="members.welcome")] == [STRANGER]
    assert Contact.objects.filter(organisation=member).representatives() == []
    assert (contacts_to_ask([member]), may_answer(contact(member))) == ({}, False)
    membership.send_profile_links(DIRECTOR, now=timezone.now())
    assert not has_link(PROFILE, subject(contact(member)))
    Client().get(confirm_path(DIRECTOR))
    assert contact(member).confirmed_at is None, "a mail scanner opens links"


def test_the_button_gives_them_their_part(member: Organisation) -> None:
    path = confirm_path(DIRECTOR)
    assert DIRECTOR in words(Client().get(path))
    assert press(path).status_code == 303
    once = contact(member).confirmed_at
    press(path)
    assert once
    assert contact(member).confirmed_at == once
    assert may_answer(contact(member))
    assert [row.email for row in contacts_to_ask([member])[member.pk]] == [DIRECTOR]
    membership.send_profile_links(DIRECTOR, now=timezone.now())
    assert has_link(PROFILE, subject(contact(member)))
    assert contact(member, SECOND).confirmed_at is None


def test_asking_for_a_link_sends_it_again_a_few_times(member: Organisation) -> None:
    answers = {Client().post(reverse("member_link"), {"email": address}).content for address in (DIRECTOR, "nobody@example.net")}
    assert len(answers) == 1
    for _time in range(5):
        membership.send_profile_links(DIRECTOR, now=timezone.now())
    assert OutgoingMail.objects.filter(purpose="members.contact_confirm", recipient=DIRECTOR).count() == 3


def test_this_was_not_me_removes_them(member: Organisation) -> None:
    mail = OutgoingMail.objects.get(purpose="members.contact_confirm", recipient=DIRECTOR)
    press("/members/not-me/" + text_of(mail).partition("/members/not-me/")[2].split()[0])
    assert not Contact.objects.filter(organisation=member, email=DIRECTOR, confirmed_at__isnull=False).exists()


def test_the_applicants_own_address_is_confirmed_and_so_is_what_others_entered(db: None) -> None:
    admitted = review.accept(agreed(), by=None, now=timezone.now())
    assert admitted
    assert {row.email: bool(row.confirmed_at) for row in admitted.contacts.all()} == {"akello@midwives-gulu.example": True, SECOND: False}
    assert Contact.objects.create(organisation=admitted, name="By the secretariat", email="x@else.example").confirmed_at


def test_an_address_that_is_confirmed_stays_so_when_it_is_named_again(db: None) -> None:
    admitted = review.accept(agreed(), by=None, now=timezone.now())
    Contact.objects.filter(organisation=admitted).update(confirmed_at=timezone.now() - timedelta(days=90))
    again = checking(email=STRANGER)
    review.put_to_committee(again, rule=VotingRule.NO_OBJECTION, days=7, by=None, now=timezone.now())
    accepted = review.accept(again, organisation=admitted, decided_otherwise="In a meeting.", by=None, now=timezone.now())
    assert accepted == admitted
    assert not Contact.objects.filter(organisation=admitted, confirmed_at=None).exists()


def test_the_secretariat_sees_who_has_not_confirmed(member: Organisation, secretary_client: Any) -> None:
    page = secretary_client.get(reverse("wagtailsnippets_members_organisation:inspect", args=(member.pk,)))
    assert admin_screen.words(page).count("Not confirmed yet") == 2


def test_a_seat_with_an_unconfirmed_address_is_not_asked_to_vote(member: Organisation) -> None:
    seat = Seat.objects.create(organisation=member, person_name="The director", person_email=DIRECTOR)
    assert voters([seat])[seat.pk].not_asked == NotAsked.UNCONFIRMED
    assert reachable_contacts([member.pk]) == {}
    press(confirm_path(DIRECTOR))
    assert voters([seat])[seat.pk].not_asked == ""
    assert [row.email for row in reachable_contacts([member.pk])[member.pk]] == [DIRECTOR]
