"""The pictures and documents of the starting content, made once each and removed again when the load fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.db.models.signals import post_save
from PIL import Image

from cms.models import SiteDocument, SiteImage, SiteRendition

from .art import draw

CREDIT = "HW4All, drawn from dots"
LICENCE = "CC BY 4.0"


class Media:
    """Makes what is asked for, and finds it again when it is asked for a second time."""

    def __init__(self) -> None:
        self.made = 0
        self._images: dict[str, SiteImage] = {}
        self._documents: dict[Path, SiteDocument] = {}

    def image(self, art: str, alt: str) -> SiteImage:
        if art not in self._images:
            title = art.replace(":", ": ").replace("-", " ").capitalize()
            self._images[art] = SiteImage.objects.filter(title=title, credit=CREDIT).first() or self._draw(art, title, alt)
        return self._images[art]

    def _draw(self, art: str, title: str, alt: str) -> SiteImage:
        image = SiteImage(title=title, description=alt, credit=CREDIT, licence=LICENCE)
        image.file = ContentFile(as_png(draw(art)), name=f"{art.replace(':', '-')}.png")
        image.save()
        self.made += 1
        return image

    def document(self, file: Path, title: str, language: str) -> SiteDocument:
        if file not in self._documents:
            known = SiteDocument.objects.filter(title=title, file__endswith=file.suffix).first()
            self._documents[file] = known or self._store(file, title, language)
        return self._documents[file]

    def _store(self, file: Path, title: str, language: str) -> SiteDocument:
        document = SiteDocument(title=title, language=language)
        document.file = ContentFile(file.read_bytes(), name=file.name)
        document.full_clean()
        document.save()
        self.made += 1
        return document


def as_png(picture: Image.Image) -> bytes:
    """A drawing of a few flat colours: a palette keeps every edge sharp at a quarter of a JPEG's size."""
    if picture.getcolors(256):
        picture = picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    out = BytesIO()
    picture.save(out, "PNG", compress_level=1)  # the image model packs it tightly when it stores it
    return out.getvalue()


@contextmanager
def files_removed_on_failure() -> Iterator[None]:
    """The database forgets a failed transaction; this removes the pictures, their renditions and the documents stored during it.

    Share cards may stay: they are named by what is written on them, so the next attempt uses them.
    """
    stored: list[Any] = []

    def note(instance: Any, created: bool, raw: bool = False, **_kwargs: Any) -> None:
        if created and not raw:
            stored.append(instance)

    models = (SiteImage, SiteDocument)
    for model in models:
        post_save.connect(note, sender=model, weak=False, dispatch_uid="files_removed_on_failure")
    try:
        yield
    except BaseException:
        for instance in stored:
            _remove(instance)
        raise
    finally:
        for model in models:
            post_save.disconnect(sender=model, dispatch_uid="files_removed_on_failure")


def _remove(instance: SiteImage | SiteDocument) -> None:
    storage, name = instance.file.storage, PurePosixPath(instance.file.name)
    storage.delete(str(name))
    if isinstance(instance, SiteImage):
        folder = PurePosixPath(SiteRendition(image=instance).get_upload_to("x")).parent
        try:
            _, files = storage.listdir(str(folder))
        except FileNotFoundError:
            files = []
        for file in files:
            if file.startswith(f"{name.stem}."):  # a rendition is called by its picture and its measures
                storage.delete(str(folder / file))
