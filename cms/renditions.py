"""The renditions of pictures, made when a page is published, so that no reader waits for them.

All templates use `{% picture image format-{webp,jpeg} width-{320,640,960} … %}`. `SPEC` is the same as a filter specification, and a test
keeps the two in line.
"""

from collections.abc import Iterable, Iterator

from django.db.models import ForeignKey, Model
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, Filter

from .stream_values import stream_fields, walk

SPEC = "format-{webp,jpeg}|width-{320,640,960}"
SPECS = Filter.expand_spec(SPEC)


def pictures_of(row: Model) -> Iterator[AbstractImage]:
    """The pictures of a page, an author or an organisation: in its own fields and anywhere in its StreamFields."""
    image_model = get_image_model()
    for field in row._meta.get_fields():
        if isinstance(field, ForeignKey) and issubclass(field.related_model, image_model) and (picture := getattr(row, field.name)):
            yield picture
    for _name, stream in stream_fields(row):
        yield from (value for value in walk(stream) if isinstance(value, image_model))


def make_renditions(pictures: Iterable[AbstractImage]) -> int:
    """Make the missing renditions. Idempotent, also on two hosts at once. Returns the number of pictures."""
    different = {picture.pk: picture for picture in pictures}
    for picture in different.values():
        picture.get_renditions(*SPECS)
    return len(different)
