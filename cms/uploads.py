"""Validation and cleaning of uploaded pictures and documents."""

import zipfile
from io import BytesIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MAX_SIDE = 4000
DAMAGED = _("This is damaged or not a picture of a kind we take. Please save it as JPEG or PNG and retry.")
TOO_MANY = _("This picture has too many pixels. Please make it smaller: 4,000 a side are plenty.")
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_QUALITY = {"JPEG": 92, "WEBP": 92}
# These documents are zip archives, each recognised by an entry that no other type has.
_PACKAGES = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/", "odt": "content.xml", "ods": "content.xml"}
_MARKUP = (b"<html", b"<!doctype", b"<svg", b"<?xml", b"<script", b"<body", b"<head")
_UNPACKED_LIMIT = 200 * 1024 * 1024


class CleanPicture(ContentFile):
    """A picture that was decoded and re-encoded."""


def clean_picture(file: File) -> CleanPicture:
    """The picture re-encoded: upright, at most 4,000 pixels a side, 8 bits a channel, RGB or grey, without metadata.

    EXIF, GPS, XMP and comments are removed; the colour profile stays, because it contains nothing personal. An animation keeps its first
    frame. Raises ValidationError if the file cannot be decoded completely, or is larger than `WAGTAILIMAGES_MAX_IMAGE_PIXELS`. Decoders
    may raise anything for damaged data, so every exception means the same.
    """
    try:
        file.seek(0)
        with Image.open(file, formats=_FORMATS) as source:
            width, height = source.size
            if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                raise ValidationError(TOO_MANY)
            # Some phones save JPEG as MPO, with a second picture in the file.
            kind = "JPEG" if source.format == "MPO" else source.format or "PNG"
            source.draft(None, (MAX_SIDE, MAX_SIDE))
            return CleanPicture(_encode(_pixels(source), kind), name=file.name)
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:  # refused before decoding
        raise ValidationError(TOO_MANY) from error
    except Exception as error:
        raise ValidationError(DAMAGED) from error


def _pixels(source: Image.Image) -> Image.Image:
    """The first frame, upright and limited in size, in a mode that all browsers and our formats support."""
    source.load()
    profile, transparency = source.info.get("icc_profile"), source.info.get("transparency")
    picture = ImageOps.exif_transpose(source)
    if picture.mode.startswith("I"):
        # Sixteen bits a channel: `convert` would clip values to eight bits instead of scaling them.
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    elif picture.mode in ("P", "PA", "LA", "La", "RGBa") or transparency is not None:
        picture = picture.convert("RGBA" if transparency is not None or picture.mode != "P" else "RGB")
    elif picture.mode not in ("L", "RGB", "RGBA"):
        profile = None  # it applies to the original mode only
        picture = picture.convert("RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture.info = {"icc_profile": profile} if profile else {}
    return picture


def _encode(picture: Image.Image, kind: str) -> bytes:
    if kind == "JPEG" and picture.mode == "RGBA":
        picture = picture.convert("RGB")
    out = BytesIO()
    options = {"quality": _QUALITY[kind]} if kind in _QUALITY else {}
    picture.save(out, kind, icc_profile=picture.info.get("icc_profile"), **options)
    return out.getvalue()


def refuse_larger(file: File, limit: int) -> None:
    """Raises ValidationError if the file is larger than `limit` bytes, a multiple of one megabyte."""
    if file.size > limit:
        raise ValidationError(_("This file is too large; the limit is %(limit)s."), params={"limit": megabytes(limit)})


def megabytes(limit: int) -> str:
    return gettext("%(number)d MB") % {"number": limit // 1024**2}


def validate_document(file: File) -> None:
    """Raises ValidationError for a document that is too large, of a type we do not accept, or does not match its extension."""
    refuse_larger(file, settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
    extension = (file.name or "").rpartition(".")[2].lower()
    if extension not in settings.WAGTAILDOCS_EXTENSIONS:
        raise ValidationError(_("Files of the kind .%(kind)s are not taken here."), params={"kind": extension[:20]})
    if not _is_genuine(file, extension):
        raise ValidationError(_("The content of this file is not what its name says (.%(kind)s)."), params={"kind": extension})


def _is_genuine(file: File, extension: str) -> bool:
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if extension == "pdf":
        return b"%PDF-" in head
    if extension in _PACKAGES:
        return _is_sound_package(file, _PACKAGES[extension])
    return b"\0" not in head and not head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP)


def _is_sound_package(file: File, part: str) -> bool:
    """Whether the file is a zip archive with the entry of that document type, and no zip bomb."""
    try:
        with zipfile.ZipFile(file) as archive:
            items = archive.infolist()
            named = any(item.filename.startswith(part) for item in items)
            return named and sum(item.file_size for item in items) <= _UNPACKED_LIMIT
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False
    finally:
        file.seek(0)
