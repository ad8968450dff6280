"""A list of signatories from outside: into the list of names as one, and out of it as one."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.mail.addresses import canonical_address
from core.spreadsheets import UnreadableTable, write_csv
from core.transitions import NotPossible
from endorsements.models import DeclarationPage, Endorsement, ImportedList, SignOn, TextVersion
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.models.sign_on import sign_on_of
from endorsements.signing.submission import Submission
from endorsements.states import SignOnState, Source, State

from .reader import PORTION, Entry, Reading, read_list


def why_no_import(sign_on: SignOn) -> str:
    """Why names cannot be added to this sign-on from a list; '' when they can."""
    match sign_on.state:
        case SignOnState.DRAFT:
            return _("Names stand under a frozen text. Open the sign-on first, or circulate it under embargo; then import.")
        case SignOnState.DELIVERED:
            return _("The declaration has been delivered: no name can be added to those that were handed over.")
    return ""


def import_list(imported: ImportedList, *, by: Any, now: datetime, version: TextVersion | None = None) -> bool:
    """Put the list's new rows among the names, listed, under the text in force. No mail is written and no consent made up. Of the file
    the rows with problems stay, to be corrected.

    False when it was done before: whoever comes second finds what the first one did in `added` and `skipped`. Raises NotPossible,
    and changes nothing, when the sign-on takes none, the file is gone or holds nothing new, or the text in force has become another
    than the `version` shown to `by`.
    """
    imported.refresh_from_db()
    if imported.done_at:
        return False
    # Before the transaction: SQLite has one writer at a time, and twenty thousand rows take seconds to judge.
    reading = read_again(imported)
    rows = [_row(entry, typed, imported, now) for entry in reading.new if (typed := entry.typed)]
    with transaction.atomic():
        if not ImportedList.objects.filter(pk=imported.pk, done_at__isnull=True).update(done_at=now):
            imported.refresh_from_db()
            return False
        sign_on, in_force = _ready(imported.declaration, version)
        for row in rows:
            row.version = in_force
        # The constraint has the last word: who endorsed a moment ago stays, and is counted below among those that stood there.
        Endorsement.objects.bulk_create(rows, batch_size=PORTION, ignore_conflicts=True)
        added = Endorsement.objects.filter(imported=imported).count()
        if not added:
            raise NotPossible(_("Everybody in this list stands here already. Nothing was changed."))
        skipped = len(reading.new) + len(reading.standing) - added
        rejected = b"".join(write_csv(reading.rejected_rows(), reading.rejected_headings())) if reading.rejected else b""
        ImportedList.objects.filter(pk=imported.pk).update(added=added, skipped=skipped, content=rejected)
        told = {"list": imported.pk, "provenance": imported.provenance, "added": added, "skipped": skipped}
        log(sign_on, "endorsements.import", user=by, data=told)
    imported.refresh_from_db()
    return True


def take_back(imported: ImportedList, *, by: Any, now: datetime) -> int:
    """Withdraw, without a trace in public, what came with this list and is still listed; returns how many. A second time it is none."""
    with transaction.atomic():
        count = to_take_back(imported).update(state=State.WITHDRAWN, withdrawal_shown=False, ended_at=now)
        if count:
            told = {"list": imported.pk, "provenance": imported.provenance, "withdrawn": count}
            log(sign_on_of(imported.declaration), "endorsements.take_back", user=by, data=told)
        return count


def to_take_back(imported: ImportedList) -> EndorsementQuerySet:
    """What came with the list and still stands as it came."""
    return Endorsement.objects.listed().filter(imported=imported, source=Source.IMPORT)


def read_again(imported: ImportedList) -> Reading:
    """The uploaded file. Raises NotPossible when it was erased, or (after an upgrade) is understood no more."""
    if not imported.content:
        raise NotPossible(_("The file has been erased, as uploads are after a week. Please upload it again."))
    try:
        return read_list(bytes(imported.content), imported.declaration)
    except UnreadableTable as error:
        raise NotPossible(str(error)) from error


def _ready(page: DeclarationPage, shown: TextVersion | None) -> tuple[SignOn, TextVersion]:
    """The sign-on and its text in force. Raises NotPossible when names cannot go there now."""
    sign_on = sign_on_of(page)
    reason, version = why_no_import(sign_on), sign_on.version
    if reason or version is None:
        raise NotPossible(reason)
    if shown and shown.number != version.number:
        raise NotPossible(_("The text has changed since you looked: it is now %(version)s.") % {"version": version.label})
    return sign_on, version


def _row(entry: Entry, typed: Submission, imported: ImportedList, now: datetime) -> Endorsement:
    return Endorsement(
        **typed.row(),
        declaration_id=imported.declaration_id,
        state=State.LISTED,
        source=Source.IMPORT,
        key=entry.key,
        address_key=canonical_address(typed.email) if typed.email else "",
        organisation_id=entry.organisation,
        wants_updates=False,
        provenance=_("%(list)s, row %(row)d") % {"list": imported.provenance, "row": entry.line},
        imported=imported,
        submitted_at=now,
        confirmed_at=now,
        listed_at=now,
    )
