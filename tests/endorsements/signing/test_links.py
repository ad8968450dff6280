"""The links in mails: a page that says what its button does, a GET that changes nothing, and every outcome told in words."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import ModelLogEntry

from core.links import tokens
from core.mail.suppression import is_suppressed
from core.models import Count, MailedLink, OutgoingMail, Suppression
from endorsements.declarations import workflow as declarations
from endorsements.erasure import erase_endorsement
from endorsements.models import Consent, DeclarationPage, Endorsement, SignOn
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import workflow as moderation
from endorsements.signing import emails as signing_emails
from endorsements.signing import workflow as signing
from endorsements.states import State
from tests.support.answers import Screen
from tests.support.concurrency import at_once
from tests.support.declarations import PERSON, confirmed, make_declaration, open_declaration, recorded
from tests.support.endorsing import (
    ELSEWHERE,
    filled,
    hidden,
    link_in,
    link_of,
    mails,
    new_text,
    parsed,
    press,
    sent,
    text_of,
    the_only,
    waiting,
    words,
)

pytestmark = pytest.mark.one_database

NEW_LINK = "/endorsements/link/"
KEPT = (Endorsement, Consent, Suppression, SignOn, MailedLink, OutgoingMail, Count, ModelLogEntry)


@pytest.fixture
def declaration(home: Any) -> Any:
    return open_declaration()


def everything() -> list[Any]:
    """All that is stored, to be compared."""
    return [list(model.objects.order_by("pk").values()) for model in KEPT]


# Looking


def test_no_get_changes_anything(declaration: Any) -> None:
    """Mail scanners open every link, with GET and HEAD, before the reader does."""
    row = confirmed(declaration, **ELSEWHERE)
    pending, _ = waiting(declaration, PERSON)
    paths = [link_of(row, purpose) for purpose in signing_emails.URL_NAMES if purpose != signing_emails.CONFIRM] + [
        link_of(pending, signing_emails.CONFIRM)
    ]
    paths += [f"{declaration.url}endorse/", f"{declaration.url}endorse/held/", "/endorsements/link/", "/endorsements/confirm/x/"]
    before = everything()
    for path in paths:
        for ask in (Client().get, Client().head):
            response = ask(path)
            assert response.status_code in (200, 404), path
            assert not response.cookies
            assert response["Referrer-Policy"] == "no-referrer"
            assert response["X-Robots-Tag"] == "noindex"
            assert "private" in response["Cache-Control"]
    assert everything() == before


def test_whoever_is_not_named_and_whoever_cannot_be_hidden_are_told_what_is_true(declaration: Any) -> None:
    _row, path = waiting(declaration, PERSON, show_name=False)
    press(path)
    assert "Your name is not shown" in words(Client().get(path))
    thanks = mails("confirmed")[0]
    assert "Counted; your name is not shown." in text_of(thanks)
    assert "show or hide your name" in text_of(thanks)
    _row, path = waiting(declaration)
    press(path)
    assert "hide your name" not in words(Client().get(path)) + text_of(mails("confirmed")[1])


def test_an_unknown_link_offers_a_new_one(home: Any) -> None:
    for kind in ("confirm", "not-me", "manage", "second", "renew", "updates"):
        for response in (Client().get(f"/endorsements/{kind}/{'a' * 43}/"), Client().post(f"/endorsements/{kind}/x/")):
            assert response.status_code == 404
            assert any(action.startswith(NEW_LINK) for action in Screen(response).actions)
    for token in ("a" * 44, "é" * 20, "%00", "a%0Ab", "..%2F.."):
        assert Client().get(f"/endorsements/confirm/{token}/").status_code in (400, 404)


def test_a_link_is_good_for_its_purpose_only(declaration: Any) -> None:
    _row, path = waiting(declaration)
    assert Client().post(path.replace("confirm", "not-me")).status_code == 404
    assert the_only(declaration).state == State.PENDING


def test_an_expired_link_says_so_and_offers_a_new_one(declaration: Any) -> None:
    _row, path = waiting(declaration)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        for response in (Client().get(path), Client().post(path)):
            assert response.status_code == 410
            assert any(action.startswith(NEW_LINK) for action in Screen(response).actions)


# Confirming


def test_the_page_shows_what_is_listed_and_what_is_signed(declaration: Any) -> None:
    _row, path = waiting(declaration)
    response = Client().get(path)
    told = words(response)
    for part in ("Midwives of Gulu", "Uganda", "Pay them on time.", "Akello Apio", "Director", "akello@midwives-gulu.example"):
        assert part in told
    assert sign_on_of(declaration).version.label in told
    assert f'href="{declaration.url}versions/1.0/"' in response.content.decode()
    assert len(list(parsed(response).iter("form"))) == 1


def test_pressing_the_button_confirms_and_twice_is_the_same(declaration: Any) -> None:
    recorded()
    _row, path = waiting(declaration)
    first, again = press(path), press(path)
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"]) == (303, path)
    row = the_only(declaration)
    assert row.state == State.LISTED  # its address is at its website's domain
    assert f"http://testserver{declaration.url}" in words(Client().get(path))
    assert "mailto:?subject=Pay%20health%20workers" in Client().get(path).content.decode()
    assert len(mails("confirmed")) == 1


def test_a_replayed_form_of_an_old_page_confirms_nothing_twice(declaration: Any) -> None:
    row, path = waiting(declaration)
    data = hidden(Client().get(path))
    Client().post(path, data)
    row.refresh_from_db()
    signing.withdraw(row, shown=False, now=timezone.now())
    response = Client().post(path, data)
    assert response.status_code == 409
    assert list(parsed(response).iter("form")) == []
    assert the_only(declaration).state == State.WITHDRAWN


def test_fifty_confirmations_at_the_same_moment_are_one(transactional_db: None, home: Any) -> None:
    recorded()
    page = open_declaration()
    _row, path = waiting(page)
    data = hidden(Client().get(path))
    answers = at_once(50, lambda _number: Client().post(path, data).status_code)
    assert set(answers) == {303}
    row = the_only(page)
    assert row.state == State.LISTED
    assert len(mails("confirmed")) == 1
    assert ModelLogEntry.objects.filter(action="endorsements.confirm", object_id=str(row.pk)).count() == 1


def test_a_colleague_who_was_faster(declaration: Any) -> None:
    recorded()
    _mine, path = waiting(declaration)
    _theirs, other = waiting(declaration, email="okello@midwives-gulu.example")
    press(other)
    response = press(path)
    assert response.status_code == 409
    assert Endorsement.objects.for_declaration(declaration).live().count() == 1


def test_a_text_that_changed_is_shown_before_anybody_signs_it(declaration: Any) -> None:
    recorded()
    _row, path = waiting(declaration)
    old = hidden(Client().get(path))
    new_text(declaration)
    response = Client().post(path, old)
    assert response.status_code == 200
    assert the_only(declaration).state == State.PENDING
    for page in (response, Client().get(path)):
        assert hidden(page)["version"] == str(sign_on_of(declaration).version.pk)
        assert "and enough" in "".join("".join(found.itertext()) for found in parsed(page).iter("ins"))
    Client().post(path, hidden(response))
    row = the_only(declaration)
    assert (row.state, row.version.number) == (State.LISTED, 2)


def test_a_mended_slip_asks_nobody_again(declaration: Any) -> None:
    _row, path = waiting(declaration)
    old = hidden(Client().get(path))
    new_text(declaration, "Pay them on time!", is_new=False)
    assert Client().post(path, old).status_code == 303
    assert the_only(declaration).version.label == "Version 1"


def test_a_version_that_nobody_was_shown_is_not_signed(declaration: Any) -> None:
    _row, path = waiting(declaration)
    for version in ("", "0", "x", "9" * 30, "-1", "\0", "٣"):
        response = Client().post(path, {"version": version})
        assert response.status_code == 200
        assert the_only(declaration).state == State.PENDING
    assert hidden(response)["version"] == str(sign_on_of(declaration).version.pk)


def test_after_closing_a_link_works_for_the_days_of_grace(declaration: Any) -> None:
    recorded()
    _row, path = waiting(declaration)
    _other, late = waiting(declaration, PERSON)
    with time_machine.travel(declaration.closes_at + timedelta(days=2), tick=False):
        assert press(path).status_code == 303
    with time_machine.travel(declaration.closes_at + timedelta(days=4), tick=False):
        looked, pressed = Client().get(late), Client().post(late, {"version": "1"})
        assert (looked.status_code, pressed.status_code) == (200, 409)
        for response in (looked, pressed):
            assert "version" not in hidden(response), "there is nothing left to confirm"
    assert set(Endorsement.objects.for_declaration(declaration).values_list("kind", "state")) == {
        ("organisation", "listed"),
        ("person", "pending"),
    }


def test_while_the_declaration_is_offline_a_link_waits(declaration: Any) -> None:
    _row, path = waiting(declaration)
    data = hidden(Client().get(path))
    page = DeclarationPage.objects.get(pk=declaration.pk)
    page.unpublish()
    response = Client().post(path, data)
    assert response.status_code == 409
    page.save_revision().publish()
    assert Client().post(path, data).status_code == 303


def test_what_was_held_is_confirmed_and_still_looked_at(declaration: Any) -> None:
    row, path = waiting(declaration)
    moderation.hold(row, by=None, now=timezone.now())
    press(path)
    row.refresh_from_db()
    assert (row.state, row.confirmed_at is not None) == (State.HELD, True)
    assert "version" not in hidden(Client().get(path))


def test_links_of_what_was_erased_lead_nowhere(declaration: Any) -> None:
    row, path = waiting(declaration)
    erase_endorsement(row, by=None, now=timezone.now())
    assert Client().get(path).status_code == 404
    assert Client().post(path).status_code == 404


# "This was not me"


def test_this_was_not_me_ends_it_and_silences_us(declaration: Any) -> None:
    row, _path = waiting(declaration)
    path = link_in(mails("confirm")[0], "not-me")
    assert press(path).status_code == 303
    assert press(path).status_code == 303
    row.refresh_from_db()
    assert row.state == State.WITHDRAWN
    assert is_suppressed("Akello+x@midwives-gulu.example")
    assert list(parsed(Client().get(path)).iter("form")) == []
    sent(f"{declaration.url}endorse/")
    assert len(mails("confirm")) == 1


# Under embargo


def test_a_circulating_declaration_is_read_and_endorsed_in_secret(home: Any) -> None:
    recorded()
    page = make_declaration(live=False, opens_at=timezone.now() + timedelta(days=9), closes_at=timezone.now() + timedelta(days=20))
    token = declarations.circulate(sign_on_of(page), by=None, now=timezone.now())
    base = f"/declarations/{token}/"
    response = Client().get(base)
    html = response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"
    for absent in ('rel="canonical"', "og:title", "og:url", "wa.me", page.slug, "signatories", "count.json"):
        assert absent not in html
    opens = date_format(timezone.localtime(page.opens_at), "j F Y")
    for part in (opens, "Pay health workers", "Pay them on time."):
        assert part in words(response)
    assert f"{base}endorse/" in Screen(response).links
    answer = sent(f"{base}endorse/")
    assert answer["Location"] == f"{base}endorse/check-mail/"
    assert page.slug not in Client().get(answer["Location"]).content.decode()
    path = link_in(mails("confirm")[0], "confirm")
    assert opens in words(Client().get(path))
    press(path)
    done = Client().get(path)
    assert page.slug not in done.content.decode()
    assert the_only(page).state == State.LISTED
    declarations.open_sign_on(sign_on_of(page), by=None, now=timezone.now())
    assert page.slug in Client().get(path).content.decode()


def test_once_public_the_secret_address_leads_there_with_what_was_typed_meanwhile(home: Any) -> None:
    page = make_declaration(live=False)
    base = f"/declarations/{declarations.circulate(sign_on_of(page), by=None, now=timezone.now())}/"
    form = filled(f"{base}endorse/") | {"step": "send"}
    declarations.open_sign_on(sign_on_of(page), by=None, now=timezone.now())
    page.refresh_from_db()
    for part in ("", "endorse/?as=person", "endorse/check-mail/"):
        assert Client().get(f"{base}{part}")["Location"] == page.url + part
    assert Client().post(f"{base}endorse/", form, follow=True).redirect_chain == [
        (f"{page.url}endorse/", 307),
        (f"{page.url}endorse/check-mail/", 303),
    ]
    page.unpublish()
    assert Client().get(base).status_code == Client().post(f"{base}endorse/").status_code == 404


def test_a_replaced_or_stopped_secret_address_leads_nowhere(home: Any) -> None:
    page = make_declaration(live=False)
    first = declarations.circulate(sign_on_of(page), by=None, now=timezone.now())
    second = declarations.circulate(sign_on_of(page), by=None, now=timezone.now())
    for part in ("", "endorse/", "endorse/check-mail/"):
        assert Client().get(f"/declarations/{first}/{part}").status_code == 404
        assert Client().get(f"/declarations/{second}/{part}").status_code == 200
    declarations.stop_circulating(sign_on_of(page), by=None, now=timezone.now())
    assert Client().post(f"/declarations/{second}/endorse/").status_code == 404
    assert not tokens.revoke(purpose=declarations.CIRCULATION, subject=declarations.circulation_subject(sign_on_of(page)))


def test_under_embargo_no_mail_tells_the_public_address(home: Any) -> None:
    page = make_declaration(live=False)
    declarations.circulate(sign_on_of(page), by=None, now=timezone.now())
    confirmed(page)
    assert len(mails()) == 2
    assert [text_of(mail) for mail in mails() if page.slug in text_of(mail)] == []
