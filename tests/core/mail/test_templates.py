"""How the mails of the site are written, and what every one of them must keep to."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path
from typing import Any

import html5lib
import pytest
from django.core.mail import EmailMultiAlternatives
from django.template import Engine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise

from core.mail.queue import enqueue
from core.mail.templates import Cause, EmailTemplate, compose, email_template, email_templates, one_click
from core.mail.wording import mistakes, nodes_of
from core.models import OutgoingMail
from tests.support.accessibility import WCAG_22_AA, violations
from tests.template_database import ROOT

pytestmark = pytest.mark.one_database

EMAILS = ROOT / "templates" / "emails"
PARTS = {
    "subject.txt": "{{ name }}: confirm “{{ title }}”\n",
    "body.txt": """{% extends "emails/layout.txt" %}{% load i18n %}
{% block content %}Dear {{ name }},{{ " " }}
{% if False %}
never
{% endif %}

on {{ day|date:"j F Y, H:i e" }} somebody put your name under “{{ title }}”. Was it you? Then confirm it:

{{ url }}{% endblock %}
{% block why %}You get this mail because your address was typed into our form.
Not you? {{ stop_url }}{% endblock %}
""",
    "body.html": """{% extends "emails/layout.html" %}
{% block title %}Is this your name?{% endblock %}
{% block content %}<p>Dear {{ name }},</p>
<p>on {{ day|date:"j F Y" }} somebody put your name under “{{ title }}”. Was it you? Then confirm it.</p>
<dl><dt>Organisation</dt><dd>Nurses of the North</dd><dt>Signed by</dt><dd>{{ name }}</dd></dl>
{% include "emails/button.html" with url=url label="Confirm my endorsement" only %}
<blockquote>Health workers for everyone, everywhere.</blockquote>{% endblock %}
{% block why %}<p>You get this mail because your address was typed into our form.
<a class="link" href="{{ stop_url }}">This was not me</a></p>{% endblock %}
""",
}
VALUES: dict[str, Any] = {
    "name": "Ada",
    "title": "Come together",
    "day": datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
    "url": "http://testserver/endorse/confirm/" + "k" * 43 + "/?a=1&b=2",
    "stop_url": "http://testserver/endorse/not-me/" + "n" * 43 + "/",
}
ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Write:
    """`write("try/confirm", **{"body.txt": …})`: a message in a template folder of this test; the site's own have no sample here."""
    monkeypatch.setattr("core.mail.templates._templates", {})
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]} for engine in settings.TEMPLATES]

    def write(name: str, sample: dict[str, Any] | None = VALUES, **parts: str | None) -> None:
        folder = tmp_path / "emails" / name
        folder.mkdir(parents=True)
        for part, text in {**PARTS, **parts}.items():
            if text is not None:
                (folder / part).write_text(text)
        if sample is not None:
            email_template(name, f"Sample {name}", cause=Cause.COLLEAGUE)(lambda: sample)

    return write


@pytest.fixture
def confirm(write: Write) -> Callable[..., EmailMultiAlternatives]:
    write("try/confirm")

    def written(**values: Any) -> EmailMultiAlternatives:
        headers = one_click(VALUES["stop_url"])
        return compose("try/confirm", to="ada@example.org", context={**VALUES, **values}, headers=headers)

    return written


def html_of(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0].content)


def as_sent(message: EmailMultiAlternatives) -> Any:
    """The message as a mail program reads it, out of the outbox. (A long header begins on its second line, so strip its value.)"""
    assert enqueue(message, key="k", purpose="test")
    return message_from_bytes(bytes(OutgoingMail.objects.get(key="k").content), policy=policy.default)


# One message


def test_a_mail_is_plain_text_with_an_html_twin(confirm: Callable[..., EmailMultiAlternatives], settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "HW4All <post@example.org>"
    message = confirm()
    assert (message.subject, message.from_email, message.to) == (
        "Ada: confirm “Come together”",
        settings.DEFAULT_FROM_EMAIL,
        ["ada@example.org"],
    )
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.body == (
        "Dear Ada,\n\non 2 March 2026, 00:30 CET somebody put your name under “Come together”. Was it you? Then confirm it:\n\n"
        f"{VALUES['url']}\n\n-- \nYou get this mail because your address was typed into our form.\nNot you? {VALUES['stop_url']}\n\n"
        "HW4All\nhttp://testserver\npost@example.org\n"
    )
    assert [alternative.mimetype for alternative in message.alternatives] == ["text/html"]
    assert '<html lang="en-gb" dir="ltr">' in html_of(message)
    assert "<title>Ada: confirm “Come together”</title>" in html_of(message)


def test_a_mail_is_in_the_language_and_time_of_the_site_whoever_is_at_work(confirm: Callable[..., EmailMultiAlternatives]) -> None:
    expected = confirm().body
    with translation.override("fr"), timezone.override("Asia/Tokyo"):
        assert confirm().body == expected
        assert 'lang="en-gb"' in html_of(confirm())


def test_a_name_cannot_put_in_a_header(db: None, confirm: Callable[..., EmailMultiAlternatives]) -> None:
    sent = as_sent(confirm(name="Eve\r\nBcc: all@example.org\u2028\x85\0\n\nHello"))
    assert sent["Subject"].strip() == "Eve Bcc: all@example.org Hello: confirm “Come together”"
    assert sent["Bcc"] is None
    for target in ("ada@example.org\nBcc: all@example.org", "ada@example.org, all@example.org"):
        with pytest.raises(ValueError, match=r"[Hh]eader|address"):
            enqueue(compose("try/confirm", to=target, context=VALUES), key="other", purpose="test")


def test_a_name_is_text_in_the_html_and_itself_in_the_plain_parts(confirm: Callable[..., EmailMultiAlternatives]) -> None:
    name = "O'Hara & <script>alert(1)</script>"
    message = confirm(name=name)
    assert "<script" not in html_of(message)
    assert html_of(message).count("O&#x27;Hara &amp; &lt;script&gt;alert(1)&lt;/script&gt;") == 4
    assert message.body.startswith(f"Dear {name},")
    assert message.subject.startswith(name)


def test_any_script_and_long_addresses_arrive_as_written(db: None, confirm: Callable[..., EmailMultiAlternatives]) -> None:
    name = "عاملون صحيون للجميع 👩🏾‍⚕️ Ĝoja"
    stop = "https://coalition.example.org/endorse/unsubscribe/" + "u" * 120 + "/"
    message = confirm(name=name)
    message.extra_headers.update(one_click(stop))
    sent = as_sent(message)
    assert sent["Subject"].strip() == f"\u2068{name}\u2069: confirm “Come together”"
    assert sent["List-Unsubscribe"].strip() == f"<{stop}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (sent.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert name in text
    assert name in html
    assert VALUES["url"] in text


# Every message of the site


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the messages in this folder and with the samples that are registered."""
    samples = {one.name: one for one in email_templates()}
    names = {path.relative_to(folder).as_posix(): path for path in folder.glob("*/*") if path.is_dir()}
    for name, path in names.items():
        yield from (f"{name}: no {part}" for part in PARTS if not (path / part).exists())
        if name not in samples:
            yield f"{name}: no sample"
    for name in samples.keys() - names.keys():
        yield f"{name}: a sample of nothing"
    for name, path in names.items():
        if name in samples and all((path / part).exists() for part in PARTS):
            yield from (f"{name}: {fault}" for fault in [*faults_of(samples[name].compose()), *faults_of_wording(samples[name])])


def faults_of_wording(one: EmailTemplate) -> Iterator[str]:
    """The two parts have the same passages, but for the heading, and every name in them is told and has a value in the sample."""
    said = []
    for file in ("subject.txt", "body.txt", "body.html"):
        said.append({node.name: node.original(one.variables) for node in reversed(nodes_of(f"emails/{one.name}/{file}"))})
    if said[1] != {name: text for name, text in said[2].items() if not name.startswith("heading")}:
        yield "the two parts have different passages"
    if not all(one.values().values()):
        yield "a variable says nothing in the sample"
    for passage in one.passages():
        if not isinstance(passage.case, Promise) and passage.case:
            yield f"nothing tells when {passage.name} is used"
        if passage.original != passage.clean(passage.original) or list(mistakes(passage.original, "", one.variables)):
            yield f"nobody could have typed {passage.name}"


def faults_of(message: EmailMultiAlternatives) -> Iterator[str]:
    html = html_of(message)
    if not message.subject or "MISSING" in f"{message.subject}{message.body}{html}":
        yield "the sample lacks a value"
    if "</" in message.body or "&#" in message.body or "&amp;" in message.body:
        yield "HTML in the plain text"
    if set(ADDRESS.findall(str(message.body))) != set(ADDRESS.findall(unescape(html))):
        yield "the two parts name different addresses"
    try:
        document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    except html5lib.html5parser.ParseError as error:
        yield f"not HTML: {error}"
        return
    if any(element.get(name) for element in document.iter() for name in ("src", "srcset", "background", "poster", "data")):
        yield "something is loaded"
    if list(document.iter("link")) or list(document.iter("script")) or re.search(r"url\(|@import", html):
        yield "something is loaded"
    if len(list(document.iter("h1"))) != 1:
        yield "not one heading"


@pytest.fixture
def show_missing_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "MISSING %s")


def test_every_mail_of_the_site_is_whole_and_has_a_sample(db: None, show_missing_values: None) -> None:
    assert list(faults(EMAILS)) == []


def test_what_a_mail_can_lack_is_seen(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "MISSING %s")
    html = PARTS["body.html"]
    write("try/good")
    write("try/no-text", **{"body.txt": None})
    write("try/no-sample", sample=None)
    write("try/poor-sample", sample={name: value for name, value in VALUES.items() if name != "title"})
    write("try/one-address-less", **{"body.html": html.replace('href="{{ stop_url }}"', 'href="#"')})
    write("try/picture", **{"body.html": html.replace("<blockquote>", '<blockquote><img src="/mark.png" alt="">')})
    write("try/broken", **{"body.html": html.replace("</dl>", "</dt>")})
    email_template("try/nothing", "Nothing", cause=Cause.COLLEAGUE)(dict)
    assert sorted(fault.partition(": not HTML")[0] for fault in faults(tmp_path / "emails")) == [
        "try/broken",
        "try/no-sample: no sample",
        "try/no-text: no body.txt",
        "try/nothing: a sample of nothing",
        "try/one-address-less: the two parts name different addresses",
        "try/picture: something is loaded",
        "try/poor-sample: the sample lacks a value",
    ]
    with pytest.raises(ValueError, match="already"):
        email_template("try/good", "Again")(dict)


# In the admin


def test_the_secretariat_reads_every_mail_before_it_is_sent(
    write: Write, secretary: Any, committee_member: Any, signed_in: Callable[[Any], Client]
) -> None:
    client, index, address = signed_in(secretary), reverse("email_templates:index"), reverse("email_templates:edit", args=("try/confirm",))
    assert index in client.get(reverse("wagtailadmin_home")).content.decode()
    assert "There are no mail texts yet." in client.get(index).content.decode()
    write("try/confirm")
    listed = client.get(index).content.decode()
    assert address in listed
    assert "Sample try/confirm" in listed
    assert "Ada: confirm “Come together”" in listed
    shown = client.get(address).content.decode()
    assert "Dear Ada,\n\non 2 March" in shown
    assert 'sandbox="" srcdoc="' in shown
    assert "kkk" not in shown
    assert "nnn" not in shown
    assert client.get(reverse("email_templates:edit", args=("try/other",))).status_code == 404
    for client in (signed_in(committee_member), Client()):
        assert [client.get(where).status_code for where in (index, address)] == [302, 302]
    assert index not in signed_in(committee_member).get(reverse("wagtailadmin_home")).content.decode()


def test_the_html_is_accessible_and_fits_a_narrow_screen(write: Write, new_page: Callable[..., Any], secretary: Any) -> None:
    write("try/confirm")
    html = html_of(compose("try/confirm", to="ada@example.org", context={**VALUES, "name": "Health" * 20}))
    for dark in (False, True):
        page = new_page(width=320, dark=dark)
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert violations(page, WCAG_22_AA) == {}
    page = new_page(user=secretary)
    page.goto(reverse("email_templates:index"))
    page.get_by_role("link", name="Sample try/confirm").click()
    page.frame_locator("iframe").get_by_role("heading", name="Is this your name?").wait_for()
