"""Checks of a page before it is published.

A problem that excludes some readers (no standfirst, a picture without alternative text) blocks publishing and submitting for review. Other
problems (a placeholder word, headings out of order) are warnings. Saving a draft is never blocked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Page

from cms.blocks.media import PictureValue

from .stream_values import stream_fields, walk

# TODO and TBC only in capitals: "todo" is a Spanish word.
_PLACEHOLDER = re.compile(r"\b(?:(?i:lorem\s+ipsum|x{3,})|TODO|TBC|TBD|FIXME)\b|\?{3,}|\[(?i:name|date|place|title|link|text)\]")


@dataclass(frozen=True)
class Problem:
    """A problem: its form field, the message for the editor, and whether it blocks publishing."""

    field: str
    message: str
    blocks_publishing: bool


def find_problems(page: Page) -> list[Problem]:
    """The problems of this page as it is in memory, saved or not; those that block publishing come first."""
    found = [*_missing_standfirst(page), *_missing_alt_texts(page), *_publishing_errors(page), *_placeholders(page), *_headings(page)]
    return sorted(found, key=lambda problem: not problem.blocks_publishing)


def reasons_not_to_publish(pages: Iterable[Page]) -> list[str]:
    """The titles of the pages whose latest draft must not be published, each with the first reason."""
    drafts = [page.get_latest_revision_as_object() for page in pages]
    found = [(draft, problem) for draft in drafts for problem in find_problems(draft)[:1] if problem.blocks_publishing]
    return [f"“{draft.get_admin_display_title()}”: {problem.message}" for draft, problem in found]


def _publishing_errors(page: Page) -> Iterator[Problem]:
    """Problems from the page's own `publishing_errors()`, which yields pairs of a field and a message."""
    for field, message in getattr(page, "publishing_errors", list)():
        yield Problem(field, message, blocks_publishing=True)


def _missing_standfirst(page: Page) -> Iterator[Problem]:
    if hasattr(page, "standfirst") and not page.standfirst.strip():
        yield Problem(
            "standfirst", _("Write a standfirst: lists, feeds and search engines show nothing else of the page."), blocks_publishing=True
        )


def _missing_alt_texts(page: Page) -> Iterator[Problem]:
    lead = getattr(page, "lead_image", None)
    if isinstance(lead, get_image_model()) and not lead.description.strip():
        yield Problem("lead_image", _no_alt_text(lead.title), blocks_publishing=True)
    for field, stream in stream_fields(page):
        for value in walk(stream):
            if isinstance(value, PictureValue) and value.get("image") and not value.get("decorative") and not value.alt_text.strip():
                yield Problem(field, _no_alt_text(value["image"].title), blocks_publishing=True)


def _no_alt_text(title: str) -> str:
    return _("The picture “%(title)s” has no alternative text: somebody who cannot see it learns nothing. Describe it in one sentence.") % {
        "title": title
    }


def _placeholders(page: Page) -> Iterator[Problem]:
    texts = [(name, getattr(page, name, None) or "") for name in ("title", "subtitle", "standfirst")]
    texts += [(field, " ".join(map(str, stream.stream_block.get_searchable_content(stream)))) for field, stream in stream_fields(page)]
    for field, text in texts:
        words = dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(strip_tags(text)))
        if words:
            yield Problem(
                field, _("This looks unfinished: %(words)s.") % {"words": ", ".join(f"“{word}”" for word in words)}, blocks_publishing=False
            )


def _headings(page: Page) -> Iterator[Problem]:
    for field, stream in stream_fields(page):
        levels = [child.value for child in stream if child.block_type == "heading"]
        if levels and levels[0].get("level") == "h3":
            text = Truncator(levels[0].get("text") or "").chars(60)
            yield Problem(
                field,
                _("The first heading, “%(text)s”, is a sub-section of nothing. Make it a section.") % {"text": text},
                blocks_publishing=False,
            )
