"""The reading time of a text."""

from math import ceil

from django.utils.html import strip_tags
from wagtail.blocks import StreamValue

WORDS_PER_MINUTE = 220  # silent reading of English prose, Brysbaert 2019: 238; rounded down for second-language readers


def minutes(body: StreamValue) -> int:
    """The reading time of a body in whole minutes, at least 1."""
    text = " ".join(strip_tags(str(part)) for part in body.stream_block.get_searchable_content(body)) if body else ""
    return max(1, ceil(len(text.split()) / WORDS_PER_MINUTE))
