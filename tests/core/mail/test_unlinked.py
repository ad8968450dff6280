"""What somebody outside typed makes no link in any email of the site, and stands in no subject that a stranger can cause."""

import re
import unicodedata
from collections.abc import Iterator
from email import message_from_bytes, policy
from html import unescape
from typing import Any

import html5lib
import pytest
from django.db import models
from wagtail.models import Page

from core.mail.templates import EmailTemplate, compose, email_templates
from core.mail.unlinked import GAP, unlinked

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

HOSTILE = (
    "Claim 900 EUR at prize.example today",
    "https://evil.example/x",
    "http://testserver/evil.example",
    "http://testserver@evil.example/",
    "evil。example evil｡example evil．example evil․example",
    "e\u200bvil\u2060.\u200bexample evil\u200d.example a\u00ad.example",
    "\u202emoc.elpmaxe\u202c evil.\u0301example",
    "a@evil.example a＠evil.example",
    "<a href=//evil.example>prize</a> [prize](https://evil.example)",
    "javascript:evil(1) data:text/html,evil mailto:evil@evil.example tel:+447700900123",
    "Call +44 7700 900123 or (020) 7946-0958",
    "prize\n\nOpen this address:\r\nhttp://evil.example/\u2028www.evil.example",
    "www.evil 10.0.0.1 1.2.3.4/evil \\\\evil\\prize Ⅰ.ⅰevil 𝐞𝐯𝐢𝐥.example",
    "Prize.Evil/Evil.Prize " + "evil" * 60,
)
NAMES = (
    "St. Mary's",
    "Médecins d'Afrique",
    "@lliance Santé",
    "+Peace",
    "3.5 million",
    "Ратифицируйте!",
    "عاملون‌ها",
    "👩🏾‍⚕️ Ĝoja",
    "Smith & Sons, Ltd.",
)
WITH_DOTS = ("Dr. A.B. Example", "Exec.Dir/CEO", "St.Mary/St.Joseph Hospital", "U.S.A.", "Section:Health")
TYPED_WORDS = re.compile(r"evil|prize|900|7946|moc\.", re.IGNORECASE)
OURS = re.compile(r"http://testserver(/[\w/-]*)?(?![^\s\"<>])|welcome@[\w.-]+|webmaster@localhost|[\w.-]+@example\.org")
OUTSIDE = [one for one in email_templates() if one.by_outsider or one.typed]


def links_in(text: str) -> Iterator[str]:
    """What the strictest mail program could make a link of, but for our own links and address."""
    for seen in (text, "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")):
        rest = OURS.sub(" ", seen)
        yield from re.findall(r"[\w-]+[.。．｡]+[\w-]*[^\W\d_][\w-]*", rest)  # label.label with letters
        yield from re.findall(r"\b\d+(?:\.\d+){2,}", rest)
        yield from re.findall(r"[^\W\d_][\w+.-]*:(?=[^\s“])", rest)  # any scheme
        yield from re.findall(r"\S@\S|\\\\\S", rest)
    yield from re.findall(r"\+?\d(?:[\s().-]{0,3}\d){6,}", text)
    yield from (char for char in text if unicodedata.category(char) == "Cf" and char not in "\u2060\u200c\u200d")


def fill(value: Any, typed: str) -> Any:
    """The sample with this typed in every text that is no choice, no page of ours and no link of ours."""
    match value:
        case str() if value and not value.startswith("http://testserver"):
            return typed
        case list() | tuple():
            return [fill(one, typed) for one in value]
        case dict():
            return {name: fill(one, typed) for name, one in value.items()}
        case Page():
            return value
        case models.Model():
            for field in value._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField) and not field.choices and field.attname != "country":
                    setattr(value, field.attname, typed)
                elif field.is_relation and field.is_cached(value):
                    fill(getattr(value, field.name), typed)
    return value


def written(template: EmailTemplate, typed: str, wording: Any = None) -> Any:
    context = {name: fill(value, typed) if name != "reminder" else value for name, value in template.sample_values().items()}
    message = compose(template.name, to="ada@example.org", context=context, wording=wording or template.wording({}))
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


def faults_of(message: Any, *, may_name: bool) -> Iterator[str]:
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    subject = str(message["Subject"])
    if not may_name and TYPED_WORDS.search(subject):
        yield f"typed in the subject: {subject}"
    for name, value in message.items():
        if name.lower() not in ("from", "to", "message-id", "date", "mime-version", "content-type") and list(links_in(str(value))):
            yield f"a link in {name}: {value}"
    document = html5lib.parse(html, namespaceHTMLElements=False)
    for element in document.iter("style"):
        element.text = ""
    shown = "\n".join(part for part in document.itertext() if part)
    labels = " ".join(element.get("aria-label") or "" for element in document.iter())
    for where, part in (("text", text), ("HTML", shown), ("labels", labels)):
        yield from (f"a link in the {where}: {found}" for found in links_in(part))
    for element in document.iter():
        where = element.get("href") or element.get("src") or ""
        if where and not re.fullmatch(r"http://testserver(/[\w/-]*)?|mailto:[\w.@-]+", unescape(where)):
            yield f"leads elsewhere: {where}"
    if TYPED_WORDS.search(" ".join(element.get("href") or "" for element in document.iter())):
        yield "typed in an address"


def test_every_email_says_who_can_cause_it() -> None:
    assert [one.name for one in email_templates() if one.cause is None] == []


@pytest.mark.parametrize("template", OUTSIDE, ids=lambda one: one.name)
def test_nothing_typed_becomes_a_link(template: EmailTemplate) -> None:
    for typed in HOSTILE:
        assert list(faults_of(written(template, typed), may_name=not template.by_stranger)) == [], typed


@pytest.mark.parametrize("template", OUTSIDE, ids=lambda one: one.name)
def test_nor_in_a_wording_with_every_variable_in_every_passage(template: EmailTemplate) -> None:
    every = " / ".join(one.placeholder for one in template.variables)
    wording = template.wording({passage.name: every for passage in template.passages()})
    message = written(template, "Claim it at prize.example, a@evil.example or https://evil.example", wording)
    assert list(faults_of(message, may_name=not template.by_stranger)) == []
    assert f"prize.{GAP}example" in message.get_body(("plain",)).get_content() or all(not one.typed for one in template.variables)


def test_the_strict_reader_finds_what_it_should() -> None:
    for typed in HOSTILE:
        assert list(links_in(typed)), typed
    assert list(links_in("Open http://testserver/endorse/x/ or write to ada@example.org. 900 EUR, 12:30, St. Mary’s")) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert unlinked(name) == name


@pytest.mark.parametrize("name", WITH_DOTS)
def test_a_name_with_dots_stays_readable(name: str) -> None:
    assert unlinked(name) != name
    assert unlinked(name).replace(GAP, "") == name
    assert unlinked(unlinked(name)) == unlinked(name)
    assert list(links_in(unlinked(name))) == []
