"""The files of an application: a logo and up to three documents, kept where nothing serves them."""

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

from .workflow import hold_still

# A certificate on paper comes as a photograph: written anew as every picture, without the place where it was taken.
PHOTOGRAPHS = ("jpeg", "jpg", "png")
_FIELDS = {kind: field for field, kind in FILE_FIELDS.items()}


def add_file(application: Application, *, kind: FileKind, upload: File, now: datetime) -> ApplicationFile:
    """Keep a file; the same one again is kept once, and a new logo replaces the former.

    Raises ValidationError for what is no sound picture or document, NotPossible over the limit of three documents or when it was not
    asked about, TransitionNotAllowed when the application is out of the applicant's hands.
    """
    digest = _digest(upload)
    kept = _kept(application, kind, digest)
    if kept is not None:
        return kept
    stored = _sound(kind, upload)
    with transaction.atomic():
        hold_still(application, _FIELDS[kind], now=now)
        if kind == FileKind.LOGO:
            for former in application.files.filter(kind=kind).exclude(digest=digest):
                former.delete()
        elif application.files.filter(kind=kind).count() >= ApplicationFile.LIMITS[kind]:
            raise NotPossible(_("Three documents are enough. Take one away first."))
        row = ApplicationFile(application=application, kind=kind, name=_name(upload), size=stored.size, digest=digest, uploaded_at=now)
        stored.seek(0)
        row.file.save(stored.name or "file", stored, save=False)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            row.file.storage.delete(str(row.file.name))
            return application.files.get(kind=kind, digest=digest)
        return row


def _sound(kind: FileKind, upload: File) -> File:
    if kind == FileKind.LOGO or (upload.name or "").lower().endswith(PHOTOGRAPHS):
        refuse_larger(upload, settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
        return clean_picture(upload)
    validate_document(upload)
    return upload


def remove_file(file: ApplicationFile, *, now: datetime) -> None:
    """Take a file away, from the store too. Raises as `add_file` does."""
    with transaction.atomic():
        hold_still(file.application, _FIELDS[FileKind(file.kind)], now=now)
        file.delete()


def _kept(application: Application, kind: FileKind, digest: str) -> ApplicationFile | None:
    return application.files.filter(kind=kind, digest=digest).first()


def _digest(upload: File) -> str:
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _name(upload: File) -> str:
    """As the applicant called it, without folders and what hides or turns the direction of reading."""
    name = PurePosixPath((upload.name or "").replace("\\", "/")).name
    return "".join(char for char in name if unicodedata.category(char)[0] != "C")[-160:] or "file"
