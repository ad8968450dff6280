"""The HTML of every kind of page, read by a strict parser and checked for what a parser cannot see."""

import itertools
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import html5lib
import pytest

from tests.support.public_pages import ERRORS, KINDS
from tests.template_database import ROOT

pytestmark = pytest.mark.one_database


def parse(html: bytes) -> Any:
    """The document; raises html5lib's ParseError at the first thing that is not HTML."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


@pytest.fixture(scope="session")
def _documents() -> dict[str, Any]:
    return {}


@pytest.fixture
def document(answer: Callable[[str], Any], _documents: dict[str, Any]) -> Callable[[str], Any]:
    """`document("goals")`: that page as the strict parser reads it, read once in a process."""

    def read(kind: str) -> Any:
        if kind not in _documents:
            _documents[kind] = parse(answer(kind).content)
        return _documents[kind]

    return read


@pytest.mark.parametrize("problem", ERRORS)
def test_every_error_page_parses_without_error(client: Any, home: Any, problem: str) -> None:
    address, status = ERRORS[problem]
    response = client.get(address)
    assert response.status_code == status
    parse(response.content)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_parses_its_ids_occur_once_and_links_within_it_lead_somewhere(document: Callable[[str], Any], kind: str) -> None:
    page = document(kind)
    ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    targets = {element.get("href")[1:] for element in page.iter("a") if (element.get("href") or "").startswith("#")}
    assert targets - set(ids) == set()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "style guide"])
def test_headings_start_at_one_and_skip_no_level(answer: Callable[[str], Any], kind: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])[\s>]", answer(kind).content.decode())]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_internal_link_works(client: Any, document: Callable[[str], Any]) -> None:
    links = {
        element.get("href").split("#")[0]
        for kind in KINDS
        for element in document(kind).iter("a")
        if (element.get("href") or "").startswith("/")
    }
    broken = {}
    for link in sorted(links - {""}):
        answer = client.get(link)
        answer.getvalue()  # a file is closed once it has been read
        if answer.status_code != 200:
            broken[link] = answer.status_code
    assert broken == {}


def test_the_language_and_direction_of_the_page_are_said(answer: Callable[[str], Any]) -> None:
    assert b'<html lang="en-gb" dir="ltr">' in answer("home").content


def test_every_picture_has_an_alternative_text_or_is_marked_decorative(document: Callable[[str], Any]) -> None:
    for kind in KINDS:
        images = list(document(kind).iter("img"))
        assert all(image.get("alt") is not None and image.get("width") and image.get("height") for image in images), kind


def test_no_style_uses_a_physical_direction() -> None:
    from pathlib import Path

    from django.conf import settings

    physical = re.compile(
        r"(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b|[;{ ](?:left|right|top|bottom|width|height|min-width|max-width):"
    )
    found = {
        path.name: match.group()
        for path in Path(settings.STATICFILES_DIRS[0], "css").rglob("*.css")
        if (match := physical.search(re.sub(r"@media[^{]*", "", path.read_text())))
    }
    assert found == {}


def test_no_clock_time_stands_without_its_zone_outside_the_admin() -> None:
    """`|datetime_text` and `|datetime_html` show it; Django's own filters do not."""
    told = re.compile(r"\|time\b|H:i|DATETIME_FORMAT")
    templates = (ROOT / "templates").rglob("*")
    assert [path for path in templates if path.is_file() and "admin" not in path.parts and told.search(path.read_text())] == []
