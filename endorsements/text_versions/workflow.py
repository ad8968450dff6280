"""The versions of a declaration's text: which one a page holds, and when a changed text needs a decision before it is public."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from endorsements.models.sign_on import SignOn, TextVersion

from .canonical import canonical_text, digest

if TYPE_CHECKING:
    from endorsements.models import DeclarationPage


def differs(page: "DeclarationPage", sign_on: SignOn) -> bool:
    """Whether the page, as it is in memory, says something else than the text in force."""
    return sign_on.version is not None and digest(canonical_text(page)) != sign_on.version.sha256


def why_not_published_as_it_is(page: "DeclarationPage") -> str:
    """The reason to publish a changed text as a correction or a new version; '' when nothing stands against plain publishing."""
    sign_on = page.signing
    if not sign_on.is_frozen or not differs(page, sign_on):
        return ""
    return _(
        "The text differs from the one that is being signed (%(version)s). Save the draft; then, under “Where it stands”, publish it "
        "as a correction or as a new version. Or take the change back."
    ) % {"version": sign_on.version.label if sign_on.version else ""}


def add_version(sign_on: SignOn, page: "DeclarationPage", *, is_new: bool, now: datetime, note: str = "", by: Any = None) -> TextVersion:
    """Freeze the page's text: as a new version to be signed anew, or as a correction of the one in force. Sets it in force.

    Call it in a transaction. The same text again is the version it is already.
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
