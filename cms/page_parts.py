"""Walking through what a page is made of."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue


def streams(page: Model) -> Iterator[tuple[str, StreamValue]]:
    """Each StreamField of a page with its name."""
    for field in page._meta.get_fields():
        value = getattr(page, field.name, None) if field.concrete else None
        if isinstance(value, StreamValue):
            yield field.name, value


def parts(value: Any) -> Iterator[Any]:
    """A block's value and everything inside it, in reading order."""
    yield value
    if isinstance(value, StructValue):
        inside = list(value.values())
    elif isinstance(value, StreamValue):
        inside = [child.value for child in value]
    elif isinstance(value, ListValue | list):
        inside = list(value)
    else:
        inside = []
    for part in inside:
        yield from parts(part)
