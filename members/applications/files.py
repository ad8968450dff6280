"""The files of an application: a logo and up to three documents, stored in a folder that is never served."""

import hashlib
import unicodedata
from datetime import datetime
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cms.uploads import clean_picture, refuse_larger, validate_document
from core.transitions import NotPossible
from members.models import Application, ApplicationFile
from members.models.application import FILE_FIELDS
from members.states import FileKind

from .workflow import lock_for_applicant

# Documents may be photos, for example of a certificate: they are re-encoded, which drops their location.
PHOTO_EXTENSIONS = ("heic", "jpeg", "jpg", "png")
_FIELD_BY_KIND = {kind: field for field, kind in FILE_FIELDS.items()}


def add_file(application: Application, *, kind: FileKind, upload: File, now: datetime) -> ApplicationFile:
    """Store a file. The same file again is stored once; a new logo replaces the former one.

    Raises ValidationError for an invalid picture or document, NotPossible over the limit of three documents or if the file was not asked
    for, TransitionNotAllowed when the applicant may not change the application.
    """
    digest = _digest(upload)
    same = _find_same(application, kind, digest)
    if same is not None:
        return same
    stored = _validated(kind, upload)
    with transaction.atomic():
        lock_for_applicant(application, _FIELD_BY_KIND[kind], now=now)
        if kind == FileKind.LOGO:
            for former in application.files.filter(kind=kind).exclude(digest=digest):
                former.delete()
        elif application.files.filter(kind=kind).count() >= ApplicationFile.LIMITS[kind]:
            raise NotPossible(_("Three documents are enough. Take one away first."))
        row = ApplicationFile(
            application=application, kind=kind, name=_clean_name(stored), size=stored.size, digest=digest, uploaded_at=now
        )
        stored.seek(0)
        row.file.save(stored.name or "file", stored, save=False)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            row.file.storage.delete(str(row.file.name))
            return application.files.get(kind=kind, digest=digest)
        return row


def _validated(kind: FileKind, upload: File) -> File:
    if kind == FileKind.LOGO or (upload.name or "").lower().endswith(PHOTO_EXTENSIONS):
        refuse_larger(upload, settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
        return clean_picture(upload)
    validate_document(upload)
    return upload


def remove_file(file: ApplicationFile, *, now: datetime) -> None:
    """Delete a file. Raises NotPossible and TransitionNotAllowed like `add_file`."""
    with transaction.atomic():
        lock_for_applicant(file.application, _FIELD_BY_KIND[FileKind(file.kind)], now=now)
        file.delete()


def _find_same(application: Application, kind: FileKind, digest: str) -> ApplicationFile | None:
    return application.files.filter(kind=kind, digest=digest).first()


def _digest(upload: File) -> str:
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _clean_name(upload: File) -> str:
    """Return the file name without folders and control characters (some reverse the direction of text)."""
    name = PurePosixPath((upload.name or "").replace("\\", "/")).name
    return "".join(char for char in name if unicodedata.category(char)[0] != "C")[-160:] or "file"
