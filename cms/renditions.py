"""The sizes in which readers get a picture, made when it is published, so that no reader waits for them.

Every template writes `{% picture image format-{webp,jpeg} width-{320,640,960} … %}`: `SPEC` says the same in Wagtail's own words, and a
test holds the templates to it.
"""

from collections.abc import Iterable, Iterator

from django.db.models import ForeignKey, Model
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, Filter

from .page_parts import parts, streams

SPEC = "format-{webp,jpeg}|width-{320,640,960}"
SPECS = Filter.expand_spec(SPEC)


def pictures_of(thing: Model) -> Iterator[AbstractImage]:
    """The pictures that a page, an author, an organisation shows: in its own fields and anywhere in its text."""
    kind = get_image_model()
    for field in thing._meta.get_fields():
        if isinstance(field, ForeignKey) and issubclass(field.related_model, kind) and (picture := getattr(thing, field.name)):
            yield picture
    for _name, stream in streams(thing):
        yield from (part for part in parts(stream) if isinstance(part, kind))


def make_renditions(pictures: Iterable[AbstractImage]) -> int:
    """Make the sizes that are missing; returns how many pictures were looked at. Twice, or on two hosts at once, is harmless."""
    different = {picture.pk: picture for picture in pictures}
    for picture in different.values():
        picture.get_renditions(*SPECS)
    return len(different)
