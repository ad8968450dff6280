"""The fragment identifiers of headings and key messages, which readers link to: each is once on a page."""

import re
from collections.abc import Iterator
from itertools import count

from django.utils.functional import cached_property
from django.utils.text import slugify
from wagtail.blocks import StreamValue, StructValue

# Identifiers that the pages around a body have, and those of single messages and notes.
_TAKEN = re.compile(r"answer|contents?|footer-menu|menu|notes|signatories|(message|note|noteref)-\d+(-\d+)?")


class AnchoredValue(StructValue):
    """The value of a heading, or of a list of key messages."""

    @cached_property
    def anchor(self) -> str:
        """Its identifier. It is once on a page after `with_anchors`."""
        return self.wished_anchor

    @property
    def wished_anchor(self) -> str:
        """The identifier, if it were alone on the page. A heading without Latin letters keeps its own."""
        if "text" not in self:
            return "message"
        text = self["text"] or ""
        return slugify(text) or slugify(text, allow_unicode=True) or "section"


def with_anchors(body: StreamValue) -> StreamValue:
    """The body, with an anchor of its own for each heading and list of messages. The first of two equal ones keeps the plain anchor."""
    taken: set[str] = set()
    for block in body:
        if isinstance(block.value, AnchoredValue):
            block.value.anchor = next(anchor for anchor in _numbered(block.value.wished_anchor) if anchor not in taken)
            taken.add(block.value.anchor)
    return body


def _numbered(wished: str) -> Iterator[str]:
    wished = f"section-{wished}" if _TAKEN.fullmatch(wished) else wished
    yield wished
    for number in count(2):
        yield f"{wished}-{number}"
