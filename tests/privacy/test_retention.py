"""Personal data have an end: at their time by themselves, and whenever their owner asks."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.due import run_all
from core.mail.suppression import suppress
from core.models import MailedLink, OutgoingMail
from endorsements.declarations import workflow as declarations
from endorsements.erasure import EVERYTHING, erase_endorsement
from endorsements.models import Consent, Endorsement, ImportedList
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import workflow as moderation
from endorsements.signing import workflow as signing
from endorsements.signing.emails import subject
from endorsements.states import DeclineReason, State
from privacy import retention
from privacy.erase import erase
from privacy.export import export
from tests.support.declarations import PERSON, confirmed, delivered, make_declaration, open_declaration, recorded, submitted
from tests.support.news import publish
from tests.support.privacy import erase_expired

ours = pytest.mark.django_db
ELSEWHERE: dict[str, Any] = {"email": "akello@elsewhere.example"}  # not at the organisation's domain, so it waits for the secretariat


def now() -> datetime:
    return timezone.now()


def later(**time: int) -> datetime:
    return now() + timedelta(**time)


def again(row: Endorsement) -> Endorsement:
    return Endorsement.objects.get(pk=row.pk)


def traces(row: Endorsement, *words: str) -> list[str]:
    """Which of these words, or of what links and mails keep of it, are still stored."""
    told = again(row).__dict__.values()
    found = [word for word in words if any(word in str(value) for value in told)]
    kept = {
        "consents": Consent.objects.filter(endorsement=row),
        "links": MailedLink.objects.filter(subject=subject(row)),
        "mails": OutgoingMail.objects.filter(about=subject(row)),
    }
    return found + [name for name, rows in kept.items() if rows.exists()]


def everything(row: Endorsement) -> tuple[str, ...]:
    return tuple(str(getattr(row, name)) for name in EVERYTHING if len(getattr(row, name)) > 1)


# What is erased, of one endorsement


@ours
def test_erasing_leaves_only_that_there_was_one() -> None:
    page = open_declaration(organisation_rule="all")
    row = confirmed(page, news=True)
    words = everything(row)
    assert traces(row, *words) == [*words, "consents", "links", "mails"]
    assert erase_endorsement(row, by=None, now=now())
    assert traces(row, *words) == []
    left = again(row)
    assert (left.state, left.kind, left.country, left.version_id) == ("erased", "organisation", "UG", row.version_id)
    assert not erase_endorsement(left, by=None, now=now())
    entries = ModelLogEntry.objects.filter(object_id=str(row.pk), content_type__model="endorsement")
    assert not [word for word in words for entry in entries if word in f"{entry.label}{entry.data}"]
    assert confirmed(page).state == State.LISTED


# At its time


@ours
def test_who_never_confirmed_is_erased_a_month_after_the_last_mail() -> None:
    page = open_declaration(closes_at=later(days=400))
    row, held = submitted(page), submitted(page, PERSON, over_limit=True)
    confirmed_and_waiting = confirmed(page, name="Other", website="https://other.example", **ELSEWHERE)
    erase_expired(later(days=29))
    assert (again(row).state, again(held).state) == (State.PENDING, State.HELD)
    Endorsement.objects.filter(pk=row.pk).update(mailed_at=later(days=10))
    erase_expired(later(days=31))
    assert (again(row).state, again(held).state) == (State.PENDING, State.ERASED)
    erase_expired(later(days=41))
    assert again(row).state == State.ERASED
    assert again(confirmed_and_waiting).state == State.CONFIRMED


@ours
def test_what_ended_is_erased_a_month_later_but_not_a_withdrawal_that_is_to_be_seen() -> None:
    page = open_declaration(closes_at=later(days=400))
    silent, seen, declined = (confirmed(page, PERSON, email=f"{name}@example.net") for name in ("silent", "seen", "declined"))
    signing.withdraw(silent, shown=False, now=now())
    signing.withdraw(seen, shown=True, now=now())
    moderation.decline(declined, reason=DeclineReason.OTHER, by=None, now=now())
    erase_expired(later(days=29))
    assert [again(row).state for row in (silent, seen, declined)] == ["withdrawn", "withdrawn", "declined"]
    erase_expired(later(days=31))
    assert [again(row).state for row in (silent, seen, declined)] == ["erased", "withdrawn", "erased"]
    assert (again(seen).name, again(seen).email) == ("Ngozi Okafor", "")
    assert "seen@" not in str(again(seen).__dict__)


@ours
def test_two_years_after_closing_only_what_is_public_is_left() -> None:
    recorded()
    page = open_declaration()
    organisation, person = confirmed(page), confirmed(page, PERSON)
    unnamed = confirmed(page, PERSON, name="Hidden Henry", email="henry@example.net", affiliation="Secret Clinic", show_name=False)
    hidden_too = confirmed(page, PERSON, name="Hidden Helen", email="helen@example.net", show_name=False)
    waiting = confirmed(page, name="Waiting Society", website="https://waiting.example", **ELSEWHERE)
    moderation.write_note(organisation, note="Called her.", by=None)
    delivered(page)
    erase_expired(later(days=700))
    assert again(organisation).email
    erase_expired(later(days=731))
    assert [again(row).state for row in (organisation, person, unnamed, waiting)] == ["listed", "listed", "listed", "erased"]
    assert traces(organisation, "Akello", "akello", "Director", "Called", "Midwives of Gulu") == [
        "Midwives of Gulu",
        "consents",
        "links",
        "mails",
    ]
    assert traces(person, "ngozi@", "Ngozi Okafor", "Enugu Clinic")[:2] == ["Ngozi Okafor", "Enugu Clinic"]
    for row in (unnamed, hidden_too):
        assert not {"Hidden", "hidden", "henry", "helen", "Secret", "Nurse"} & set(
            traces(row, "Hidden", "hidden", "henry", "helen", "Secret", "Nurse")
        )
    before = list(Endorsement.objects.values())
    erase_expired(later(days=732))
    assert list(Endorsement.objects.values()) == before


@ours
def test_a_sign_on_that_is_open_keeps_the_ways_to_reach_people() -> None:
    page = open_declaration(closes_at=None)
    row = confirmed(page)
    erase_expired(later(days=4000))
    assert again(row).email


@ours
def test_a_text_that_circulated_and_was_never_opened_leaves_nobody_behind() -> None:
    page = make_declaration(live=False)
    standing = sign_on_of(page)
    declarations.circulate(standing, by=None, now=now())
    page = type(page).objects.get(pk=page.pk)
    row = confirmed(page, PERSON)
    declarations.stop_circulating(sign_on_of(page), by=None, now=now())
    erase_expired(later(days=700))
    assert again(row).state == State.LISTED
    erase_expired(later(days=731))
    assert again(row).state == State.ERASED


@ours
def test_networks_and_uploads_go_too() -> None:
    page = open_declaration(closes_at=later(days=400))
    row = confirmed(page)
    Endorsement.objects.filter(pk=row.pk).update(network="n" * 64)
    upload = ImportedList.objects.create(declaration=page, content=b"name\nAda", uploaded_at=now())
    erase_expired(later(days=6))
    assert (again(row).network, bytes(ImportedList.objects.get(pk=upload.pk).content)) == ("n" * 64, b"name\nAda")
    erase_expired(later(days=31))
    assert (again(row).network, bytes(ImportedList.objects.get(pk=upload.pk).content)) == ("", b"")


@ours
def test_run_due_comes_by_and_a_confirmation_at_the_last_moment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_declaration(closes_at=later(days=400), organisation_rule="all")
    row, other = submitted(page), submitted(page, PERSON)
    erase_if = retention._erase_if

    def confirm_first(table: Any, expired: Any, pk: int, *rest: Any) -> bool:
        if pk == row.pk:
            signing.confirm(again(row), version=row.version, now=now())
        return erase_if(table, expired, pk, *rest)

    monkeypatch.setattr(retention, "_erase_if", confirm_first)
    assert "personal data: endorsements.endorsement" in run_all(now())
    erase_expired(later(days=31))
    assert (again(row).state, again(other).state) == (State.LISTED, State.ERASED)


# When its owner asks


@ours
def test_a_person_gets_all_that_is_held_of_them_and_nothing_of_others() -> None:
    page = open_declaration()
    row = confirmed(page, PERSON, news=True)
    moderation.write_note(row, note="Rang her.", by=None)
    delivered(page)
    confirmed(open_declaration("Another"), PERSON, name="Somebody Else", email="else@example.net")
    told = json.loads(json.dumps(export("Ngozi@Example.net"), default=str))
    (one,) = told["endorsements"]
    assert (one["name"], one["email"], one["country"], one["note"]) == ("Ngozi Okafor", "ngozi@example.net", "NG", "Rang her.")
    assert (one["declaration"], one["version"]) == ("Pay health workers", "Version 1")
    assert {(answer["purpose"], answer["given"]) for answer in one["consents"]} == {("show_name", True), ("news", True)}
    assert one["handed_over_to"] == [{"recipient": "The Minister of Health", "delivered_on": "2026-03-02"}]
    assert [mail["purpose"] for mail in told["mails"]] == ["endorsements.confirm", "endorsements.confirmed"]
    assert "gets no mail from here" not in told
    assert "Somebody Else" not in json.dumps(told)
    suppress("ngozi@example.net")
    assert export("ngozi@example.net")["gets no mail from here"]


@ours
def test_a_second_person_gets_and_erases_only_their_own_part() -> None:
    page = open_declaration()
    row = confirmed(page, **ELSEWHERE)
    assert signing.ask_second_person(row, address="opio@midwives-gulu.example", now=now())
    MailedLink.objects.all().delete()  # months later
    assert signing.ask_second_person(row, address="beatrice@midwives-gulu.example", now=now())
    told = export("beatrice@midwives-gulu.example")
    assert told["endorsements"][0]["asked_as_second_person_for"] == "Midwives of Gulu"
    assert "Akello" not in str(told)
    assert "elsewhere" not in str(told)
    assert erase("beatrice@midwives-gulu.example", by=None, now=now())["endorsements"] == 1
    assert (again(row).state, again(row).second_email, again(row).email) == (State.CONFIRMED, "", "akello@elsewhere.example")
    assert not OutgoingMail.objects.filter(recipient__startswith="beatrice").exists()
    assert OutgoingMail.objects.filter(recipient="akello@elsewhere.example").exists()


@ours
def test_an_address_is_erased_from_everything_but_what_was_handed_over() -> None:
    page, other = open_declaration(), open_declaration("Another")
    rows = [confirmed(page, PERSON), confirmed(other, PERSON)]
    signing.submit(page, signing.Submission(**PERSON), now=now())  # a mail that it stands already
    delivery = delivered(page)
    assert erase("ngozi+list@example.net", by=None, now=now())["endorsements"] == 2
    for row in rows:
        assert traces(row, "ngozi", "Ngozi", "Okafor", "Enugu") == []
    assert not OutgoingMail.objects.filter(recipient__icontains="ngozi").exists()
    delivery.refresh_from_db()
    assert "Ngozi Okafor" in delivery.content
    assert erase("ngozi@example.net", by=None, now=now()) == {}
    publish(page)
