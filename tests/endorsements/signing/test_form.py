"""The form for endorsing, through the door: what it asks, what it refuses, what it never forgets, and what follows."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from core.mail.suppression import suppress
from endorsements.declarations import workflow as declarations
from endorsements.models import Consent, DeclarationPage, Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.signing.emails import MANAGE
from endorsements.states import Purpose, State
from tests.journeys.test_page_weight import KILOBYTE, compressed
from tests.support.answers import Screen
from tests.support.concurrency import at_once
from tests.support.declarations import confirmed, make_declaration, open_declaration
from tests.support.endorsing import ORGANISATION_FORM, PERSON_FORM, filled, hidden, link_of, mails, parsed, sent, text_of, the_only, words
from tests.support.members import make_organisation

pytestmark = pytest.mark.one_database


@pytest.fixture
def declaration(home: Any) -> Any:
    return open_declaration(ask="You agree that health workers are paid on time.", privacy_note="We hand the names to the ministers.")


@pytest.fixture
def address(declaration: Any) -> str:
    return f"{declaration.url}endorse/"


def shown_error(response: Any, field: str) -> str:
    """The mistake beside the field, which must also stand in the summary and be tied to the field."""
    document = parsed(response)
    inputs = {element.get("id"): element for name in ("input", "select") for element in document.iter(name)}
    assert inputs[field].get("aria-invalid") == "true"
    assert f"{field}_error" in inputs[field].get("aria-describedby").split()
    [beside] = [element for element in document.iter("p") if element.get("id") == f"{field}_error"]
    assert f"#{field}" in [link.get("href") for link in document.find(".//*[@role='alert']").iter("a")]
    return "".join(beside.itertext())


def value_of(response: Any, name: str) -> Any:
    document = parsed(response)
    for field in document.iter("input"):
        if field.get("name") == name:
            return field.get("checked") is not None if field.get("type") == "checkbox" else field.get("value", "")
    [select] = [field for field in document.iter("select") if field.get("name") == name]
    return next((option.get("value") for option in select.iter("option") if option.get("selected") is not None), "")


def asks_to_send(response: Any) -> bool:
    """Whether it is the page on which everything is looked at once more."""
    return ("step", "send") in Screen(response).buttons


# What it is


def test_the_form_is_light_and_leaves_no_cookie(declaration: Any, address: str, stylesheet: bytes) -> None:
    for query in ("", "?as=person"):
        response = Client().get(address + query, headers={"accept-encoding": "gzip"})
        assert not response.cookies
        assert compressed(gzip.decompress(response.content)) + compressed(stylesheet) <= 15 * KILOBYTE
        assert len(response.content) < 8 * KILOBYTE, "it must leave compressed"


def test_it_is_private_and_keeps_what_was_typed_for_the_back_button(declaration: Any, address: str) -> None:
    for response in (Client().get(address), Client().post(address, ORGANISATION_FORM), Client().post(address, filled(address))):
        assert response["Cache-Control"] == "private, no-cache"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "no-referrer"
        assert 'name="robots" content="noindex"' in response.content.decode()


def test_it_says_what_it_is_for_before_it_asks(declaration: Any, address: str) -> None:
    told = words(Client().get(address))
    standing = sign_on_of(declaration)
    until = date_format(timezone.localtime(declaration.closes_at), "j F Y")
    for part in (declaration.title, standing.version.label, until, "UTC+", declaration.ask, declaration.privacy_note, "welcome@"):
        assert part in told
    assert f'href="{declaration.url}"' in Client().get(address).content.decode()
    assert 'href="/privacy/"' in Client().get(address).content.decode()


def test_browsers_can_fill_it_in(declaration: Any, address: str) -> None:
    document = parsed(Client().get(address))
    asked = {field.get("name"): field.get("autocomplete") for name in ("input", "select") for field in document.iter(name)}
    known = {"name": "organization", "country": "country", "website": "url", "signatory": "name", "role": "organization-title"}
    assert {**asked, **known, "email": "email"} == asked


@pytest.mark.parametrize(("who", "offered"), [("both", [None, "person"]), ("organisations", []), ("people", [])])
def test_it_offers_the_kinds_that_the_declaration_takes(home: Any, who: str, offered: list[str | None]) -> None:
    page = open_declaration(who=who)
    response = Client().get(f"{page.url}endorse/?as={'organisation' if who == 'people' else 'person'}")
    assert hidden(response)["as"] == ("organisation" if who == "organisations" else "person")
    here = f"{page.url}endorse/"
    ways = {link.partition("#")[0] for link in Screen(response).links if link.startswith(here)}
    assert ways == {f"{here}?as={kind}" if kind else here for kind in offered}


def test_consents_are_unticked_and_news_only_where_it_is_offered(home: Any, declaration: Any, address: str) -> None:
    for query, names in (("", ("authorised", "news")), ("?as=person", ("show_name", "news"))):
        response = Client().get(address + query)
        assert [value_of(response, name) for name in names] == [False, False]
    quiet = open_declaration("No news here", news_wording="")
    assert 'name="news"' not in Client().get(f"{quiet.url}endorse/").content.decode()


# The whole way


def test_an_organisation_endorses(declaration: Any, address: str) -> None:
    review = Client().post(address, filled(address, news="on"))
    told = words(review)
    for typed in ("Midwives of Gulu", "MoG", "https://midwives-gulu.example", "Akello Apio", "Director"):
        assert typed in told
    assert Endorsement.objects.for_declaration(declaration).count() == 0
    response = Client().post(address, {**hidden(review), "step": "send"})
    assert (response.status_code, response["Location"]) == (303, f"{address}check-mail/")
    row = the_only(declaration)
    assert (row.state, row.name, row.acronym, row.country.code) == (State.PENDING, "Midwives of Gulu", "MoG", "UG")
    assert (row.website, row.signatory, row.role) == ("https://midwives-gulu.example", "Akello Apio", "Director")
    assert len(row.network) == 64
    answers = dict(Consent.objects.filter(endorsement=row).values_list("purpose", "given"))
    assert answers == {Purpose.NEWS: True, Purpose.AUTHORITY: True}
    [mail] = mails("confirm")
    assert mail.recipient == "akello@midwives-gulu.example"
    assert "Midwives of Gulu" in text_of(mail)


def test_a_person_endorses_without_being_named(declaration: Any, address: str) -> None:
    form = {name: value for name, value in PERSON_FORM.items() if name != "show_name"}
    review = Client().post(address, filled(address, form))
    assert form["name"] not in Screen(review).text.partition("Nigeria")[0]
    Client().post(address, {**hidden(review), "step": "send"})
    row = the_only(declaration)
    assert (row.kind, row.show_name, row.affiliation) == ("person", False, "Enugu Clinic")


def test_working_everywhere_is_chosen_and_never_assumed(declaration: Any, address: str) -> None:
    assert shown_error(Client().post(address, filled(address, country="")), "country")
    sent(address, country="global")
    assert not the_only(declaration).country
    assert shown_error(Client().post(address, filled(address, PERSON_FORM, country="global")), "country")


def test_change_something_brings_back_everything(declaration: Any, address: str) -> None:
    review = Client().post(address, filled(address, news="on", country="global"))
    back = Client().post(address, {**hidden(review), "step": "change"})
    assert 'role="alert"' not in back.content.decode()
    for name, value in {**ORGANISATION_FORM, "country": "global", "news": True, "authorised": True}.items():
        assert value_of(back, name) == value, name
    assert hidden(back)["began"] == hidden(review)["began"]
    assert value_of(Client().post(address, {**hidden(review), "step": "change", "news": ""}), "name") == "Midwives of Gulu"


def test_the_page_after_sending_is_the_same_for_everybody(declaration: Any, address: str) -> None:
    """New, repeated, standing already, suppressed, a known member's address: byte for byte."""
    make_organisation("Nurses of Lira", country="UG", website="https://nurses.example/")
    confirmed(declaration, name="Nurses of Lira", website="https://nurses.example/", email="a@nurses.example")
    suppress("gone@nowhere.example")
    answers, pages = set(), set()
    for changes in (
        {},
        {},
        {"name": "Nurses of Lira", "website": "nurses.example", "email": "a@nurses.example", "acronym": ""},
        {"name": "Nurses of Lira", "website": "nurses.example", "email": "b@nurses.example"},
        {"name": "Doctors of Arua", "website": "", "email": "gone@nowhere.example"},
    ):
        response = sent(address, **changes)
        answers.add((response.status_code, response.content, tuple(sorted({**response.headers, "Expires": ""}.items()))))
        pages.add(Client().get(response["Location"]).content)
    assert len(answers) == 1
    assert len(pages) == 1
    assert len(mails("confirm")) == 2  # one to Gulu, one to Lira before
    assert {mail.recipient for mail in mails("stands_already")} == {"a@nurses.example", "b@nurses.example"}


def test_fifty_at_the_same_moment_leave_one_row_and_one_mail(transactional_db: None, home: Any) -> None:
    page = open_declaration()
    address = f"{page.url}endorse/"
    data = hidden(Client().post(address, filled(address)))
    answers = at_once(50, lambda _number: Client().post(address, {**data, "step": "send"})["Location"])
    assert set(answers) == {f"{address}check-mail/"}
    assert the_only(page).state == State.PENDING
    assert len(mails("confirm")) == 1


# Mistakes


def test_every_mistake_stands_beside_its_field_and_nothing_typed_is_lost(declaration: Any, address: str) -> None:
    typed = filled(address, PERSON_FORM, country="", email="ngozi@", news="on", name="Ngozi <b>")
    response = Client().post(address, typed)
    assert shown_error(response, "name")
    assert shown_error(response, "country")
    assert shown_error(response, "email")
    for name in ("name", "role", "affiliation", "email"):
        assert value_of(response, name) == typed[name]
    assert value_of(response, "news") is True
    assert value_of(response, "show_name") is True
    assert Endorsement.objects.for_declaration(declaration).count() == 0


def test_who_may_not_sign_cannot(declaration: Any, address: str) -> None:
    form = {name: value for name, value in ORGANISATION_FORM.items() if name != "authorised"}
    response = Client().post(address, filled(address, form))
    assert shown_error(response, "authorised")
    assert not asks_to_send(response)


HOSTILE = [
    ("name", "Midwives\0of Gulu"),
    ("name", "Mid\ue000wives of Gulu"),
    ("name", "=HYPERLINK(1)"),
    ("name", "https://midwives.example"),
    ("name", "x" * 161),
    ("name", "x" * 10_000),
    ("acronym", "x" * 41),
    ("signatory", "Akello\u0007 Apio"),
    ("role", "@SUM(A1)"),
    ("country", "XX"),
    ("country", "\0"),
    ("organisation_kind", "company"),
    ("website", "javascript:alert(1)"),
    ("website", "ftp://midwives.example/"),
    ("website", "https://midwives.example@evil.example/"),
    ("website", "http://127.0.0.1/"),
    ("website", "http://localhost/"),
    ("website", "http://[::1"),
    ("website", "https://midwives.example/" + "x" * 200),
    ("email", "akello"),
    ("email", '"a\x01b"@midwives.example'),
    ("email", "akello@[127.0.0.1]"),
    ("email", "akello@localhost"),
    ("email", "akello@midwives.example\r\nBcc: x@y.example"),
    ("email", "a" * 250 + "@midwives.example"),
    ("email", "a\0@midwives.example"),
]


def test_what_is_not_what_it_seems_is_refused_with_a_sentence(declaration: Any, address: str) -> None:
    typed = filled(address)
    for field, value in HOSTILE:
        response = Client().post(address, {**typed, field: value, "step": "send"})
        assert response.status_code == 200, (field, value)
        assert f'id="{field}_error"' in response.content.decode(), (field, value)
    assert Endorsement.objects.for_declaration(declaration).count() == 0


def test_names_of_every_script_are_welcome_and_tidied(declaration: Any, address: str) -> None:
    sent(
        address,
        name="  Sages-femmes\u00a0 d\u2019Abe\u0301che\u0301  \u0627\u0644\u0642\u0627\u0628\u0644\u0627\u062a ",
        acronym="",
        website="",
    )
    assert the_only(declaration).name == "Sages-femmes d’Abéché القابلات"


def test_a_website_may_be_typed_as_people_do(declaration: Any, address: str) -> None:
    for typed, told in (("wemos.org", "https://wemos.org"), ("http://wemos.org/en", "http://wemos.org/en"), ("", "")):
        review = Client().post(address, filled(address, website=typed))
        assert asks_to_send(review)
        assert told in words(review)


# Robots, and people who are taken for them


def test_faster_than_people_is_asked_once_more_and_loses_nothing(declaration: Any, address: str) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        typed = {**ORGANISATION_FORM, "began": hidden(Client().get(address))["began"]}
        clock.shift(timedelta(seconds=2))
        quick = Client().post(address, typed)
        assert not asks_to_send(quick)
        assert value_of(quick, "name") == "Midwives of Gulu"
        clock.shift(timedelta(seconds=1))
        again = Client().post(address, {**typed, **hidden(quick)})
        assert asks_to_send(again)


def test_there_is_no_longest_time(declaration: Any, address: str) -> None:
    typed = filled(address)
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        assert asks_to_send(Client().post(address, typed))


def test_a_lost_or_forged_time_is_asked_again_with_everything_kept(declaration: Any, address: str) -> None:
    for began in ("", "yesterday", "1732271872:forged", "\0", "9" * 400):
        response = Client().post(address, {**ORGANISATION_FORM, "began": began, "step": "send"})
        assert Screen(response).alerts, began
        assert mails() == []
    assert value_of(response, "signatory") == "Akello Apio"
    assert value_of(response, "authorised") is True
    with time_machine.travel(timezone.now() + timedelta(seconds=4), tick=False):
        assert asks_to_send(Client().post(address, {**ORGANISATION_FORM, **hidden(response)}))


def test_the_field_that_nobody_sees_is_told_of_and_emptied(declaration: Any, address: str) -> None:
    response = Client().post(address, filled(address, remarks="cheap pills", step="send"))
    assert Screen(response).alerts
    assert value_of(response, "remarks") == ""
    assert value_of(response, "email") == ORGANISATION_FORM["email"]
    assert Endorsement.objects.for_declaration(declaration).count() == 0


URLENCODED = "application/x-www-form-urlencoded"
STRANGE_BODIES = [
    ("name=" + "x" * 1_000_000, URLENCODED),
    ("name=" + "x" * 6_000_000, URLENCODED),
    ("&".join(f"f{number}=1" for number in range(10_500)), URLENCODED),
    ("garbage", "multipart/form-data; boundary=x"),
    ("garbage", "multipart/form-data"),
    ("\xff\xfe=%ff%00", URLENCODED),
    ("{}", "application/json"),
]


def test_bodies_that_no_browser_sends_get_a_clear_answer(declaration: Any, address: str) -> None:
    visitor = Client(raise_request_exception=False)
    for body, kind in STRANGE_BODIES:
        response = visitor.generic("POST", address, body.encode("latin-1"), content_type=kind)
        assert response.status_code in (200, 400, 413), body[:20]
        assert len(response.content) < 60_000
        if len(body) > 100_000:
            assert response.status_code == 413
            assert words(response)
    for method in ("PUT", "DELETE", "PATCH"):
        assert visitor.generic(method, address).status_code == 405


# When it is open


def test_before_it_opens_the_page_says_when(home: Any) -> None:
    soon = make_declaration(opens_at=timezone.now() + timedelta(days=3))
    never = make_declaration("Some day")
    told = Screen(Client().get(f"{soon.url}endorse/"))
    assert date_format(timezone.localtime(soon.opens_at), "j F Y") in told.text
    for closed in (told, Screen(Client().get(f"{never.url}endorse/"))):
        assert "email" not in closed.fields
    assert Client().post(f"{never.url}endorse/", ORGANISATION_FORM).status_code == 409


def test_a_form_that_comes_too_late_is_told_so(declaration: Any, address: str) -> None:
    data = hidden(Client().post(address, filled(address)))
    with time_machine.travel(declaration.closes_at + timedelta(seconds=1), tick=False):
        late = Client().post(address, {**data, "step": "send"})
        assert late.status_code == 409
        assert "email" not in Screen(late).fields
        grace = date_format(timezone.localtime(declaration.closes_at + timedelta(days=3)), "j F Y")
        assert grace in words(Client().get(address))
    assert Endorsement.objects.for_declaration(declaration).count() == 0


def test_a_closed_one_says_since_when(declaration: Any, address: str) -> None:
    row = confirmed(declaration)
    declarations.close(sign_on_of(declaration), by=None, now=timezone.now())
    response = Client().get(address)
    assert response.status_code == 200
    today, end = (date_format(timezone.localtime(moment), "j F Y") for moment in (timezone.now(), declaration.closes_at))
    assert "email" not in Screen(response).fields
    theirs = words(Client().get(link_of(row, MANAGE)))
    assert today in theirs
    assert end not in theirs


def test_the_public_address_takes_nothing_while_the_declaration_circulates(home: Any) -> None:
    page = make_declaration()
    declarations.circulate(sign_on_of(page), by=None, now=timezone.now())
    assert "email" not in Screen(Client().get(f"{page.url}endorse/")).fields
    assert Client().post(f"{page.url}endorse/", ORGANISATION_FORM).status_code == 409


def test_an_unpublished_declaration_is_gone(declaration: Any, address: str) -> None:
    data = hidden(Client().post(address, filled(address)))
    DeclarationPage.objects.get(pk=declaration.pk).unpublish()
    assert Client().post(address, {**data, "step": "send"}).status_code == 404
