"""A membership ends, and with it, if wanted, its seats and the links of its contacts."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from members.membership import workflow as membership
from members.membership.emails import PROFILE, YEAR
from members.models import Membership, Organisation, Seat, Vote
from members.models.subjects import subject
from members.organisations import workflow as organisations
from members.organisations.ending import outlasting_seats
from members.review import workflow as review
from members.states import VotingRule
from tests.support.answers import levels
from tests.support.applying import base_of
from tests.support.members import checking, has_link, mails, make_contact, make_organisation, with_committee

pytestmark = pytest.mark.one_database


@pytest.fixture
def member(empty_site: Any) -> Organisation:
    organisation = make_organisation(since=date(2024, 1, 1))
    Seat.objects.create(organisation=organisation, person_name="Ada", person_email="ada@lira.example", since=date(2024, 1, 1))
    return organisation


def where(organisation: Organisation) -> str:
    return reverse("organisation_end", args=(organisation.pk,))


def press(client: Client, organisation: Organisation, **typed: Any) -> Any:
    shown = client.get(where(organisation)).context["shown"]
    return client.post(where(organisation), {"shown": shown, **typed}, follow=True)


def test_seats_and_links_end_with_the_membership(member: Organisation, secretary: Any, secretary_client: Client) -> None:
    contact = make_contact(member)
    for purpose in (PROFILE, YEAR):
        base_of(contact, purpose)
    page = secretary_client.get(reverse("wagtailsnippets_members_organisation:inspect", args=(member.pk,)))
    assert where(member) in page.content.decode()
    form = secretary_client.get(where(member)).context["form"]
    assert {name for name, field in form.fields.items() if field.initial is True} == {"ends_seats", "ends_links"}
    yesterday = timezone.localdate() - timedelta(days=1)
    assert levels(press(secretary_client, member, last_day=yesterday, ends_seats="on", ends_links="on")) == ["success"]
    assert Membership.objects.get(organisation=member).until == yesterday
    assert Seat.objects.get(organisation=member).until == yesterday
    assert not any(has_link(purpose, subject(contact)) for purpose in (PROFILE, YEAR))
    assert ModelLogEntry.objects.get(action="members.end_membership").user == secretary
    membership.send_profile_links(contact.email, now=timezone.now())
    assert not mails(purpose="members.profile"), "it is a member no more"
    assert levels(secretary_client.get(where(member), follow=True)) == ["warning"]


def test_what_is_not_ticked_stays_and_is_offered_again(member: Organisation, secretary_client: Client) -> None:
    contact = make_contact(member)
    base_of(contact, YEAR)
    yesterday = timezone.localdate() - timedelta(days=1)
    press(secretary_client, member, last_day=yesterday)
    seat = Seat.objects.get(organisation=member)
    assert (seat.until, has_link(YEAR, subject(contact))) == (None, True)
    assert list(outlasting_seats(member)) == [seat]
    press(secretary_client, member, last_day=yesterday, ends_seats="on", ends_links="on")
    seat.refresh_from_db()
    assert (seat.until, has_link(YEAR, subject(contact))) == (yesterday, False)


def test_a_day_before_the_membership_began_is_refused_and_stays_typed(member: Organisation, secretary_client: Client) -> None:
    answer = press(secretary_client, member, last_day="2023-12-31", ends_seats="on")
    assert levels(answer) == ["error"]
    assert answer.context["form"].data["last_day"] == "2023-12-31"
    assert Membership.objects.get(organisation=member).until is None
    assert press(secretary_client, member, last_day="").context["form"].errors


def test_ending_it_on_the_form_of_the_organisation_leads_to_its_seat(member: Organisation, secretary_client: Client) -> None:
    row, seat = Membership.objects.get(organisation=member), Seat.objects.get(organisation=member)
    form = {
        **{
            name: getattr(member, name) or ""
            for name in ("name", "slug", "aliases", "more_domains", "acronym", "website", "summary", "kind")
        },
        "country": "UG",
        "countries_of_work": "",
        "founded": "",
        "logo": "",
        "memberships": inline_formset(
            [{"id": row.pk, "category": row.category, "since": "2024-01-01", "until": "2026-01-01", "ORDER": 1}], initial=1
        ),
        "seats": inline_formset([{"id": seat.pk, "since": "2024-01-01", "until": "", "person_name": "Ada", "ORDER": 1}], initial=1),
    }
    answer = secretary_client.post(reverse("wagtailsnippets_members_organisation:edit", args=(member.pk,)), nested_form_data(form))
    assert (answer.status_code, answer.url) == (302, where(member))
    page = secretary_client.get(where(member))
    assert page.context["form"].initial["last_day"] == date(2026, 1, 1)


def test_a_running_ballot_is_named_and_no_vote_of_the_seat_counts(member: Organisation, secretary_client: Client) -> None:
    ballot = with_committee(seats=2)
    organisation = Organisation.objects.get(name="Committee member A")
    Membership.objects.filter(organisation=organisation).update(since=date(2024, 1, 1))
    assert Vote.objects.filter(ballot=ballot, seat__organisation=organisation).exists()
    said = " ".join(secretary_client.get(where(organisation)).context["consequences"])
    assert "1 running ballot" in said
    press(secretary_client, organisation, last_day=timezone.localdate() - timedelta(days=1), ends_seats="on")
    review.take_back_from_committee(ballot.application, by=None, now=timezone.now())
    again = review.put_to_committee(ballot.application, rule=VotingRule.MAJORITY, days=3, by=None, now=timezone.now())
    assert again is not None
    assert again.votes.count() == 1


@pytest.mark.parametrize("ends", [True, False])
def test_merging_offers_to_end_seats_and_links(member: Organisation, secretary_client: Client, ends: bool) -> None:
    kept = make_organisation("Lira Nurses")
    Seat.objects.create(organisation=kept)
    contact = make_contact(member)
    base_of(contact, YEAR)
    merge = reverse("organisation_merge", args=(member.pk,))
    chosen = {"other": kept.pk, "stays": "other"}
    page = secretary_client.post(merge, chosen)
    assert 'name="ends_seats"' in page.content.decode()
    secretary_client.post(merge, {**chosen, "step": "do", **({"ends_seats": "on", "ends_links": "on"} if ends else {})})
    assert Seat.objects.on(timezone.localdate()).filter(organisation=kept).count() == (1 if ends else 2)
    assert has_link(YEAR, subject(contact)) != ends


def test_an_organisation_with_a_seat_is_not_deleted(member: Organisation) -> None:
    assert organisations.why_not_deleted(member)
    assert checking().pk
