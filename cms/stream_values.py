"""Walking through the values of StreamFields."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue


def stream_fields(page: Model) -> Iterator[tuple[str, StreamValue]]:
    """The name and value of each StreamField of a page."""
    for field in page._meta.get_fields():
        value = getattr(page, field.name, None) if field.concrete else None
        if isinstance(value, StreamValue):
            yield field.name, value


def walk(value: Any) -> Iterator[Any]:
    """A block's value and all values inside it, in reading order."""
    yield value
    if isinstance(value, StructValue):
        children = list(value.values())
    elif isinstance(value, StreamValue):
        children = [child.value for child in value]
    elif isinstance(value, ListValue | list):
        children = list(value)
    else:
        children = []
    for child in children:
        yield from walk(child)
