"""Validation and cleaning of uploaded pictures and documents."""

import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from . import png

MAX_SIDE = 4000
DAMAGED = _("This picture is damaged. Open it in a picture program, save it as JPEG or PNG, and upload that.")
UNKNOWN_KIND = _("We can’t read this as a picture. Save it as JPEG or PNG, and upload that.")
TOO_MANY_PIXELS = _("This picture is too large. Make it at most 4,000 pixels wide and high.")
TOO_LARGE = _("The file must be smaller than %(limit)s. Make it smaller, or leave out pictures, and upload it again.")
EMPTY = _("This file is empty. Choose another file.")
OTHER_KIND = _("We can’t take files of this kind. Upload one of these: %(kinds)s.")
FALSE_KIND = _("This is not a sound %(kind)s file, although its name says so. Open it, save it again, and upload that.")
_LOCKED = _("This file has a password or is in an old format. Save it as %(kind)s without a password, and upload that.")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also the envelope of a file with a password
_ADVICE = {
    **dict.fromkeys(("doc", "docm", "rtf", "pages"), _("Save this text as DOCX, ODT or PDF, and upload that.")),
    **dict.fromkeys(("xls", "xlsm", "xlsb", "numbers"), _("Save this spreadsheet as XLSX, ODS or CSV, and upload that.")),
    **dict.fromkeys(("ppt", "pptm", "key", "odp"), _("Save these slides as PPTX or PDF, and upload that.")),
    **dict.fromkeys(("zip", "rar", "7z", "gz"), _("We can’t take archives. Upload the files in it one by one.")),
}
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF")
# What is stored, by what was uploaded. Browsers do not show HEIC, and some phones save JPEG as MPO, with a second picture in the file.
_STORED_AS = {"MPO": "JPEG", "HEIF": "JPEG", "AVIF": "WEBP"}
_EXTENSIONS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "GIF": (".gif",), "WEBP": (".webp",)}
_QUALITY = {"JPEG": 92, "WEBP": 92}
# A larger profile costs every reader more than exact colours are worth: the colours are converted to sRGB instead.
_MAX_PROFILE_KEPT = 16 * 1024
# These documents are zip archives, each recognised by an entry that no other type has.
_PACKAGES = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/", "odt": "content.xml", "ods": "content.xml"}
_MARKUP = ("<html", "<!doctype", "<svg", "<?xml", "<script", "<body", "<head")
_UNPACKED_LIMIT = 200 * 1024 * 1024


register_heif_opener()


class CleanPicture(ContentFile):
    """A picture that was decoded and re-encoded."""


def clean_picture(file: File) -> CleanPicture:
    """The picture re-encoded: upright, at most 4,000 pixels a side, 8 bits a channel, RGB or grey, without metadata.

    Its kind is what its content says, whatever its name says; the name gets the extension of what is stored. HEIC becomes JPEG and AVIF
    becomes WebP. EXIF, GPS, XMP and comments are removed. A small colour profile stays, because it contains nothing personal; colours of
    print (CMYK) and those with a large profile are converted to sRGB. An animation keeps its first frame. Raises ValidationError if the
    file cannot be decoded completely, or is larger than `WAGTAILIMAGES_MAX_IMAGE_PIXELS`. Decoders may raise anything for damaged data, so
    every exception means the same.
    """
    try:
        file.seek(0)
        content, profile = file.read(), None
        if content.startswith(png.SIGNATURE):
            content, profile = png.readable(content)
        with Image.open(BytesIO(content), formats=_FORMATS) as source:
            width, height = source.size
            if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                raise ValidationError(TOO_MANY_PIXELS)
            kind = _STORED_AS.get(source.format or "", source.format or "PNG")
            source.draft(None, (MAX_SIDE, MAX_SIDE))
            return CleanPicture(_encode(_pixels(source, profile), kind), name=_name_for(file, kind))
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:  # refused before decoding
        raise ValidationError(TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise ValidationError(UNKNOWN_KIND) from error
    except Exception as error:
        raise ValidationError(DAMAGED) from error


def _name_for(file: File, kind: str) -> str:
    """The file's name with an extension that is true of its content."""
    name = file.name or "picture"
    if name.lower().endswith(_EXTENSIONS[kind]):
        return name
    path = PurePosixPath(name)
    known = path.suffix.lower().removeprefix(".") in settings.WAGTAILIMAGES_EXTENSIONS
    return f"{path.with_suffix('') if known else path}{_EXTENSIONS[kind][0]}"


def _pixels(source: Image.Image, profile: bytes | None) -> Image.Image:
    """The first frame, upright and limited in size, in a mode that all browsers and our formats support."""
    source.load()
    profile, transparency = profile or source.info.get("icc_profile"), source.info.get("transparency")
    picture = ImageOps.exif_transpose(source)
    if picture.mode.startswith("I"):
        # Sixteen bits a channel: `convert` would clip values to eight bits instead of scaling them.
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    elif picture.mode in ("P", "PA", "LA", "La", "RGBa") or transparency is not None:
        picture = picture.convert("RGBA" if transparency is not None or picture.mode != "P" else "RGB")
    if profile and (len(profile) > _MAX_PROFILE_KEPT or picture.mode not in ("L", "RGB", "RGBA")):
        picture, profile = _in_srgb(picture, profile), None
    elif picture.mode not in ("L", "RGB", "RGBA"):
        picture, profile = picture.convert("RGB"), None
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture.info = {"icc_profile": profile} if profile else {}
    return picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """The picture with its colours converted to sRGB, which needs no profile. A damaged or unfitting profile counts as none."""
    mode = picture.mode if picture.mode in ("RGB", "RGBA") else "RGB"
    try:
        converted = ImageCms.profileToProfile(picture, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode)
    except ImageCms.PyCMSError:
        converted = None
    return converted or picture.convert(mode)


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
        raise ValidationError(TOO_LARGE, params={"limit": megabytes(limit)})


def megabytes(limit: int) -> str:
    return gettext("%(number)d MB") % {"number": limit // 1024**2}


def validate_document(file: File) -> None:
    """Raises ValidationError for a document that is empty, too large, of a type we do not accept, or does not match its extension."""
    if not file.size:
        raise ValidationError(EMPTY)
    refuse_larger(file, settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
    extension = PurePosixPath(file.name or "").suffix.lower().removeprefix(".")
    if extension not in settings.WAGTAILDOCS_EXTENSIONS:
        raise ValidationError(_ADVICE.get(extension, OTHER_KIND), params={"kinds": ", ".join(settings.WAGTAILDOCS_EXTENSIONS).upper()})
    if not _is_genuine(file, extension):
        raise ValidationError(_LOCKED if _starts(file).startswith(_OLD_OFFICE) else FALSE_KIND, params={"kind": extension.upper()})


def _starts(file: File) -> bytes:
    file.seek(0)
    head: bytes = file.read(1024)
    file.seek(0)
    return head


def _is_genuine(file: File, extension: str) -> bool:
    if extension == "pdf":
        return b"%PDF-" in _starts(file)
    if extension in _PACKAGES:
        return _is_sound_package(file, _PACKAGES[extension])
    text = _decoded(_starts(file))
    return "\0" not in text and not text.strip().lower().startswith(_MARKUP)


def _decoded(head: bytes) -> str:
    """The start of a text. In UTF-16 (from Excel, "Unicode text") every letter of ours has a zero byte beside it."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, "ignore")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


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
