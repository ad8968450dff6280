"""What a careful colleague would say of a page before it is published.

A problem that leaves some readers out (no standfirst, a picture without words) holds publishing and the hand-over for review back;
a doubt (a placeholder word, headings out of order) is only said. Saving a draft is never held back.
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

from .page_parts import parts, streams

# TODO and TBC only in capitals: "todo" is a Spanish word.
_PLACEHOLDER = re.compile(r"\b(?:(?i:lorem\s+ipsum|x{3,})|TODO|TBC|TBD|FIXME)\b|\?{3,}|\[(?i:name|date|place|title|link|text)\]")


@dataclass(frozen=True)
class Problem:
    """One finding: the form field it belongs to, the sentence for the editor, and whether publishing waits for it."""

    field: str
    message: str
    holds_back: bool


def problems_of(page: Page) -> list[Problem]:
    """Everything to be said of this page as it is in memory, saved or not, what holds publishing back first."""
    found = [*_missing_standfirst(page), *_pictures_without_words(page), *_own(page), *_placeholders(page), *_headings(page)]
    return sorted(found, key=lambda problem: not problem.holds_back)


def held_back(pages: Iterable[Page]) -> list[str]:
    """The titles of those whose last draft must not be published yet, each with the first reason."""
    drafts = [page.get_latest_revision_as_object() for page in pages]
    found = [(draft, problem) for draft in drafts for problem in problems_of(draft)[:1] if problem.holds_back]
    return [f"“{draft.get_admin_display_title()}”: {problem.message}" for draft, problem in found]


def _own(page: Page) -> Iterator[Problem]:
    """What only this kind of page knows: its `unready()` yields pairs of a field and a sentence, each of which holds back."""
    for field, message in getattr(page, "unready", list)():
        yield Problem(field, message, holds_back=True)


def _missing_standfirst(page: Page) -> Iterator[Problem]:
    if hasattr(page, "standfirst") and not page.standfirst.strip():
        yield Problem(
            "standfirst", _("Write a standfirst: lists, feeds and search engines show nothing else of the page."), holds_back=True
        )


def _pictures_without_words(page: Page) -> Iterator[Problem]:
    lead = getattr(page, "lead_image", None)
    if isinstance(lead, get_image_model()) and not lead.description.strip():
        yield Problem("lead_image", _no_words(lead.title), holds_back=True)
    for field, stream in streams(page):
        for value in parts(stream):
            if isinstance(value, PictureValue) and value.get("image") and not value.get("decorative") and not value.alt_text.strip():
                yield Problem(field, _no_words(value["image"].title), holds_back=True)


def _no_words(title: str) -> str:
    return _("The picture “%(title)s” has no alternative text: somebody who cannot see it learns nothing. Describe it in one sentence.") % {
        "title": title
    }


def _placeholders(page: Page) -> Iterator[Problem]:
    texts = [(name, getattr(page, name, None) or "") for name in ("title", "subtitle", "standfirst")]
    texts += [(field, " ".join(map(str, stream.stream_block.get_searchable_content(stream)))) for field, stream in streams(page)]
    for field, text in texts:
        words = dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(strip_tags(text)))
        if words:
            yield Problem(
                field, _("This looks unfinished: %(words)s.") % {"words": ", ".join(f"“{word}”" for word in words)}, holds_back=False
            )


def _headings(page: Page) -> Iterator[Problem]:
    for field, stream in streams(page):
        levels = [child.value for child in stream if child.block_type == "heading"]
        if levels and levels[0].get("level") == "h3":
            text = Truncator(levels[0].get("text") or "").chars(60)
            yield Problem(
                field,
                _("The first heading, “%(text)s”, is a sub-section of nothing. Make it a section.") % {"text": text},
                holds_back=False,
            )
