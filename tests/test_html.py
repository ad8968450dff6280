"""The HTML of every kind of page, read by a strict parser and checked for what a parser cannot see."""

import itertools
import re
from collections import Counter
from typing import Any

import html5lib
import pytest

from tests.public_pages import ERRORS, KINDS


def parse(html: bytes) -> Any:
    """The document; raises html5lib's ParseError at the first thing that is not HTML."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_parses_without_error(client: Any, home: Any, kind: str) -> None:
    response = client.get(KINDS[kind])
    assert response.status_code == 200
    parse(response.content)


@pytest.mark.parametrize("problem", ERRORS)
def test_every_error_page_parses_without_error(client: Any, home: Any, problem: str) -> None:
    address, status = ERRORS[problem]
    response = client.get(address)
    assert response.status_code == status
    parse(response.content)


@pytest.mark.parametrize("kind", KINDS)
def test_ids_occur_once_and_links_within_the_page_lead_somewhere(client: Any, home: Any, kind: str) -> None:
    document = parse(client.get(KINDS[kind]).content)
    ids = Counter(element.get("id") for element in document.iter() if element.get("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    targets = {element.get("href")[1:] for element in document.iter("a") if (element.get("href") or "").startswith("#")}
    assert targets - set(ids) == set()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "style guide"])
def test_headings_start_at_one_and_skip_no_level(client: Any, home: Any, kind: str) -> None:
    html = client.get(KINDS[kind]).content.decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])[\s>]", html)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_internal_link_works(client: Any, home: Any) -> None:
    links = {
        element.get("href").split("#")[0]
        for address in KINDS.values()
        for element in parse(client.get(address).content).iter("a")
        if (element.get("href") or "").startswith("/")
    }
    broken = {link: status for link in sorted(links - {""}) if (status := client.get(link).status_code) != 200}
    assert broken == {}


def test_the_language_and_direction_of_the_page_are_said(client: Any, home: Any) -> None:
    assert b'<html lang="en-gb" dir="ltr">' in client.get("/").content


def test_every_picture_has_an_alternative_text_or_is_marked_decorative(client: Any, home: Any) -> None:
    for address in KINDS.values():
        images = list(parse(client.get(address).content).iter("img"))
        assert all(image.get("alt") is not None and image.get("width") and image.get("height") for image in images), address


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
