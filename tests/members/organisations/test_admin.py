"""Organisations in the admin: their status, merging, profile changes, exports and coverage."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from members.directory.coverage import coverage
from members.identity.countries import STATES_BY_REGION, Region, region_of
from members.membership import workflow as membership_workflow
from members.models import Contact, FormerAddress, Organisation, Seat
from members.states import ChangeState
from tests.support.admin_screen import words
from tests.support.declarations import confirmed, open_declaration
from tests.support.members import make_contact, make_organisation, make_silent, purposes, submitted
from tests.support.pictures import encoded, gradient, upload

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]
LISTING = "wagtailsnippets_members_organisation:list"


def page_of(row: Any) -> str:
    return reverse("wagtailsnippets_members_organisation:inspect", args=(row.pk,))


# How they stand


def test_the_list_filters_by_standing_seat_and_contacts_in_a_fixed_number_of_queries(secretary_client: Client) -> None:
    today = timezone.localdate()
    due = make_silent(make_organisation("Is due"), asked=1)
    Seat.objects.create(organisation=due, person_name="Ada", until=today + timedelta(days=30))
    make_contact(due)

    def found(**wanted: str) -> set[str]:
        return {row.name for row in secretary_client.get(reverse(LISTING), wanted).context["object_list"]}

    assert found(standing="due") == {"Is due"}
    assert "Is due" not in found(standing="active")
    assert found(seat="ending") == {"Is due"}
    assert found(seat="held") >= {"Is due"}
    assert "Is due" not in found(contacts="none")
    assert "Member: To be confirmed" in words(secretary_client.get(reverse(LISTING), {"standing": "due"}))

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            secretary_client.get(reverse(LISTING))
        return len(queries)

    cost()
    before = cost()
    for number in range(5):
        make_contact(make_organisation(f"More {number}"), f"a{number}@more.example")
    assert cost() == before


def test_countries_of_work_are_typed_by_name(secretary_client: Client) -> None:
    rows = {name: inline_formset([]) for name in ("memberships", "seats", "contacts")}
    form = {"name": "Lira", "slug": "lira", "country": "UG", **rows, "countries_of_work": "Kenya, Atlantis"}
    where = reverse("wagtailsnippets_members_organisation:add")
    [told] = secretary_client.post(where, nested_form_data(form)).context["form"].errors["countries_of_work"]
    assert "Atlantis" in told
    assert secretary_client.post(where, nested_form_data({**form, "countries_of_work": "Uganda, Kenya"})).status_code == 302
    made = Organisation.objects.get(slug="lira")
    assert [country.code for country in made.countries_of_work] == ["KE", "UG"]
    edit = secretary_client.get(reverse("wagtailsnippets_members_organisation:edit", args=(made.pk,)))
    assert re.search(r">\s*Kenya\nUganda</textarea>", edit.content.decode())


def test_the_page_explains_the_membership_and_warns_of_a_term_that_ends(secretary_client: Client) -> None:
    organisation = make_organisation()
    make_contact(organisation)
    Seat.objects.create(organisation=organisation, person_name="Ada", until=timezone.localdate() + timedelta(days=20))
    shown = words(secretary_client.get(page_of(organisation)))
    assert "Recorded on" in shown
    assert "nurse@lira.example" in shown
    assert "ends in" in shown
    assert "Terms that end soon" in words(secretary_client.get(reverse("wagtailadmin_home")))


# Merging


def test_merging_shows_what_moves_and_then_moves_it(secretary_client: Client) -> None:
    stays = make_organisation("Nurses of Lira", website="https://lira.example")
    goes = make_organisation("Lira Nurses", category="", website="https://www.lira.example/en", country="UG", summary="They nurse.")
    make_contact(stays)
    make_contact(goes)
    make_contact(goes, "second@lira.example")
    where = reverse("organisation_merge", args=(goes.pk,))
    page = secretary_client.get(where)
    assert page.context["candidates"] == [stays]
    assert "Choose the other one" in words(secretary_client.post(where, {"stays": "other"}, follow=True))
    assert "Choose the other one" in words(secretary_client.post(where, {"other": goes.pk, "stays": "this"}, follow=True))
    preview = secretary_client.post(where, {"other": stays.pk, "stays": "other"})
    assert "Merge “Lira Nurses” into “Nurses of Lira”?" in words(preview)
    assert "One contact is in both" in words(preview)
    assert Organisation.objects.filter(pk=goes.pk).exists()
    done = secretary_client.post(where, {"other": stays.pk, "stays": "other", "step": "do"}, follow=True)
    assert "is merged into" in words(done)
    stays.refresh_from_db()
    assert (stays.summary, stays.country.code, stays.other_names) == ("They nurse.", "UG", ["Lira Nurses"])
    assert Contact.objects.filter(organisation=stays).count() == 2
    assert FormerAddress.objects.filter(organisation=stays, slug=goes.slug).exists()
    assert secretary_client.get(where).status_code == 404


def test_a_duplicate_is_found_by_words_too(secretary_client: Client) -> None:
    one, other = make_organisation("Association des médecins"), make_organisation("Something else")
    where = reverse("organisation_merge", args=(other.pk,))
    assert secretary_client.get(where).context["candidates"] == []
    assert secretary_client.get(where, {"q": "MEDECINS association"}).context["candidates"] == [one]


# Profile changes


def test_a_profile_change_is_applied_field_by_field(secretary_client: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    organisation = make_organisation(summary="Old words.", country="UG")
    contact = make_contact(organisation)
    logo = upload("logo.png", encoded(gradient(size=(400, 400)), "PNG"))
    values = {"summary": "New words.", "country": "KE"}
    change = membership_workflow.propose_change(organisation, contact=contact, values=values, logo=logo, now=timezone.now())
    assert change is not None
    assert "Profile changes" in words(secretary_client.get(reverse("wagtailadmin_home")))
    assert "in a few words" in words(secretary_client.get(reverse("profile_changes:index")))
    where = reverse("profile_changes:review", args=(change.pk,))
    page = secretary_client.get(where)
    for text in ("Old words.", "New words.", "Uganda", "Kenya"):
        assert text in words(page)
    picture = secretary_client.get(reverse("profile_changes:logo", args=(change.pk,)))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert "Tick what becomes public" in words(
        secretary_client.post(where, {"shown": page.context["shown"], "action": "apply"}, follow=True)
    )
    form = {"shown": page.context["shown"], "action": "apply", "field": ["summary", "logo"]}
    assert "is changed" in words(secretary_client.post(where, form, follow=True))
    organisation.refresh_from_db()
    assert (organisation.summary, organisation.country.code, organisation.logo is None) == ("New words.", "UG", False)
    assert purposes(f"profile-change:{change.pk}") == ["profile_answer"]
    assert "Nothing was done" in words(secretary_client.post(where, form, follow=True))


def test_a_profile_change_is_refused_with_a_reason(secretary_client: Client) -> None:
    organisation = make_organisation(summary="Old words.")
    change = membership_workflow.propose_change(
        organisation, contact=make_contact(organisation), values={"summary": "Buy!"}, now=timezone.now()
    )
    assert change is not None
    where = reverse("profile_changes:review", args=(change.pk,))
    seen = secretary_client.get(where).context["shown"]
    assert secretary_client.post(where, {"shown": seen, "action": "refuse"}).status_code == 200
    membership_workflow.propose_change(organisation, contact=None, values={"summary": "Buy now!"}, now=timezone.now())
    told = words(secretary_client.post(where, {"shown": seen, "action": "refuse", "reason": "No advertising."}, follow=True))
    assert "the member changed it while you were reading" in told
    secretary_client.post(where, {"shown": secretary_client.get(where).context["shown"], "action": "refuse", "reason": "No advertising."})
    change.refresh_from_db()
    organisation.refresh_from_db()
    assert (change.state, change.reason, organisation.summary) == (ChangeState.REFUSED, "No advertising.", "Old words.")


# To take away


def export(client: Client, **fields: str) -> Any:
    return client.post(reverse("member_export:index"), {"content": "members", "format": "csv", **fields})


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_members_and_contacts_are_exported_by_role_and_region_and_formulas_are_not(secretary_client: Client) -> None:
    evil = make_organisation("=cmd()", country="UG")
    other = make_organisation("Elsewhere", country="NL")
    make_contact(evil, "a@evil.example", name="+Ada", communications=True)
    make_contact(other, "b@elsewhere.example", name="Bea")
    text = body(export(secretary_client, region="africa")).decode()
    assert "'=cmd()" in text
    assert "Elsewhere" not in text
    assert not ModelLogEntry.objects.filter(action="members.export").exists(), "what the directory shows is nobody's secret"
    text = body(export(secretary_client, content="contacts", role="communications")).decode()
    assert "'+Ada" in text
    assert "b@elsewhere.example" not in text
    assert [entry.object_id for entry in ModelLogEntry.objects.filter(action="members.export")] == [str(evil.pk)]
    assert body(export(secretary_client, content="contacts", format="xlsx")).startswith(b"PK")
    assert b"Elsewhere" not in body(export(secretary_client, since=str(timezone.localdate() + timedelta(days=1))))
    assert export(secretary_client, region="nowhere").status_code == 200
    Seat.objects.create(organisation=other)
    rows = list(csv.DictReader(io.StringIO(body(export(secretary_client, membership="steering", region="europe")).decode("utf-8-sig"))))
    assert ("Elsewhere", "yes") in [(row["Organisation"], row["Steering committee"]) for row in rows]
    assert {row["Steering committee"] for row in rows} == {"yes"}
    assert b"Elsewhere" not in body(export(secretary_client, content="contacts", membership="observer"))
    page = secretary_client.get(reverse("member_export:index"), {"content": "contacts", "role": "finance"})
    assert page.context["form"]["role"].value() == "finance"


def test_logos_come_in_one_zip(secretary_client: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    Organisation.objects.update(logo=None)
    organisation = make_organisation()
    assert "None of them has a logo" in words(export(secretary_client, content="logos"))
    change = membership_workflow.propose_change(
        organisation, contact=None, values={}, logo=upload("logo.png", encoded(gradient(size=(400, 400)), "PNG")), now=timezone.now()
    )
    assert change is not None
    membership_workflow.apply_change(change, by=None, now=timezone.now())
    answer = export(secretary_client, content="logos")
    assert answer["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(body(answer))).namelist() == [f"{organisation.slug}.png"]


def test_others_take_nothing_away(editor: Any, committee_member: Any, signed_in: SignIn) -> None:
    submitted()
    organisation = make_organisation()
    for person in (editor, committee_member):
        client = signed_in(person)
        for name in ("member_export:index", "coverage:index", "profile_changes:index", "applications:index", LISTING):
            assert client.get(reverse(name)).status_code == 302, name
        assert client.get(page_of(organisation)).status_code == 302
        assert client.get(reverse("organisation_merge", args=(organisation.pk,))).status_code == 302
        assert export(client).status_code == 302


def test_every_country_is_in_one_region_of_who() -> None:
    assert all(region_of(code) == region for region, codes in STATES_BY_REGION.items() for code in codes)
    assert {region: len(codes) for region, codes in STATES_BY_REGION.items()} == {
        Region.AFRICA: 47,
        Region.AMERICAS: 36,
        Region.EASTERN_MEDITERRANEAN: 22,
        Region.EUROPE: 53,
        Region.SOUTH_EAST_ASIA: 10,
        Region.WESTERN_PACIFIC: 29,
    }


def test_coverage_counts_members_observers_and_endorsers_and_names_the_gaps(secretary_client: Client) -> None:
    def of(name: str) -> Any:
        region = next(one for one in coverage().regions if one.whole.name == "South-East Asia")
        return next((place.counts for place in region.countries if place.name == name), None), region.gaps

    assert "Nepal" in of("Nepal")[1]
    make_organisation("Nurses of Kathmandu", country="NP")
    for title in ("One", "Two"):
        confirmed(open_declaration(title, organisation_rule="all"), country="NP", website="https://himal.example", email="a@himal.example")
    counts, gaps = of("Nepal")
    assert (counts, "Nepal" in gaps, "Bhutan" in gaps) == ([1, 0, 1], False, True)
    shown = words(secretary_client.get(reverse("coverage:index")))
    assert "Nepal" in shown
    assert "of 10" in shown
