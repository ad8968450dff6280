"""An organisation that the coalition knows stands under a declaration once, whatever it calls itself and whichever way it comes."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.mail.delivery import is_wanted
from endorsements.imports.reader import read_list
from endorsements.imports.workflow import import_list
from endorsements.models import DeclarationPage, Endorsement, ImportedList, InitialSignatory
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import bulk
from endorsements.moderation import workflow as moderation
from endorsements.responses import workflow as responses
from endorsements.responses.queries import not_asked
from endorsements.signing import emails as signing_emails
from endorsements.signing import workflow as signing
from endorsements.signing.reminders import remind
from endorsements.signing.workflow import Outcome
from endorsements.states import DeclineReason, ListingRule, Source, State
from members.models import Contact, Organisation
from members.organisations.workflow import merge
from tests.support.concurrency import at_once
from tests.support.declarations import confirmed, endorse, open_declaration, submitted, typed
from tests.support.endorsing import link_in, mails, press, text_of
from tests.support.members import make_contact, make_organisation

ITS_OWN = {"name": "Nurses", "website": "https://lira-nurses.example/", "email": "director@lira-nurses.example"}
CLAIM = {"name": "Lira Nurses’ Union", "website": "", "email": "stranger@gmail.com"}
OTHERWISE = {"name": "Lira Nurses’ Union", "website": "", "email": "colleague@lira-nurses.example"}


def now() -> Any:
    return timezone.now()


def make_member() -> Organisation:
    return make_organisation("Nurses of Lira", country="UG", website="https://lira-nurses.example/", aliases="Lira Nurses’ Union")


@pytest.fixture
def member(home: Any) -> Organisation:
    return make_member()


@pytest.fixture
def contact(member: Organisation) -> Contact:
    return make_contact(member, "nandi@gmail.com")


@pytest.fixture
def declaration(contact: Contact) -> Any:
    return open_declaration()


def confirm(row: Endorsement) -> Outcome:
    return signing.confirm(row, version=sign_on_of(row.declaration).version, now=now())


def live(declaration: Any) -> Any:
    return Endorsement.objects.for_declaration(declaration).live().order_by("pk")


def test_a_colleague_with_another_name_of_it_hears_by_mail_that_it_stands(declaration: Any, contact: Contact) -> None:
    assert endorse(declaration, contact) == Outcome.DONE
    signing.submit(declaration, typed(**OTHERWISE), now=now())
    assert Endorsement.objects.for_declaration(declaration).count() == 1
    [mail] = mails("stands_already")
    assert (mail.recipient, "for Nurses of Lira" in text_of(mail)) == (OTHERWISE["email"], True)
    assert "/endorsements/manage/" not in text_of(mail)


def test_two_forms_under_two_names_wait_and_the_first_to_confirm_stands(declaration: Any, member: Organisation) -> None:
    by_site, by_name = submitted(declaration, **ITS_OWN), submitted(declaration, **CLAIM)
    link = link_in(mails("confirm")[-1], "confirm")
    assert by_site.key != by_name.key
    assert confirm(by_site) == Outcome.DONE
    assert press(link).status_code == 409
    assert live(declaration).get() == by_site


def test_who_waits_is_not_reminded_once_the_organisation_stands(declaration: Any, member: Organisation) -> None:
    by_site = submitted(declaration, **ITS_OWN)
    by_name, same_key = submitted(declaration, **CLAIM), submitted(declaration, **CLAIM | {"email": "third@gmail.com"})
    submitted(declaration)
    remind(now() + timedelta(hours=49))
    asked, reminders = mails("confirm")[:4], mails("confirm")[4:]
    assert [is_wanted(mail) for mail in reminders] == [True] * 4
    confirm(by_site)
    waiting = {signing_emails.subject(row) for row in (by_name, same_key)}
    assert {mail.about for mail in reminders if not is_wanted(mail)} == waiting | {signing_emails.subject(by_site)}
    assert all(is_wanted(mail) for mail in asked if mail.about in waiting), "whoever has just sent the form is to hear of it"
    remind(declaration.closes_at - timedelta(hours=20))
    assert [mail.recipient for mail in mails("confirm")[8:]] == ["akello@midwives-gulu.example"]


@pytest.mark.django_db(transaction=True)
def test_a_form_under_another_name_and_the_members_button_at_once_leave_one() -> None:
    contact = make_contact(make_member())
    for number in range(3):
        declaration = open_declaration(f"Declaration {number}")
        version = sign_on_of(declaration).version
        colleague = submitted(declaration, **ITS_OWN)

        def act(turn: int, page: Any = declaration, row: Endorsement = colleague, version: Any = version) -> Outcome:
            if turn % 2:
                return responses.endorse(page, contact, version=version, now=now())
            return signing.confirm(Endorsement.objects.get(pk=row.pk), version=version, now=now())

        outcomes = at_once(4, act)
        assert live(declaration).count() == 1
        assert Outcome.ALREADY_ENDORSED in outcomes
        assert len(mails("confirmed")) == number + 1


def test_a_list_under_another_name_of_it_is_told_in_the_preview(declaration: Any, contact: Contact) -> None:
    endorse(declaration, contact)
    raw = b"name,country,website\nLira Nurses' Union,UG,\nNurses of Lira,UG,elsewhere.example\nOthers,UG,\n"
    assert [bool(entry.match) for entry in read_list(raw, declaration, {}).entries] == [True, True, False]
    other = open_declaration("Another")
    assert [entry.line for entry in read_list(raw, other, {}).new] == [2, 4]
    imported = ImportedList.objects.create(declaration=other, provenance="A letter", content=raw)
    assert import_list(imported, by=None, now=now())
    assert (imported.added, imported.skipped, live(other).filter(organisation=contact.organisation).count()) == (2, 1, 1)


def test_what_endorsed_before_the_coalition_knew_it_is_not_asked(home: Any) -> None:
    declaration = open_declaration()
    row = confirmed(declaration, **ITS_OWN)
    assert (row.organisation, row.is_live) == (None, True)
    contact = make_contact(make_member())
    row.refresh_from_db()
    assert row.organisation == contact.organisation
    assert contact.organisation not in not_asked(declaration, now())
    assert endorse(declaration, contact) == Outcome.ALREADY_ENDORSED


def test_what_became_known_while_the_form_was_being_stored_is_recognised_when_it_is_confirmed(home: Any) -> None:
    declaration, member = open_declaration(), make_member()
    by_site, by_name = submitted(declaration, **ITS_OWN), submitted(declaration, **CLAIM)
    Endorsement.objects.update(organisation=None)  # as that instant leaves them
    for row in (by_site, by_name):
        row.refresh_from_db()
    assert [confirm(by_site), confirm(by_name)] == [Outcome.DONE, Outcome.ALREADY_ENDORSED]
    assert live(declaration).get().organisation == member


@pytest.mark.django_db(transaction=True)
def test_confirming_while_its_organisation_is_merged_is_done_and_belongs_to_the_one_that_stays(secretary: Any) -> None:
    member, page = make_member(), open_declaration()
    for number in range(2):
        double = make_organisation(f"Nurses of Arua {number}", country="UG")
        row = submitted(page, name=double.name, country="UG", website="", email=f"colleague{number}@gmail.com")
        Endorsement.objects.filter(pk=row.pk).update(organisation=None)
        row.refresh_from_db()
        acts = [lambda double=double: merge(double, into=member, by=secretary), lambda row=row: confirm(row)]
        assert at_once(2, lambda turn, acts=acts: acts[turn]()) == [True, Outcome.DONE]
        assert Endorsement.objects.get(pk=row.pk).organisation == member
        moderation.decline(row, reason=DeclineReason.DUPLICATE, by=secretary, now=now())


def test_two_that_stood_apart_before_one_was_known_stay_and_the_first_is_its_own(home: Any) -> None:
    declaration = open_declaration(organisation_rule=ListingRule.ALL)
    first, second = confirmed(declaration, **OTHERWISE), confirmed(declaration, website="https://lira-nurses.example/")
    member = make_member()
    assert [row.organisation for row in live(declaration)] == [member, None]
    assert moderation.merge(second, into=first, by=None, now=now())


def test_of_two_organisations_that_are_one_one_endorsement_stays(declaration: Any, contact: Contact, member: Organisation) -> None:
    twin = make_organisation("Midwives of Lira", country="UG")
    waits, strict = confirmed(declaration, name=twin.name, website="", email="x@gmail.com"), open_declaration("Strict")
    assert waits.state == State.CONFIRMED
    endorse(declaration, contact)
    only_the_twins = confirmed(strict, name=twin.name, website="", email="x@gmail.com")
    assert merge(twin, into=member, by=None)
    stays = live(declaration).get()
    assert (stays.organisation, stays.state, stays.source) == (member, State.LISTED, Source.MEMBER)
    waits.refresh_from_db()
    assert (waits.state, waits.decline_reason, waits.merged_into) == (State.DECLINED, DeclineReason.DUPLICATE, stays)
    only_the_twins.refresh_from_db()
    assert (only_the_twins.organisation, only_the_twins.is_live) == (member, True)


def test_an_initial_signatory_is_recognised_and_stays_listed_when_it_is_renamed(declaration: Any, contact: Contact) -> None:
    other = make_organisation("Chosen from the list", country="KE")
    page = DeclarationPage.objects.get(pk=declaration.pk)
    page.initial_signatories = [InitialSignatory(organisation=other), InitialSignatory(name=OTHERWISE["name"], country="UG", sort_order=1)]
    page.save_revision().publish()
    assert endorse(declaration, contact) == Outcome.ALREADY_ENDORSED
    other.name = "Another name"
    other.save()
    page.save_revision().publish()
    assert [(row.name, row.organisation) for row in live(declaration)] == [
        (OTHERWISE["name"], contact.organisation),
        ("Another name", other),
    ]


def test_what_was_put_aside_does_not_come_back_beside_what_stands(declaration: Any, contact: Contact) -> None:
    colleague = confirmed(declaration, **CLAIM)
    moderation.approve(colleague, by=None, now=now())
    act, _refused = bulk.apply_to_all(
        [colleague],
        lambda row: moderation.decline(row, reason=DeclineReason.AUTHORITY, by=None, now=now()),
        to=State.DECLINED,
        by=None,
        now=now(),
    )
    assert endorse(declaration, contact) == Outcome.DONE
    assert bulk.undo(act, by=None, now=now()).restored == 0
