"""What the holder of an endorsement may do: correct, show, hide, withdraw, have a colleague vouch, sign a new text, ask for a lost link."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from core.mail.suppression import suppress
from endorsements.models import DeclarationPage, Endorsement, SignOn
from endorsements.signing import emails as signing_emails
from endorsements.signing.known import verify
from endorsements.states import Purpose, State
from tests.support.declarations import PERSON, confirmed, open_declaration, recorded, submitted
from tests.support.endorsing import ELSEWHERE, hidden, link_in, link_of, mails, new_text, parsed, press, waiting, words


@pytest.fixture
def declaration(home: Any) -> Any:
    return open_declaration()


# Managing


def managed(declaration: Any, base: Any = PERSON, **changes: Any) -> tuple[Endorsement, str]:
    row = confirmed(declaration, base, **changes)
    return row, link_in(mails("confirmed")[-1], "manage")


def test_the_holder_sees_all_that_is_held(declaration: Any) -> None:
    _row, path = managed(declaration, news=True)
    told = words(Client().get(path))
    for part in ("Listed", "Version 1", "Ngozi Okafor", "Nurse, Enugu Clinic", "ngozi@example.net", "Send me news of the coalition"):
        assert part in told


def test_the_holder_corrects_hides_and_shows(declaration: Any) -> None:
    row, path = managed(declaration)
    done = Client().post(path, {"action": "role", "role": "Head nurse", "affiliation": ""}, follow=True)
    assert "Your correction is saved." in words(done)
    assert "Head nurse" in words(done)
    Client().post(path, {"action": "name"})
    row.refresh_from_db()
    assert (row.role, row.affiliation, row.show_name) == ("Head nurse", "", False)
    Client().post(path, {"action": "name", "given": "yes"})
    Client().post(path, {"action": "news", "given": "yes"})
    Client().post(path, {"action": "updates"})
    row.refresh_from_db()
    assert (row.show_name, row.wants_updates) == (True, False)
    answers = list(row.consents.filter(purpose=Purpose.SHOW_NAME).values_list("given", flat=True))
    assert answers == [True, False, True]
    assert row.consents.filter(purpose=Purpose.NEWS).last().given


def test_what_the_list_shows_is_changed_some_times_a_day_and_taken_away_always(declaration: Any) -> None:
    """Each change makes every public page be rendered anew."""
    row, path = managed(declaration)
    for number in range(30):
        Client().post(path, {"action": "name", "given": "yes"})
        Client().post(path, {"action": "role", "role": f"Nurse {number}", "affiliation": "Enugu Clinic"})
        Client().post(path, {"action": "name"})
        row.refresh_from_db()
        assert not row.show_name
    assert row.role == "Nurse 4"
    assert SignOn.objects.get(declaration=declaration).list_edition < 20
    refused = Client().post(path, {"action": "role", "role": "Typed with care", "affiliation": ""})
    assert "Typed with care" in refused.content.decode()
    assert 'id="role_error"' in refused.content.decode()
    assert 'role="alert"' in Client().post(path, {"action": "name", "given": "yes"}).content.decode()
    Client().post(path, {"action": "role", "role": "", "affiliation": ""})
    row.refresh_from_db()
    assert (row.role, row.affiliation, row.show_name) == ("", "", False)
    Client().post(path, {"action": "withdraw", "sure": "yes"})
    row.refresh_from_db()
    assert row.state == State.WITHDRAWN
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        other, other_path = managed(open_declaration("Another"))
        Client().post(other_path, {"action": "name"})
        Client().post(other_path, {"action": "name", "given": "yes"})
        other.refresh_from_db()
        assert other.show_name


def test_a_consent_that_is_asked_no_more_can_still_be_taken_back(declaration: Any) -> None:
    row, path = managed(declaration, news=True)
    DeclarationPage.objects.filter(pk=declaration.pk).update(news_wording="")
    Client().post(path, {"action": "news"})
    assert not row.consents.filter(purpose=Purpose.NEWS).last().given
    Client().post(path, {"action": "news", "given": "yes"})
    assert not row.consents.filter(purpose=Purpose.NEWS).last().given


def test_tricks_in_a_correction_are_refused_and_kept_on_the_page(declaration: Any) -> None:
    row, path = managed(declaration)
    for role in ("=cmd", "x" * 121, "\0", "x" * 90_000):
        response = Client().post(path, {"action": "role", "role": role, "affiliation": "Enugu Clinic"})
        assert 'id="role_error"' in response.content.decode()
    assert Client().post(path, {"action": "role", "role": "x" * 1_000_000}).status_code == 413
    row.refresh_from_db()
    assert row.role == "Nurse"


@pytest.mark.parametrize("shown", ["yes", "no"])
def test_withdrawing_is_asked_once_more(declaration: Any, shown: str) -> None:
    row, path = managed(declaration)
    sure = Client().post(path, {"action": "withdraw", "shown": shown})
    row.refresh_from_db()
    assert row.state == State.LISTED
    assert ("on which day" in words(sure)) == (shown == "yes")
    Client().post(path, hidden(sure))
    Client().post(path, hidden(sure))
    row.refresh_from_db()
    assert (row.state, row.withdrawal_shown) == (State.WITHDRAWN, shown == "yes")
    assert len(mails("withdrawn")) == 1
    told = words(Client().get(path))
    assert "Withdrawn" in told
    assert "30 days after that" in told
    assert not list(parsed(Client().get(path)).iter("form"))
    Client().post(path, {"action": "role", "role": "Minister"})
    row.refresh_from_db()
    assert row.role == "Nurse"


def test_an_organisation_is_public_and_cannot_be_hidden(declaration: Any) -> None:
    row, path = waiting(declaration)
    press(path)
    manage = link_in(mails("confirmed")[0], "manage")
    Client().post(manage, {"action": "name"})
    Client().post(manage, {"action": "no such thing"})
    row.refresh_from_db()
    assert row.show_name


# A second person


def test_a_second_person_at_the_organisations_domain_vouches(declaration: Any) -> None:
    recorded()
    row, path = waiting(declaration, **ELSEWHERE)
    press(path)
    row.refresh_from_db()
    assert row.state == State.CONFIRMED
    assert "Can a colleague confirm it too?" in words(Client().get(path))
    for wrong in ("okello@elsewhere.example", "akello@", ""):
        assert 'id="email_error"' in Client().post(path, {"action": "second", "email": wrong}).content.decode()
    assert mails("second") == []
    assert Client().post(path, {"action": "second", "email": "okello@midwives-gulu.example"}).status_code == 303
    [mail] = mails("second")
    assert mail.recipient == "okello@midwives-gulu.example"
    page = link_in(mail, "second")
    told = words(Client().get(page))
    assert "Akello Apio has endorsed a declaration in the name of Midwives of Gulu" in told
    assert "akello@elsewhere.example" not in told
    assert "Pay them on time." in told
    press(page)
    press(page)
    row.refresh_from_db()
    assert (row.state, verify([row])[0].is_verified) == (State.LISTED, True)
    assert "nothing more to do" in words(Client().get(page))


def test_a_second_person_at_a_domain_that_the_first_typed_proves_nothing(declaration: Any) -> None:
    row, path = waiting(declaration, **ELSEWHERE)
    press(path)
    Client().post(path, {"action": "second", "email": "okello@midwives-gulu.example"})
    press(link_in(mails("second")[0], "second"))
    row.refresh_from_db()
    assert row.seconded_at
    assert (row.state, verify([row])[0].is_verified) == (State.CONFIRMED, False)


def test_asking_somebody_who_wants_no_mail_looks_like_asking_anybody(declaration: Any) -> None:
    _row, path = waiting(declaration, **ELSEWHERE)
    press(path)
    suppress("okello@midwives-gulu.example")
    assert Client().post(path, {"action": "second", "email": "okello@midwives-gulu.example"}).status_code == 303
    assert mails("second") == []


def test_at_most_three_colleagues_are_asked(declaration: Any) -> None:
    _row, path = waiting(declaration, **ELSEWHERE)
    press(path)
    for name in ("a", "b", "c", "d"):
        Client().post(path, {"action": "second", "email": f"{name}@midwives-gulu.example"})
    assert len(mails("second")) == 3
    assert "Can a colleague" not in words(Client().get(path))


# A new version


def test_an_earlier_endorser_confirms_the_new_text_or_stays(declaration: Any) -> None:
    row = confirmed(declaration)
    path = link_of(row, signing_emails.RENEW)
    new_text(declaration)
    response = Client().get(path)
    assert "We say how much." in words(response)
    assert "and enough" in "".join("".join(found.itertext()) for found in parsed(response).iter("ins"))
    old = hidden(response)
    new_text(declaration, "Pay them on time, and enough, and for ever.")
    assert Client().post(path, old).status_code == 200
    row.refresh_from_db()
    assert row.version.number == 1
    press(path)
    press(path)
    row.refresh_from_db()
    assert row.version.number == 3
    assert "Version 3" in words(Client().get(path))


def test_after_a_renewal_the_page_tells_when_the_new_text_was_confirmed(declaration: Any) -> None:
    row = confirmed(declaration)
    new_text(declaration)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        renewed = timezone.now()
        press(link_of(row, signing_emails.RENEW))
    row.refresh_from_db()
    assert (row.version.number, row.renewed_at, row.version_confirmed_at) == (2, renewed, renewed)
    assert row.confirmed_at
    assert row.confirmed_at < renewed, "when it was first given stays as it was"
    page = Client().get(link_of(row, signing_emails.MANAGE)).content.decode()
    assert date_format(timezone.localtime(renewed), "j F Y") in page
    Endorsement.objects.filter(pk=row.pk).update(renewed_at=None)  # as a former release renewed it
    row.refresh_from_db()
    assert row.version_confirmed_at is None, "nobody confirmed version 2 before it was made"


# No more mails


def test_one_click_unsubscribes_whatever_the_mail_program_sends(declaration: Any) -> None:
    row = confirmed(declaration)
    path = link_of(row, signing_emails.UPDATES)
    assert "hand" in words(Client().get(path))
    for body, kind in (("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"), ("x" * 200_000, "text/plain"), ("", "")):
        Endorsement.objects.filter(pk=row.pk).update(wants_updates=True)
        response = Client(enforce_csrf_checks=True).generic("POST", path, body, content_type=kind)
        assert response.status_code == 200
        row.refresh_from_db()
        assert not row.wants_updates
    with time_machine.travel(timezone.now() + timedelta(days=735), tick=False):
        assert Client().post(path).status_code == 200


# A lost link


def test_asking_for_a_link_reveals_nothing(declaration: Any) -> None:
    confirmed(declaration)
    submitted(declaration, PERSON)
    Endorsement.objects.update(mailed_at=timezone.now() - timedelta(hours=1))
    pages = {
        Client().post("/endorsements/link/", {"email": address}).content
        for address in ("Akello@midwives-gulu.example", "ngozi@example.net", "nobody@example.com")
    }
    assert len(pages) == 1
    [mail] = mails("manage")
    assert "Your endorsement" in words(Client().get(link_in(mail, "manage")))
    assert len(mails("confirm")) == 3  # the second one of whom has not confirmed yet
    assert 'id="email_error"' in Client().post("/endorsements/link/", {"email": "akello"}).content.decode()
