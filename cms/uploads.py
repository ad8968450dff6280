"""What may be uploaded, and what is done to it before it is kept."""

import zipfile
from io import BytesIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

LONGEST_SIDE = 4000
_ZIPPED = {"docx", "odt", "ods", "pptx", "xlsx"}
_UNPACKED_LIMIT = 200 * 1024 * 1024


def clean_picture(file: FieldFile) -> None:
    """Re-encode a new picture in place: upright, at most 4,000 pixels a side, and free of EXIF, GPS, XMP and comments.

    The colour profile stays, it carries nothing personal. An animated GIF keeps its first frame.
    Raises ValidationError when the file cannot be decoded to its end.
    """
    try:
        with Image.open(file) as source:
            kind = source.format or "PNG"
            profile = source.info.get("icc_profile")
            picture = ImageOps.exif_transpose(source)
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError({"file": _("This picture is damaged or not a picture. Please save it again and retry.")}) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture.info.clear()
    out = BytesIO()
    options = {"JPEG": {"quality": 92}, "WEBP": {"quality": 92}, "PNG": {"optimize": True}}.get(kind, {})
    if kind == "JPEG" and picture.mode not in ("L", "RGB", "CMYK"):
        picture = picture.convert("RGB")
    picture.save(out, kind, icc_profile=profile, **options)
    file.file = ContentFile(out.getvalue(), name=file.name)


def validate_document(file: FieldFile) -> None:
    """Refuse a document that is too large, or whose content is not what its name says. Raises ValidationError."""
    limit = settings.WAGTAILDOCS_MAX_UPLOAD_SIZE
    if file.size > limit:
        raise ValidationError(
            {
                "file": _("This file is %(size)s; the limit is %(limit)s.")
                % {"size": filesizeformat(file.size), "limit": filesizeformat(limit)}
            }
        )
    extension = file.name.rsplit(".", 1)[-1].lower()
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if extension == "pdf":
        genuine = b"%PDF-" in head
    elif extension in _ZIPPED:
        genuine = _is_sound_zip(file)
    else:
        genuine = b"\0" not in head and not head.lstrip()[:5].lower().startswith((b"<html", b"<!doc", b"<svg", b"<?xml"))
    if not genuine:
        raise ValidationError({"file": _("The content of this file is not what its name says (.%s).") % extension})


def _is_sound_zip(file: FieldFile) -> bool:
    """Whether it opens as a zip whose declared content stays within reason (no zip bomb)."""
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(item.file_size for item in archive.infolist()) <= _UNPACKED_LIMIT
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    finally:
        file.seek(0)
