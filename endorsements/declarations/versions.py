"""New versions and corrections of a declaration's text."""

from datetime import datetime
from typing import Any

from core.transitions import TransitionNotAllowed
from endorsements.models import DeclarationPage, SignOn, TextVersion
from endorsements.text.canonical import canonical_text, digest


def lock(sign_on: SignOn) -> None:
    """Lock the sign-on for the caller's transaction and read it anew: a colleague may have published a text since it was read.

    Raises TransitionNotAllowed if the declaration was deleted.
    """
    try:
        sign_on.refresh_from_db(from_queryset=SignOn.objects.select_for_update(of=("self",)))
    except SignOn.DoesNotExist as gone:
        raise TransitionNotAllowed(None, sign_on.state) from gone


def add_version(sign_on: SignOn, page: DeclarationPage, *, is_new: bool, now: datetime, note: str = "", by: Any = None) -> TextVersion:
    """Freeze the page's text as a new version, or as a correction of the one in force, and set it in force.

    Returns the version in force if the text has not changed. Call it in a transaction that has locked the sign-on.
    """
    text = canonical_text(page)
    current = sign_on.version
    if current and current.sha256 == digest(text):
        return current
    number = 1 if current is None else current.number + is_new
    correction = 0 if is_new or current is None else current.correction + 1
    version = TextVersion.objects.create(
        declaration_id=sign_on.declaration_id,
        number=number,
        correction=correction,
        text=text,
        sha256=digest(text),
        note=note,
        made_at=now,
        made_by=by,
    )
    SignOn.objects.filter(pk=sign_on.pk).update(version=version)
    sign_on.version = version
    return version
