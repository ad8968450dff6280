"""The links in mails: a page that says what its button does, a GET that changes nothing, and every outcome told in words."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core import links
from core.models import Count, OneUseLink, OutgoingMail
from endorsements import emails
from endorsements.models import Consent, DeclarationPage, Endorsement, SignOn, Suppression
from endorsements.models.sign_on import sign_on_of
from endorsements.retention import erase
from endorsements.states import Purpose, State
from endorsements.suppression import is_suppressed, suppress
from endorsements.workflow import endorsing, moderating, sign_on
from tests.at_once import at_once
from tests.declarations import PERSON, confirmed, make_declaration, open_declaration, submitted
from tests.endorsing import hidden, link_in, mails, parsed, press, sent, the_only, words

KEPT = (Endorsement, Consent, Suppression, SignOn, OneUseLink, OutgoingMail, Count, ModelLogEntry)
ELSEWHERE = {"email": "akello@elsewhere.example"}


@pytest.fixture
def declaration(home: Any) -> Any:
    return open_declaration()


def link_of(endorsement: Endorsement, purpose: str) -> str:
    """The path of a new link."""
    with transaction.atomic():
        return "/endorsements/" + emails.link(endorsement, purpose).partition("/endorsements/")[2]


def waiting(declaration: Any, base: Any = None, **changes: Any) -> tuple[Endorsement, str]:
    """One that waits for its confirmation, and the link in its mail."""
    row = submitted(declaration, **({"base": base} if base else {}), **changes)
    return row, link_in(mails("confirm")[-1], "confirm")


def new_text(declaration: Any, text: str = "Pay them on time, and enough.", *, is_new: bool = True) -> None:
    """The declaration with another text, as a new version or a correction."""
    page = DeclarationPage.objects.get(pk=declaration.pk)
    page.body = [("text", f"<p>{text}</p>")]
    page.save_revision()
    sign_on.publish_text(sign_on_of(page), is_new=is_new, note="We say how much.", by=None, now=timezone.now())


def everything() -> list[Any]:
    """All that is stored, to be compared."""
    return [list(model.objects.order_by("pk").values()) for model in KEPT]


# Looking


def test_no_get_changes_anything(declaration: Any) -> None:
    """Mail scanners open every link, with GET and HEAD, before the reader does."""
    row = confirmed(declaration, **ELSEWHERE)
    pending, _ = waiting(declaration, PERSON)
    paths = [link_of(row, purpose) for purpose in emails.PAGES if purpose != emails.CONFIRM] + [link_of(pending, emails.CONFIRM)]
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


def test_an_unknown_link_offers_a_new_one(home: Any) -> None:
    for kind in ("confirm", "not-me", "manage", "second", "renew", "updates"):
        for response in (Client().get(f"/endorsements/{kind}/{'a' * 43}/"), Client().post(f"/endorsements/{kind}/x/")):
            assert response.status_code == 404
            assert "send you a new link" in words(response)
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
            assert "This link is too old" in words(response)
            assert "send you a new link" in words(response)


# Confirming


def test_the_page_shows_what_is_listed_and_what_is_signed(declaration: Any) -> None:
    _row, path = waiting(declaration)
    response = Client().get(path)
    told = words(response)
    for part in ("Midwives of Gulu", "Uganda", "Version 1", "Pay them on time.", "Akello Apio, Director", "akello@midwives-gulu.example"):
        assert part in told
    assert f'href="{declaration.url}versions/1.0/"' in response.content.decode()
    assert len(list(parsed(response).iter("form"))) == 1


def test_pressing_the_button_confirms_and_twice_is_the_same(declaration: Any) -> None:
    _row, path = waiting(declaration)
    first, again = press(path), press(path)
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"]) == (303, path)
    row = the_only(declaration)
    assert row.state == State.LISTED  # its address is at its website's domain
    told = words(Client().get(path))
    assert "Thank you" in told
    assert "within a minute you are in the list" in told
    assert f"http://testserver{declaration.url}" in told
    assert "mailto:?subject=Pay%20health%20workers" in Client().get(path).content.decode()
    assert len(mails("confirmed")) == 1


def test_a_replayed_form_of_an_old_page_confirms_nothing_twice(declaration: Any) -> None:
    row, path = waiting(declaration)
    data = hidden(Client().get(path))
    Client().post(path, data)
    row.refresh_from_db()
    endorsing.withdraw(row, shown=False, now=timezone.now())
    response = Client().post(path, data)
    assert response.status_code == 409
    assert "This endorsement has ended" in words(response)
    assert the_only(declaration).state == State.WITHDRAWN


def test_fifty_confirmations_at_the_same_moment_are_one(transactional_db: None, home: Any) -> None:
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
    _mine, path = waiting(declaration)
    _theirs, other = waiting(declaration, email="okello@midwives-gulu.example")
    press(other)
    response = press(path)
    assert response.status_code == 409
    assert "A colleague was faster" in words(response)
    assert Endorsement.objects.under(declaration).live().count() == 1


def test_a_text_that_changed_is_shown_before_anybody_signs_it(declaration: Any) -> None:
    _row, path = waiting(declaration)
    old = hidden(Client().get(path))
    new_text(declaration)
    response = Client().post(path, old)
    assert response.status_code == 200
    assert the_only(declaration).state == State.PENDING
    for page in (response, Client().get(path)):
        assert "The text has changed since you saw it" in words(page)
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
    _row, path = waiting(declaration)
    _other, late = waiting(declaration, PERSON)
    with time_machine.travel(declaration.closes_at + timedelta(days=2), tick=False):
        assert press(path).status_code == 303
    with time_machine.travel(declaration.closes_at + timedelta(days=4), tick=False):
        looked, pressed = Client().get(late), Client().post(late, {"version": "1"})
        assert (looked.status_code, pressed.status_code) == (200, 409)
        for response in (looked, pressed):
            assert "The sign-on is closed" in words(response)
            assert "Your name is not in the list" in words(response)
    assert set(Endorsement.objects.under(declaration).values_list("kind", "state")) == {("organisation", "listed"), ("person", "pending")}


def test_while_the_declaration_is_offline_a_link_waits(declaration: Any) -> None:
    _row, path = waiting(declaration)
    data = hidden(Client().get(path))
    page = DeclarationPage.objects.get(pk=declaration.pk)
    page.unpublish()
    response = Client().post(path, data)
    assert response.status_code == 409
    assert "your link stays good" in words(response)
    page.save_revision().publish()
    assert Client().post(path, data).status_code == 303


def test_what_was_held_is_confirmed_and_still_looked_at(declaration: Any) -> None:
    row, path = waiting(declaration)
    moderating.hold(row, by=None, now=timezone.now())
    press(path)
    row.refresh_from_db()
    assert (row.state, row.confirmed_at is not None) == (State.HELD, True)
    assert "The secretariat looks at it" in words(Client().get(path))


def test_links_of_what_was_erased_lead_nowhere(declaration: Any) -> None:
    row, path = waiting(declaration)
    erase(row, by=None, now=timezone.now())
    assert Client().get(path).status_code == 404
    assert Client().post(path).status_code == 404


# "This was not me"


def test_this_was_not_me_ends_it_and_silences_us(declaration: Any) -> None:
    row, _path = waiting(declaration)
    path = link_in(mails("confirm")[0], "not-me")
    assert "without a trace" in words(Client().get(path))
    assert press(path).status_code == 303
    assert press(path).status_code == 303
    row.refresh_from_db()
    assert row.state == State.WITHDRAWN
    assert is_suppressed("Akello+x@midwives-gulu.example")
    assert "gets no mail from here any more" in words(Client().get(path))
    sent(f"{declaration.url}endorse/")
    assert len(mails("confirm")) == 1


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


def test_a_consent_that_is_asked_no_more_can_still_be_taken_back(declaration: Any) -> None:
    row, path = managed(declaration, news=True)
    DeclarationPage.objects.filter(pk=declaration.pk).update(news_wording="")
    Client().post(path, {"action": "news"})
    assert not row.consents.filter(purpose=Purpose.NEWS).last().given
    Client().post(path, {"action": "news", "given": "yes"})
    assert not row.consents.filter(purpose=Purpose.NEWS).last().given


def test_tricks_in_a_correction_are_refused_and_kept_on_the_page(declaration: Any) -> None:
    row, path = managed(declaration)
    for role in ("=cmd", "a\u202eb", "x" * 121, "\0", "x" * 90_000):
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
    assert "erased within 30 days" in told
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
    assert (row.state, row.is_green) == (State.LISTED, True)
    assert "nothing more to do" in words(Client().get(page))


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
    path = link_of(row, emails.RENEW)
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
    assert "You stand under Version 3" in words(Client().get(path))


# No more mails


def test_one_click_unsubscribes_whatever_the_mail_program_sends(declaration: Any) -> None:
    row = confirmed(declaration)
    path = link_of(row, emails.UPDATES)
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


# Under embargo


def test_a_circulating_declaration_is_read_and_endorsed_in_secret(home: Any) -> None:
    page = make_declaration(live=False, opens_at=timezone.now() + timedelta(days=9), closes_at=timezone.now() + timedelta(days=20))
    token = sign_on.circulate(sign_on_of(page), by=None, now=timezone.now())
    base = f"/declarations/{token}/"
    response = Client().get(base)
    html = response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"
    for absent in ('rel="canonical"', "og:title", "og:url", "wa.me", page.slug, "signatories", "count.json"):
        assert absent not in html
    for part in ("Under embargo until", "Pay health workers", "Pay them on time.", "Endorse this declaration"):
        assert part in words(response)
    answer = sent(f"{base}endorse/")
    assert answer["Location"] == f"{base}endorse/check-mail/"
    assert page.slug not in Client().get(answer["Location"]).content.decode()
    path = link_in(mails("confirm")[0], "confirm")
    assert "Under embargo until" in words(Client().get(path))
    press(path)
    done = Client().get(path)
    assert "You will be listed when the declaration is published" in words(done)
    assert page.slug not in done.content.decode()
    assert the_only(page).state == State.LISTED
    sign_on.open_sign_on(sign_on_of(page), by=None, now=timezone.now())
    gone = Client().get(base)
    assert gone.status_code == 404
    assert "Perhaps the declaration is public by now" in words(gone)
    assert "within a minute you are in the list" in words(Client().get(path))


def test_a_replaced_or_stopped_secret_address_leads_nowhere(home: Any) -> None:
    page = make_declaration(live=False)
    first = sign_on.circulate(sign_on_of(page), by=None, now=timezone.now())
    second = sign_on.circulate(sign_on_of(page), by=None, now=timezone.now())
    for part in ("", "endorse/", "endorse/check-mail/"):
        assert Client().get(f"/declarations/{first}/{part}").status_code == 404
        assert Client().get(f"/declarations/{second}/{part}").status_code == 200
    sign_on.stop_circulating(sign_on_of(page), by=None, now=timezone.now())
    assert Client().post(f"/declarations/{second}/endorse/").status_code == 404
    assert not links.revoke(purpose=sign_on.CIRCULATION, subject=sign_on.circulation_subject(sign_on_of(page)))
