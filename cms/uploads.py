"""What may be uploaded, and what is done to it before it is kept."""

import zipfile
from io import BytesIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

LONGEST_SIDE = 4000
DAMAGED = _("This is damaged or not a picture of a kind we take. Please save it as JPEG or PNG and retry.")
TOO_MANY = _("This picture has too many pixels. Please make it smaller: 4,000 a side are plenty.")
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_QUALITY = {"JPEG": 92, "WEBP": 92}
# Word and the others keep their documents in zips; each kind by the part that no other has.
_PACKAGES = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/", "odt": "content.xml", "ods": "content.xml"}
_MARKUP = (b"<html", b"<!doctype", b"<svg", b"<?xml", b"<script", b"<body", b"<head")
_UNPACKED_LIMIT = 200 * 1024 * 1024


class CleanPicture(ContentFile):
    """A picture that was read to its end and written anew."""


def clean_picture(file: File) -> CleanPicture:
    """The picture written anew: upright, at most 4,000 pixels a side, 8 bits a channel, RGB or grey, and nothing but its pixels.

    Gone are EXIF, GPS, XMP and comments; the colour profile stays, it says nothing personal. An animation keeps its first frame.
    Raises ValidationError when the file cannot be decoded to its end or is larger than `WAGTAILIMAGES_MAX_IMAGE_PIXELS`; a decoder may
    fail on broken data in any way, so every failure of it means the same.
    """
    try:
        file.seek(0)
        with Image.open(file, formats=_FORMATS) as source:
            width, height = source.size
            if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                raise ValidationError(TOO_MANY)
            # MPO is how some telephones write a JPEG with a second picture behind it.
            kind = "JPEG" if source.format == "MPO" else source.format or "PNG"
            source.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            return CleanPicture(_encode(_pixels(source), kind), name=file.name)
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:  # so many that the decoder does not even begin
        raise ValidationError(TOO_MANY) from error
    except Exception as error:
        raise ValidationError(DAMAGED) from error


def _pixels(source: Image.Image) -> Image.Image:
    """The first frame, upright, not too large, in a mode that every browser and every format of ours can show."""
    source.load()
    profile, transparency = source.info.get("icc_profile"), source.info.get("transparency")
    picture = ImageOps.exif_transpose(source)
    if picture.mode.startswith("I"):
        # Sixteen bits a channel: converting would cut off what does not fit into eight instead of scaling it.
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    elif picture.mode in ("P", "PA", "LA", "La", "RGBa") or transparency is not None:
        picture = picture.convert("RGBA" if transparency is not None or picture.mode != "P" else "RGB")
    elif picture.mode not in ("L", "RGB", "RGBA"):
        profile = None  # it describes the colours of the former mode
        picture = picture.convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
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
    """Raises ValidationError for more bytes than `limit`, whole megabytes of them."""
    if file.size > limit:
        raise ValidationError(_("This file is too large; the limit is %(limit)s."), params={"limit": megabytes(limit)})


def megabytes(limit: int) -> str:
    return gettext("%(number)d MB") % {"number": limit // 1024**2}


def validate_document(file: File) -> None:
    """Refuse a document that is empty, too large, of a kind we do not take, or not what its name says. Raises ValidationError."""
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
    """Whether it is a zip with the part that such a document has, and unpacks to no more than reason allows (no zip bomb)."""
    try:
        with zipfile.ZipFile(file) as archive:
            items = archive.infolist()
            named = any(item.filename.startswith(part) for item in items)
            return named and sum(item.file_size for item in items) <= _UNPACKED_LIMIT
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False
    finally:
        file.seek(0)
