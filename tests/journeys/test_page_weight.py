"""The weight of pages on the wire: what a reader on a slow, costly link pays."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from core.web.compression import compress
from tests.support.public_pages import KINDS

pytestmark = pytest.mark.one_database

KILOBYTE = 1024
READING = [name for name in KINDS if name not in ("briefing", "style guide")]


def compressed(data: bytes) -> int:
    """Bytes of a file as sent with gzip, the weaker of the encodings that we offer: files are compressed once, as well as can be."""
    return len(gzip.compress(data, 9))


def sent(html: bytes) -> int:
    """Bytes of a page as sent, compressed while somebody waits."""
    return len(compress(html, "gzip"))


def test_the_stylesheet_is_flattened_into_one_file(stylesheet: bytes) -> None:
    assert b"@import" not in stylesheet
    assert b"@layer components{" in stylesheet.replace(b" {", b"{")


def test_the_stylesheet_weighs_at_most_8_kilobytes(stylesheet: bytes) -> None:
    assert compressed(stylesheet) <= 8 * KILOBYTE


@pytest.mark.parametrize("kind", KINDS)
def test_html_and_css_weigh_at_most_14_kilobytes(answer: Callable[[str], Any], stylesheet: bytes, kind: str) -> None:
    if kind == "style guide":
        pytest.skip("shows every component at once; no reader comes there")
    assert sent(answer(kind).content) + compressed(stylesheet) <= 14 * KILOBYTE


@pytest.mark.parametrize("kind", READING)
def test_a_reading_page_has_no_script(answer: Callable[[str], Any], kind: str) -> None:
    html = answer(kind).content.decode()
    scripts = [tag for tag in re.findall(r"<script[^>]*>", html) if "application/ld+json" not in tag]
    assert scripts == []
    assert not re.search(r"\son\w+=|javascript:", html)


def test_the_script_of_a_recording_weighs_at_most_3_kilobytes(answer: Callable[[str], Any]) -> None:
    html = answer("briefing").content.decode()
    names = re.findall(r'<script src="/static/([^"]+)"', html)
    assert names == ["js/recording.js"]
    assert sum(compressed((Path(settings.STATICFILES_DIRS[0]) / name).read_bytes()) for name in names) <= 3 * KILOBYTE
