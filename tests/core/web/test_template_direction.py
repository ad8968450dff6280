"""Names in Arabic and Hebrew stand apart from the words around them, on every page, in every email, and in print."""

import re
from pathlib import Path
from typing import Any

import html5lib
import pytest
from django.conf import settings
from django.template import Context, engines
from django.template.base import VariableNode
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.mail.templates import compose, email_templates
from core.web.template_direction import FIRST_STRONG_ISOLATE, Isolated, isolate_typed_text
from tests.support.declarations import open_declaration
from tests.support.endorsing import mails, sent, text_of
from tests.support.members import make_contact, make_organisation
from tests.support.signatories import list_names

ARABIC, HEBREW = "جمعية الممرضات (2020)", "אחיות <b> & אחים"
NOT_TEXT = {"script", "style", "title", "option", "textarea"}


def rendered(source: str, **context: Any) -> str:
    """The source as one of the project's own templates renders it."""
    template = engines["django"].engine.from_string(source)
    isolate_typed_text(template, is_html=True)
    return str(template.render(Context(context)))


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>By {{ name }}</p>", "<p>By <bdi>أحمد</bdi></p>"),
        ("<p>By {{ other }}</p>", "<p>By Ada</p>"),
        ('<p title="{{ name }}">x</p>', '<p title="أحمد">x</p>'),
        ("<title>{{ name }}!</title>", "<title>\u2068أحمد\u2069!</title>"),
        ("<option value='{{ name }}'>{{ name }}</option>", "<option value='أحمد'>\u2068أحمد\u2069</option>"),
        ("<script>{{ name }}</script>", "<script>أحمد</script>"),
        ("{% load i18n %}{% blocktranslate %}By {{ name }}.{% endblocktranslate %}", "By <bdi>أحمد</bdi>."),
        ("{% load i18n %}{% blocktranslate with who=name %}By {{ who }}.{% endblocktranslate %}", "By <bdi>أحمد</bdi>."),
        ("{% load i18n %}{% blocktranslate with who=name asvar x %}{{ who }}{% endblocktranslate %}<a title='{{ x }}'>", None),
        ("{% if name %}<b>{{ name }}</b>{% else %}{{ other }}{% endif %}", "<b><bdi>أحمد</bdi></b>"),
        ("{% block title %}{{ name }}{% endblock %}", "\u2068أحمد\u2069"),
        ("{{ markup }}", "&lt;b&gt;أ"),
        ("{{ html|safe }}", '<p dir="auto">أ</p>'),
        ("{{ number }}", "3"),
    ],
)
def test_what_runs_the_other_way_stands_apart(source: str, shown: str | None) -> None:
    values = {"name": "أحمد", "other": "Ada", "markup": "<b>أ", "html": "<p>أ</p>", "number": 3}
    found = rendered(source, **values)
    if shown is None:
        assert "<bdi" not in found
    else:
        assert shown in found


@pytest.mark.one_database
def test_on_a_page_from_right_to_left_latin_names_stand_apart() -> None:
    with translation.override("ar"):
        assert rendered("<p>{{ name }}</p>", name="Ada") == "<p><bdi>Ada</bdi></p>"
        assert rendered("<p>{{ name }}</p>", name="أحمد") == "<p>أحمد</p>"


@pytest.mark.one_database
def test_no_template_of_ours_shows_a_value_without_it() -> None:
    """Every variable in the text of every template is wrapped when it is compiled."""
    folder, wrapped = Path(settings.BASE_DIR) / "templates", 0
    for file in sorted(folder.rglob("*.html")):
        template = engines["django"].engine.get_template(str(file.relative_to(folder)))
        for node in template.nodelist.get_nodes_by_type(VariableNode):
            wrapped += isinstance(node.filter_expression, Isolated)
        source = re.sub(r"<(script|style)\b.*?</\1>|{% blocktranslate.*?{% endblocktranslate %}", "", file.read_text(), flags=re.DOTALL)
        if re.search(r">\s*{{ [\w.]+ }}\s*<", source):
            assert any(isinstance(node.filter_expression, Isolated) for node in template.nodelist.get_nodes_by_type(VariableNode)), file
    assert wrapped > 200


def bare(response: Any, name: str) -> list[str]:
    """The texts on a page that show the name without an element of its own direction around it."""
    tree = html5lib.parse(response.content, namespaceHTMLElements=False)
    found: list[str] = []

    def walk(element: Any, is_apart: bool) -> None:
        if not isinstance(element.tag, str) or element.tag in NOT_TEXT:
            return
        is_apart = is_apart or element.tag == "bdi" or (element.get("dir") is not None and element.tag != "html")
        texts = [element.text, *(child.tail for child in element)]
        found.extend(text for text in texts if text and name in text and not is_apart and FIRST_STRONG_ISOLATE not in text)
        for child in element:
            walk(child, is_apart)

    walk(tree, False)
    return found


def test_pages_and_print_show_names_apart(home: Any, secretary_client: Client) -> None:
    page = open_declaration()
    list_names(page, ARABIC, HEBREW, signatory=ARABIC)
    organisation = make_organisation(ARABIC, slug="nurses", aliases=HEBREW)
    make_contact(organisation, name=HEBREW)
    public = [page.url, f"{page.url}signatories/", f"{page.url}signatories/?q=جمعية", reverse("members"), "/members/nurses/"]
    admin = [
        reverse("wagtailsnippets_members_organisation:inspect", args=(organisation.pk,)),
        reverse("personal_data:index"),
    ]
    shown = 0
    for client, addresses in ((Client(), public), (secretary_client, admin)):
        for address in addresses:
            response = client.get(address)
            assert response.status_code == 200, address
            assert (bare(response, ARABIC), bare(response, HEBREW)) == ([], []), address
            shown += ARABIC in response.content.decode()
    assert shown >= 5


def test_emails_show_names_apart(home: Any) -> None:
    sent(f"{open_declaration().url}endorse/", name=ARABIC, acronym="", signatory=HEBREW.replace("<b> ", ""))
    message = text_of(mails("confirm")[-1])
    assert f"\u2068{ARABIC}\u2069" in message
    assert message.count(ARABIC) == message.count(f"\u2068{ARABIC}\u2069")


@pytest.mark.django_db
def test_every_email_does_so() -> None:
    for template in email_templates():
        values = {
            name: ARABIC if type(value) is str and not value.startswith("http") else value for name, value in template.sample().items()
        }
        message = compose(template.name, to="ada@example.org", context=values)
        for text in (str(message.subject), str(message.body)):
            assert text.count(ARABIC) == text.count(f"\u2068{ARABIC}"), (template.name, text)
        html = type("Response", (), {"content": str(message.alternatives[0][0])})
        assert bare(html, ARABIC) == [], template.name
