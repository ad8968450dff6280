"""Whitespace that only lays out a template is not sent, and no reader can tell."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.template import Context, Engine, Template, engines
from django.utils.safestring import mark_safe

from core.web import template_whitespace
from core.web.template_whitespace import collapse
from tests.html_as_shown import shown
from tests.support.public_pages import FORMS, KINDS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>\n  a <b>b</b>\n</p>\n", "<p>a <b>b</b></p>"),
        ("<p>a\n<b> b</b></p>", "<p>a <b>b</b></p>"),
        ("<div>\n<p>a</p>\n</div>", "<div><p>a</p></div>"),
    ],
)
def test_the_comparison_takes_for_equal_what_looks_equal(one: str, other: str) -> None:
    assert shown(one) == shown(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>a<b>b</b></p>", "<p>a <b>b</b></p>"),
        ("<p><b>a</b> <b>b</b></p>", "<p><b>a</b><b>b</b></p>"),
        ("<p>a b</p>", "<p>ab</p>"),
        ("<pre>a\nb</pre>", "<pre>a b</pre>"),
        ('<p title="a\nb">', '<p title="a b">'),
    ],
)
def test_the_comparison_tells_what_looks_different(one: str, other: str) -> None:
    assert shown(one) != shown(other)


def rendered(source: str, **values: Any) -> str:
    template = Template(source, engine=Engine.get_default())
    collapse(template)
    return template.render(Context(values))


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        # beside block-level tags, and at the ends of the file
        ("\n<ul>\n  <li>a</li>\n\n  <li>b</li>\n</ul>\n", "<ul><li>a</li><li>b</li></ul>"),
        ("{# what it takes #}\n{% load i18n %}\n<span>a</span>\n", "<span>a</span>"),
        ("<p>\n  a\n  {# note #}\n</p>", "<p>a</p>"),
        ("<ul>\n  {% for one in 'ab' %}\n    <li>{{ one }}</li>\n  {% endfor %}\n</ul>", "<ul><li>a</li><li>b</li></ul>"),
        # in a sentence
        ("<p>Read\n  <a href='/'>the text</a>\n  and\n  <em>sign</em>.</p>", "<p>Read\n<a href='/'>the text</a>\nand\n<em>sign</em>.</p>"),
        ("<p>\n  <b>a</b>, b <i>c</i>.\n</p>", "<p><b>a</b>, b <i>c</i>.</p>"),
        ("<p><b>a</b>\n{# note #}\nb</p>", "<p><b>a</b>\nb</p>"),
        ("<p>{{ x }}\n  {{ x }}</p>", "<p>x\nx</p>"),
        # a space at the beginning or the end of a line, or beside another one
        ("<li>\n  <a href='/{{ x }}'>\n    {{ x }}\n  </a>\n</li>", "<li><a href='/x'>x</a></li>"),
        ("a\n<b>\n  {{ x }}\n</b>\nc", "a\n<b>x\n</b>\nc"),
        (
            "<p><span class='dot'></span>\n{{ x }}\n<span class='dot'></span></p>",
            "<p><span class='dot'></span>\nx\n<span class='dot'></span></p>",
        ),
        ("a <button>\n  {{ x }}\n</button>\nc", "a <button>x</button>\nc"),
        ("<h{{ y }}>\n  {{ x }}\n</h{{ y }}>\n{{ x }}", "<h2>x</h2>x"),
        # across what Django's tags begin and end
        ("<p>{{ x }}\n  {% if x %}\n    y\n  {% endif %}\n</p>", "<p>x\ny</p>"),
        ("<p>\n  {% if x %}\n    {{ x }}\n  {% else %}\n    y\n  {% endif %}\n</p>", "<p>x</p>"),
        ("{% if x %}\n  <a>{{ x }}</a>\n{% endif %}\n", "<a>x</a>"),
        (
            "<ul>\n  {% for one in 'ab' %}\n    {% if one %}\n      <li>a</li>\n    {% endif %}\n  {% endfor %}\n</ul>",
            "<ul><li>a</li><li>a</li></ul>",
        ),
        ("a\n{% for one in 'bc' %}\n  {{ one }},\n{% endfor %}\nd", "a\nb,\nc,\nd"),
        ("a\n{% for one in none %}\n  {{ one }},\n{% endfor %}\nd", "a\nd"),
        ("a\n{% for one in none %}\n  b\n{% empty %}\n  c\n{% endfor %}\nd", "a\nc\nd"),
        ("{% with z=x %}\n  {% firstof z as w %}\n  <p>{{ w }}</p>\n{% endwith %}\na", "<p>x</p>a"),
        ("{{ x }}\n{% block one %}\n  a\n{% endblock %}\nb", "x\na\nb"),
        ("{{ x }}\n{% filter upper %}\n  a\n{% endfilter %}\nb", "x\n\nA\n\nb"),
        # what follows a branch may follow another one
        ("a{% if not x %}<p>b</p>{% endif %}\nc", "a\nc"),
        ("a {% if not x %}<p>b</p>{% endif %}\nc", "a c"),
        ("{{ x }}{% if x %}\n  y{% else %}<p>b</p>{% endif %}", "x\ny"),
        ("{% if not x %}<p>b</p>{% else %}a{% endif %}\nc", "a\nc"),
        ("a{% for one in none %}<p>b</p>{% endfor %}\nc", "a\nc"),
        # attributes
        ('<a\n  class="a  b"\n  title="c\n  d"\n>e</a>', '<a class="a  b" title="c\n  d">e</a>'),
        ("<a\n  title='\"\n>'\n>e</a>\nf", "<a title='\"\n>'>e</a>\nf"),
        ('<a\n  href="{% if x %}\n/x{% endif %}"\n  {% if x %}lang="en"{% endif %}\n>e</a>', '<a href="\n/x" lang="en">e</a>'),
        ("<a {% if x %}class='b'>\n  {{ x }}{% else %}>{% endif %}\n</a>\nc", "<a class='b'>x\n</a>\nc"),
        ('<input\n  name="a"\n  {% if x %}\n    checked\n  {% endif %}\n/>', '<input name="a"  checked />'),
        # kept as written
        ("<pre>\n  a\n  {{ x }}\n</pre>", "<pre>\n  a\n  x\n</pre>"),
        ("<textarea\n>\n a\n</textarea>\n<b>c</b>", "<textarea\n>\n a\n</textarea>\n<b>c</b>"),
        ("<script>\n  f()\n</script>\n<style>\n  p {}\n</style>", "<script>\n  f()\n</script><style>\n  p {}\n</style>"),
        ("<!--[if mso]>\n<table>\n<![endif]-->", "<!--[if mso]>\n<table>\n<![endif]-->"),
        ("a  b\t<b> c </b>", "a  b\t<b> c </b>"),
        ("{% verbatim %}\n<p>\n{{ x }}\n{% endverbatim %}", "\n<p>\n{{ x }}\n"),
        ("{% load i18n %}{% blocktranslate %}\n a\n{% endblocktranslate %}", "\n a\n"),
        ("{% load i18n %}{% blocktranslate trimmed %}\n a\n <b>c</b>\n{% endblocktranslate %}\n</p>", "a <b>c</b></p>"),
        ('1 < 2\n  "a\n  b" it\'s\n  c', '1 < 2\n"a\nb" it\'s\nc'),
    ],
)
def test_what_is_sent_of_a_template(source: str, sent: str) -> None:
    assert rendered(source, x="x", y=2) == sent


def test_collapsing_twice_changes_nothing_more() -> None:
    template = Template("<p>\n  a\n  {% if x %}\n    <b>b</b>\n  {% endif %}\n</p>\n", engine=Engine.get_default())
    collapse(template)
    once = template.render(Context({"x": True}))
    collapse(template)
    assert template.render(Context({"x": True})) == once == "<p>a\n<b>b</b></p>"


def test_line_numbers_of_errors_are_those_of_the_file() -> None:
    template = Template("<p>\n\n\n{{ x.y }}\n</p>", engine=Engine.get_default())
    collapse(template)
    assert template.nodelist[1].token.lineno == 4


def test_only_html_templates_of_the_project_are_collapsed() -> None:
    found = {name: engines["django"].get_template(name).template for name in ("base.html", "wagtailadmin/generic/index.html")}
    assert [getattr(template, "is_collapsed", False) for template in found.values()] == [True, False]
    text = Engine.get_default().get_template("emails/layout.txt")
    assert not hasattr(text, "is_collapsed")
    assert "\n\n" in "".join(node.s for node in text.nodelist if hasattr(node, "s"))


def without_ends(render: Callable[..., str]) -> Callable[..., str]:
    """Templates without the whitespace at both ends of their files, which is no part of them."""
    return lambda *args, **kwargs: mark_safe(render(*args, **kwargs).strip())


@pytest.fixture
def as_written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Call it, and templates are rendered with the whitespace in their files until the end of the test."""
    loaders = engines["django"].engine.template_loaders

    def forget() -> None:
        for loader in loaders:
            loader.reset()
        for cache in caches.all(initialized_only=True):
            cache.clear()

    def turn_off() -> None:
        monkeypatch.setattr(template_whitespace, "collapse", lambda template: None)
        monkeypatch.setattr(Template, "render", without_ends(Template.render))
        forget()

    yield turn_off
    monkeypatch.undo()
    forget()


def test_pages_look_the_same_as_their_templates_are_written(client: Any, home: Any, as_written: Callable[[], None]) -> None:
    def pages() -> dict[str, str]:
        with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
            return {kind: client.get(address).content.decode() for kind, address in compared.items()}

    # A snippet shows the source of a template, whitespace and all.
    compared = {kind: address for kind, address in {**KINDS, **FORMS}.items() if kind != "snippet"}
    collapsed = pages()
    as_written()
    written = pages()
    assert {kind for kind in written if shown(collapsed[kind]) != shown(written[kind])} == set()
    assert sum(map(len, collapsed.values())) < sum(map(len, written.values()))
