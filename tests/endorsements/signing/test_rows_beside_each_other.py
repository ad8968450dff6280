"""Nobody is rewritten: each submission is a row of its own, and a link confirms what its email showed."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import workflow as moderation
from endorsements.signing import storing
from endorsements.signing import workflow as signing
from endorsements.signing.emails import MANAGE
from endorsements.signing.workflow import Outcome
from endorsements.states import HoldReason, ListingRule, State
from tests.support.concurrency import at_once
from tests.support.declarations import ORGANISATION, PERSON, confirmed, open_declaration, submitted, typed
from tests.support.endorsing import PERSON_FORM, hidden, link_in, link_of, mails, press, sent, words

HIDDEN = {**PERSON_FORM, "show_name": ""}
NEWS = "I want news."


@pytest.fixture
def declaration(home: Any) -> Any:
    return open_declaration(news_wording=NEWS, organisation_rule=ListingRule.ALL)


def send(declaration: Any, form: dict[str, str], **changes: str) -> tuple[Endorsement, str]:
    """The row of this submission, and the link in its email."""
    values = {**form, **changes}
    values = {name: value for name, value in values.items() if value or name != "show_name"}
    assert sent(f"{declaration.url}endorse/", values)["Location"].endswith("check-mail/")
    return Endorsement.objects.latest("pk"), link_in(mails("confirm")[-1], "confirm")


def answers(row: Endorsement) -> Any:
    row.refresh_from_db()
    values = (row.name, row.role, row.affiliation, row.country.code, row.show_name, row.email)
    return values, [*row.consents.values_list("purpose", "given", "wording")]


def state(row: Endorsement) -> str:
    row.refresh_from_db()
    return str(row.state)


def listed(declaration: Any) -> list[str]:
    return sorted(Endorsement.objects.for_declaration(declaration).listed().values_list("name", flat=True))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Somebody Else", "show_name": "on", "news": "on"},
        {"show_name": "on", "news": "on"},
        {"news": "on"},
        {"role": "Minister", "affiliation": "The Ministry"},
        {"name": "NGOZI OKAFOR", "country": "KE"},
        {"email": "Ngozi+x@example.net", "show_name": "on"},
    ],
)
def test_a_link_confirms_what_its_email_showed(declaration: Any, changes: dict[str, str]) -> None:
    mine, link = send(declaration, HIDDEN)
    before = answers(mine)
    other, others_link = send(declaration, HIDDEN, **changes)
    assert other.pk != mine.pk
    assert answers(mine) == before
    assert press(link).status_code == 303
    assert (state(mine), answers(mine)) == (State.LISTED, before)
    is_same = other.key == mine.key
    assert state(other) == (State.WITHDRAWN if is_same else State.PENDING)
    if is_same:
        page = Client().get(others_link)
        assert page.status_code == 200
        assert mine.affiliation in words(page)
        assert press(others_link).status_code == 409
    assert (state(mine), answers(mine)) == (State.LISTED, before)
    assert len(mails("confirmed")) == 1


def test_the_link_of_the_other_answers_confirms_those(declaration: Any) -> None:
    mine, _link = send(declaration, HIDDEN)
    other, link = send(declaration, HIDDEN, role="Midwife", news="on")
    before = answers(other)
    press(link)
    assert (state(other), answers(other)) == (State.LISTED, before)
    assert (state(mine), mine.merged_into) == (State.WITHDRAWN, other)


def test_the_same_answers_again_are_one_row(declaration: Any) -> None:
    mine, link = send(declaration, HIDDEN)
    again, same_link = send(declaration, HIDDEN, email=" NGOZI@Example.net ")
    assert (again.pk, same_link) == (mine.pk, link), "within a minute no second email"
    assert mine.consents.count() == 2


def test_a_couple_with_one_address_and_its_organisation_are_all_listed(declaration: Any) -> None:
    for form in ({}, {"name": "Emeka Okafor", "role": "Doctor"}):
        _row, link = send(declaration, PERSON_FORM, **form)
        assert press(link).status_code == 303
    clinic = confirmed(declaration, ORGANISATION, email=PERSON["email"])
    assert listed(declaration) == ["Emeka Okafor", clinic.name, "Ngozi Okafor"]


def test_a_corrected_name_replaces_the_one_that_its_holder_names(declaration: Any) -> None:
    typo, link = send(declaration, PERSON_FORM, name="Ngozi Okafr")
    press(link)
    spouse, link = send(declaration, PERSON_FORM, name="Emeka Okafor")
    press(link)
    manage = link_of(typo, MANAGE)
    corrected, link = send(declaration, PERSON_FORM)
    page = Client().get(link)
    assert "Ngozi Okafr" in words(page)
    assert press(link, replaces=str(typo.pk)).status_code == 303
    assert listed(declaration) == ["Emeka Okafor", "Ngozi Okafor"]
    assert (state(typo), typo.merged_into, typo.withdrawal_shown) == (State.WITHDRAWN, corrected, False)
    assert state(spouse) == State.LISTED
    assert Client().get(manage).status_code == 200
    assert not mails("withdrawn"), "its holder knows"


def test_nobody_is_replaced_from_another_address_or_declaration(declaration: Any) -> None:
    theirs = confirmed(declaration, PERSON, email="theirs@example.org")
    elsewhere = confirmed(open_declaration("Another"), PERSON)
    for number, victim in enumerate((theirs, elsewhere)):
        _row, link = send(declaration, PERSON_FORM, name=f"Person {number}", email=PERSON["email"])
        assert press(link, replaces=str(victim.pk)).status_code == 303
    assert [state(row) for row in (theirs, elsewhere)] == [State.LISTED] * 2


def test_other_answers_of_the_same_signatory_replace_those_that_are_listed(declaration: Any) -> None:
    organisation = confirmed(declaration)
    corrected = submitted(declaration, name="Midwives of Gulu City", role="Chair")
    page = press(link_in(mails("confirm")[-1], "confirm"))
    assert page.status_code == 303
    assert (state(organisation), state(corrected)) == (State.WITHDRAWN, State.LISTED)
    assert organisation.merged_into == corrected
    assert submitted(declaration, name="Midwives of Gulu City", role="Chair").pk == corrected.pk
    assert len(mails("stands_already")) == 1


def test_what_has_to_be_checked_replaces_when_it_is_approved(declaration: Any, secretary: Any) -> None:
    declaration.person_rule = ListingRule.NONE
    declaration.save()
    first = confirmed(declaration, PERSON)
    moderation.approve(first, by=secretary, now=timezone.now())
    second, link = send(declaration, PERSON_FORM, name="Ngozi Okafor-Eze")
    press(link, replaces=str(first.pk))
    assert (state(first), state(second)) == (State.LISTED, State.CONFIRMED)
    moderation.approve(second, by=None, now=timezone.now())
    assert (state(first), state(second)) == (State.WITHDRAWN, State.LISTED)


def test_what_a_moderator_holds_is_not_listed_by_sending_it_again(declaration: Any) -> None:
    held = confirmed(declaration, PERSON)
    moderation.hold(held, by=None, now=timezone.now())
    again, link = send(declaration, PERSON_FORM, role="Doctor")
    press(link)
    assert (state(held), state(again)) == (State.HELD, State.CONFIRMED)
    other = confirmed(open_declaration("Another"), PERSON)
    assert other.state == State.LISTED


def test_many_at_one_address_wait_for_a_person_and_very_many_are_not_stored(declaration: Any) -> None:
    for number in range(storing.MAX_PENDING_AT_ADDRESS + 1):
        submitted(declaration, PERSON, role=f"Nurse {number}")
    rows = Endorsement.objects.for_declaration(declaration)
    assert [rows.filter(state=one).count() for one in (State.PENDING, State.HELD)] == [storing.MAX_PENDING_AT_ADDRESS, 1]
    for number in range(storing.MAX_UNCONFIRMED_AT_ADDRESS):
        submitted(declaration, PERSON, role=f"Doctor {number}")
    assert rows.count() == storing.MAX_UNCONFIRMED_AT_ADDRESS
    assert len(mails("confirm")) == storing.MAX_PENDING_AT_ADDRESS


def test_over_the_limit_the_same_answers_touch_no_link_that_was_sent(declaration: Any) -> None:
    mine, link = send(declaration, HIDDEN)
    signing.submit(declaration, submission(mine), over_limit=True, now=timezone.now())
    signing.submit(declaration, submission(mine), over_limit=True, now=timezone.now())
    held = Endorsement.objects.get(state=State.HELD)
    assert moderation.release(held, by=None, now=timezone.now())
    assert (state(held), held.merged_into, state(mine)) == (State.DECLINED, mine, State.PENDING)
    press(link)
    assert state(mine) == State.LISTED


def submission(row: Endorsement) -> Any:
    return typed(PERSON, show_name=row.show_name, language=row.language)


# At once


def test_a_hold_while_its_holder_confirms_stands_and_the_page_says_that_it_waits(declaration: Any, monkeypatch: Any) -> None:
    row, link = send(declaration, PERSON_FORM)
    carried = hidden(Client().get(link))
    before = signing.reason_not_to_confirm

    def then_held(endorsement: Endorsement, *, now: Any) -> Any:
        monkeypatch.setattr(signing, "reason_not_to_confirm", before)
        reason = before(endorsement, now=now)
        moderation.hold(Endorsement.objects.get(pk=row.pk), by=None, now=now)
        return reason

    monkeypatch.setattr(signing, "reason_not_to_confirm", then_held)
    assert Client().post(link, carried).status_code == 303
    assert (state(row), row.hold_reason, row.confirmed_at is None) == (State.HELD, HoldReason.MODERATOR, False)
    assert "The secretariat looks at it" in words(Client().get(link))
    assert len(mails("confirmed")) == 1


@pytest.mark.django_db(transaction=True)
def test_holding_and_confirming_at_once_never_says_what_is_not_so() -> None:
    declaration = open_declaration()
    for number in range(6):
        row = submitted(declaration, PERSON, email=f"p{number}@example.org")
        link = link_in(mails("confirm")[-1], "confirm")

        def act(turn: int, row: Endorsement = row, link: str = link) -> Any:
            if turn:
                return press(link).status_code
            return moderation.hold(Endorsement.objects.get(pk=row.pk), by=None, now=timezone.now())

        assert at_once(2, act) == [True, 303]
        assert (state(row), row.confirmed_at is None) == (State.HELD, False)
        assert "The secretariat looks at it" in words(Client().get(link))


@pytest.mark.django_db(transaction=True)
def test_many_links_of_one_signatory_at_once_leave_one() -> None:
    declaration = open_declaration()
    version = sign_on_of(declaration).version
    for number in range(3):
        rows = [submitted(declaration, PERSON, email=f"p{number}@example.org", role=f"Nurse {role}") for role in range(4)]

        def act(turn: int, rows: list[Endorsement] = rows) -> Outcome:
            return signing.confirm(Endorsement.objects.get(pk=rows[turn].pk), version=version, now=timezone.now())

        outcomes = at_once(4, act)
        assert sorted(outcome.name for outcome in outcomes) == ["DONE"] + ["SUPERSEDED"] * 3
        assert sorted(state(row) for row in rows) == ["listed"] + ["withdrawn"] * 3


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_once_are_two_rows_and_equal_ones_are_one() -> None:
    declaration = open_declaration()
    at_once(8, lambda number: submitted(declaration, PERSON, role=f"Nurse {number % 2}"))
    assert Endorsement.objects.for_declaration(declaration).count() == 2
    assert len(mails("confirm")) == 2
