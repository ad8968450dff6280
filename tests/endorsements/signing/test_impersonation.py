"""A stranger endorses in a name that is not theirs: through the form and the link in the email, as they would."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from endorsements.declarations import workflow as declarations
from endorsements.erasure import erase_endorsement
from endorsements.models import Endorsement, InitialSignatory, KnownName
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import bulk
from endorsements.moderation import workflow as moderation
from endorsements.moderation.checks import checks_of
from endorsements.signing import emails as signing_emails
from endorsements.signing.known import remember_approved, verify
from endorsements.states import State
from members.review.checks import DOUBT, GOOD
from tests.support.declarations import ORGANISATION, PERSON, confirmed, endorse, make_declaration, open_declaration, recorded
from tests.support.endorsing import PERSON_FORM, link_in, link_of, mails, press, sent, the_only
from tests.support.members import make_contact, make_organisation
from tests.support.news import publish

WHO_FORM = {"name": "World Health Organization", "acronym": "WHO", "website": "who-int.example", "email": "director@who-int.example"}
HOPE = {"name": "Hope Clinic Kampala", "acronym": "", "website": "https://hope.example", "email": "ada@hope.example"}


def endorsed(page: Any, **changes: str) -> Endorsement:
    """Filled in, sent and confirmed by whoever owns the address."""
    sent(f"{page.url}endorse/", **changes)
    press(link_in(mails("confirm")[-1], "confirm"))
    return the_only(page)


def tones(row: Endorsement) -> list[tuple[str, str]]:
    return [(check.tone, check.text) for check in checks_of([row])[row.pk].checks]


@pytest.mark.one_database
@pytest.mark.parametrize("rule", ["all", "green", "none"])
@pytest.mark.parametrize(
    "changes",
    [
        WHO_FORM,
        WHO_FORM | {"name": "Wоrld Health Organisation Europe", "acronym": ""},
        WHO_FORM | {"name": "Healthy Hearts", "website": "https://www.who.int/", "acronym": ""},
        WHO_FORM | {"email": "who@gmail.com", "website": "https://www.who.int/"},
    ],
)
def test_a_borrowed_name_is_amber_and_waits_under_every_rule(
    secretary_client: Client, home: Any, changes: dict[str, str], rule: str
) -> None:
    page = open_declaration(organisation_rule=rule)
    row = endorsed(page, **changes)
    assert (row.state, bool(row.confirmed_at)) == (State.CONFIRMED, True)
    assert GOOD not in {tone for tone, _text in tones(row)}
    assert any(tone == DOUBT and "World Health Organization" in text for tone, text in tones(row))
    queue = secretary_client.get(reverse("endorsement_queue:index"), {"declaration": page.pk})
    assert "World Health Organization" in words_of(queue)
    assert [item["is_green"] for group in queue.context["groups"] for item in group["rows"]] == [False]
    assert secretary_client.get(reverse("endorsement_queue:green")).context["rows"] == []


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.one_database
@pytest.mark.parametrize(("rule", "state"), [("all", State.LISTED), ("green", State.CONFIRMED), ("none", State.CONFIRMED)])
def test_an_organisation_that_nobody_knows_waits_unless_the_rule_says_otherwise(home: Any, rule: str, state: str) -> None:
    assert endorsed(open_declaration(organisation_rule=rule)).state == state


def test_the_safe_rule_is_the_default_and_the_other_names_its_risk(home: Any) -> None:
    page = open_declaration()
    assert page.organisation_rule == "green"
    field = page._meta.get_field("organisation_rule")
    assert dict(field.choices)["all"] != dict(page._meta.get_field("person_rule").choices)["all"]


@pytest.mark.one_database
@pytest.mark.parametrize("website", ["https://midwives-gulu.example/", "https://gulu.example/"])
def test_from_a_recorded_domain_it_is_listed_at_once(home: Any, website: str) -> None:
    recorded(website=website, more_domains="midwives-gulu.example")
    assert endorsed(open_declaration()).state == State.LISTED


@pytest.mark.one_database
def test_a_members_name_and_website_from_elsewhere_wait(home: Any) -> None:
    make_organisation("Midwives of Gulu", website="https://midwives-gulu.example/", country="UG")
    page = open_declaration(organisation_rule="all")
    row = endorsed(page, email="akello@gmail.com")
    assert (row.state, row.organisation is None) == (State.CONFIRMED, False), "a match by typed values is no proof"
    assert GOOD not in {tone for tone, _text in tones(row)}


# What a colleague approved


def approved(secretary: Any, **changes: str) -> Endorsement:
    row = confirmed(open_declaration("Earlier"), **(HOPE | changes))
    assert row.state == State.CONFIRMED
    moderation.approve(row, by=secretary, now=timezone.now())
    return row


@pytest.mark.one_database
def test_what_a_colleague_approved_is_known_the_next_time(secretary: Any, home: Any) -> None:
    earlier = approved(secretary)
    earlier.refresh_from_db()
    assert (bool(earlier.approved_at), earlier.approved_by) == (True, secretary)
    assert confirmed(open_declaration("Later"), **HOPE).state == State.LISTED
    for name in ("Hope Clinic Kampala", "Kampala Hope Clinic", "Норе Clinic Kampala", "Hope Clinc Kampala", "Hope Clinic Kampala North"):
        page = open_declaration(f"Under {name}", organisation_rule="all")
        row = confirmed(page, name=name, website="https://hope-clinic.example", email="a@hope-clinic.example")
        assert row.state == State.CONFIRMED, name
        assert any(tone == DOUBT and "Hope Clinic Kampala" in text for tone, text in tones(row)), name
    assert GOOD not in {tone for tone, _text in tones(earlier)}, "it is not evidence for itself"


def test_erasing_forgets_the_names_to_compare_with(secretary: Any, home: Any) -> None:
    row = approved(secretary)
    assert KnownName.objects.filter(endorsement=row).exists()
    erase_endorsement(row, by=None, now=timezone.now())
    assert not KnownName.objects.filter(endorsement=row).exists()


@pytest.mark.one_database
@pytest.mark.parametrize("how", ["hold", "decline", "undo", "disown", "automatic"])
def test_what_is_no_longer_approved_makes_nothing_known(secretary: Any, home: Any, how: str) -> None:
    now = timezone.now()
    if how == "automatic":
        row = confirmed(open_declaration("Earlier", organisation_rule="all"), **HOPE)
        assert row.state == State.LISTED
    elif how == "undo":
        row = confirmed(open_declaration("Earlier"), **HOPE)
        act = bulk.apply_to_all(
            [row], lambda one: moderation.approve(one, by=secretary, now=now), to=State.LISTED, by=secretary, now=now
        ).act
        bulk.undo(act, by=secretary, now=now)
    else:
        row = approved(secretary)
        if how == "hold":
            moderation.hold(row, by=secretary, now=now)
        elif how == "decline":
            moderation.decline(row, reason="false", by=secretary, now=now)  # type: ignore[arg-type]
        else:
            press(link_of(row, signing_emails.NOT_ME))
    assert confirmed(open_declaration("Later"), **HOPE | {"email": "bea@hope.example"}).state == State.CONFIRMED


def test_earlier_approvals_are_taken_from_the_audit_log(secretary: Any, home: Any) -> None:
    row, alone = approved(secretary), confirmed(open_declaration("Other", organisation_rule="all"), name="Alone")
    Endorsement.objects.update(approved_at=None, approved_by=None)
    KnownName.objects.all().delete()
    migration = import_module("endorsements.migrations.0016_approved_earlier")
    migration.fill(apps, None)
    row.refresh_from_db()
    alone.refresh_from_db()
    assert (bool(row.approved_at), row.approved_by, alone.approved_at) == (True, secretary, None)
    remember_approved(timezone.now())
    assert remember_approved(timezone.now()) == ""
    page = open_declaration("Later", organisation_rule="all")
    assert confirmed(page, name=HOPE["name"], website="https://else.example", email="a@else.example").state == State.CONFIRMED
    assert confirmed(page, **HOPE).state == State.LISTED


def test_initial_signatories_are_known(home: Any, secretary: Any) -> None:
    page = make_declaration(organisation_rule="all")
    page.initial_signatories = [InitialSignatory(name=HOPE["name"], country="UG", website=HOPE["website"])]
    page = publish(page)
    declarations.open_sign_on(sign_on_of(page), by=secretary, now=timezone.now())
    assert confirmed(page, name=HOPE["name"], website="https://else.example", email="a@else.example").state == State.CONFIRMED


# People


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"affiliation": "World Health Organization"}, State.CONFIRMED),
        ({"affiliation": "WHO"}, State.CONFIRMED),
        ({"role": "Director-General, World Health Organisation", "affiliation": ""}, State.CONFIRMED),
        ({"name": "World Health Organization"}, State.CONFIRMED),
        ({"affiliation": "World Health Organization", "email": "ngozi@who.int"}, State.LISTED),
        ({"affiliation": "Ministry of Health"}, State.LISTED),
        ({}, State.LISTED),
    ],
)
def test_a_person_who_seems_to_speak_for_a_known_organisation_waits(home: Any, changes: dict[str, str], state: str) -> None:
    page = open_declaration(person_rule="all")
    sent(f"{page.url}endorse/", PERSON_FORM, **changes)
    press(link_in(mails("confirm")[-1], "confirm"))
    assert the_only(page).state == state
    assert any(tone == DOUBT and "World Health" in text for tone, text in tones(the_only(page))) == (state == State.CONFIRMED)


def test_staff_of_an_approved_organisation_do_not_wait(secretary: Any, home: Any) -> None:
    approved(secretary)
    assert confirmed(open_declaration("Later"), PERSON, affiliation=HOPE["name"]).state == State.LISTED


def test_a_person_cannot_take_such_an_affiliation_later(home: Any) -> None:
    page = open_declaration()
    row = confirmed(page, PERSON)
    assert row.state == State.LISTED
    manage = link_of(row, signing_emails.MANAGE)
    press(manage, action="role", role="Nurse", affiliation="Enugu Hospital")
    assert the_only(page).state == State.LISTED
    press(manage, action="role", role="Nurse", affiliation="World Health Organization")
    assert (the_only(page).state, the_only(page).affiliation) == (State.HELD, "World Health Organization")


# Members


def test_a_members_own_link_is_proof(home: Any) -> None:
    member = make_organisation("Nurses of Lira", website="https://lira.example")
    page = open_declaration()
    endorse(page, make_contact(member, "nurse@gmail.com"))
    row = the_only(page)
    assert row.state == State.LISTED
    assert GOOD in {tone for tone, _text in tones(row)}


def test_many_are_judged_with_as_many_queries_as_one(secretary: Any, home: Any) -> None:
    approved(secretary)
    rows = [Endorsement(**{**base(), "name": f"Clinic {number}", "website": f"https://c{number}.example"}) for number in range(60)]
    with CaptureQueriesContext(connection) as one:
        verify(rows[:1])
    with CaptureQueriesContext(connection) as many:
        verify(rows)
    assert len(many) == len(one) <= 4


def base() -> dict[str, Any]:
    return {name: ORGANISATION[name] for name in ("kind", "name", "website", "email")}
