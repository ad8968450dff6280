"""Importing a list of signatories from outside, and taking the import back."""

from collections.abc import Collection
from datetime import datetime
from itertools import count
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.mail.addresses import canonical_address, shortened
from core.spreadsheets import UnreadableTable, Unsettled, write_csv
from core.transitions import NotPossible
from endorsements.models import DeclarationPage, Endorsement, ImportedList, SignOn, TextVersion
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.models.sign_on import sign_on_of
from endorsements.signing.submission import Submission
from endorsements.states import SignOnState, Source, State
from members.identity.keys import MAX_KEY_LENGTH, sort_key

from .matches import PORTION
from .reader import CheckedList, Entry, read_list


def reason_not_to_import(sign_on: SignOn) -> str:
    """Why signatories cannot be imported into this sign-on; '' if they can."""
    match sign_on.state:
        case SignOnState.DRAFT:
            return _("Names stand under a frozen text. Open the sign-on first, or circulate it under embargo; then import.")
        case SignOnState.DELIVERED:
            return _("The declaration has been delivered: no name can be added to those that were handed over.")
    return ""


def import_list(
    imported: ImportedList, *, by: Any, now: datetime, version: TextVersion | None = None, others: Collection[int] = ()
) -> bool:
    """List the new rows under the text in force. No email is sent. Rows with problems stay in the file, to be corrected.

    `others` are the lines of people who have the name of somebody else in the list.

    False if it was done before: `added` and `skipped` say what was done. Raises NotPossible, and changes nothing, if the sign-on takes no
    imports, the file is gone or has nothing new, or the text in force is no longer the `version` shown to `by`.
    """
    imported.refresh_from_db()
    if imported.done_at:
        return False
    # Before the transaction: SQLite has one writer at a time, and checking twenty thousand rows takes seconds.
    try:
        reading = read_stored_file(imported)
    except Unsettled as question:
        raise NotPossible(str(question)) from question
    namesakes = reading.others(others)
    _tell_apart(namesakes, imported)
    chosen = sorted([*reading.new, *namesakes], key=attrgetter("line"))
    rows = [_row(entry, submission, imported, now) for entry in chosen if (submission := entry.submission)]
    with transaction.atomic():
        if not ImportedList.objects.filter(pk=imported.pk, done_at__isnull=True).update(done_at=now):
            imported.refresh_from_db()
            return False
        sign_on, in_force = _sign_on_for_import(imported.declaration, version)
        for row in rows:
            row.version = in_force
        # A signatory who endorsed a moment ago violates the constraint, is ignored, and counts as skipped below.
        Endorsement.objects.bulk_create(rows, batch_size=PORTION, ignore_conflicts=True)
        added = Endorsement.objects.filter(imported=imported).count()
        if not added:
            raise NotPossible(_("Everybody in this list is here already. Nothing was changed."))
        skipped = len(reading.new) + len(reading.matched) - added
        rejected = b"".join(write_csv(reading.rejected_rows(), reading.rejected_headings())) if reading.rejected else b""
        ImportedList.objects.filter(pk=imported.pk).update(added=added, skipped=skipped, content=rejected)
        data = {"list": imported.pk, "provenance": imported.provenance, "added": added, "skipped": skipped}
        log(sign_on, "endorsements.import", user=by, data=data)
    imported.refresh_from_db()
    return True


def take_back(imported: ImportedList, *, by: Any, now: datetime) -> int:
    """Withdraw, without a public trace, what was imported with this list and is still listed. Returns how many; 0 the second time."""
    with transaction.atomic():
        count = still_as_imported(imported).update(state=State.WITHDRAWN, withdrawal_shown=False, ended_at=now)
        if count:
            data = {"list": imported.pk, "provenance": imported.provenance, "withdrawn": count}
            log(sign_on_of(imported.declaration), "endorsements.take_back", user=by, data=data)
        return count


def still_as_imported(imported: ImportedList) -> EndorsementQuerySet:
    """What was imported with the list and is still listed."""
    return Endorsement.objects.listed().filter(imported=imported, source=Source.IMPORT)


def read_stored_file(imported: ImportedList) -> CheckedList:
    """The uploaded file, checked anew. Raises NotPossible if it was erased or (after an upgrade) is no longer understood.

    Raises Unsettled while it has to be asked how to read it.
    """
    if not imported.content:
        raise NotPossible(_("The file has been erased, as uploads are after a week. Please upload it again."))
    try:
        return read_list(bytes(imported.content), imported.declaration, imported.settled)
    except Unsettled:
        raise
    except UnreadableTable as error:
        raise NotPossible(str(error)) from error


def _sign_on_for_import(page: DeclarationPage, shown: TextVersion | None) -> tuple[SignOn, TextVersion]:
    """The sign-on and its text in force. Raises NotPossible if it takes no imports now."""
    sign_on = sign_on_of(page)
    reason, version = reason_not_to_import(sign_on), sign_on.version
    if reason or version is None:
        raise NotPossible(reason)
    if shown and shown.number != version.number:
        raise NotPossible(_("The text has changed since you looked: it is now %(version)s.") % {"version": version.label})
    return sign_on, version


def _tell_apart(namesakes: list[Entry], imported: ImportedList) -> None:
    """Give people of the same name keys of their own."""
    keys = {entry.key for entry in namesakes}
    names = {sort_key(entry.name) for entry in namesakes}
    rows = Endorsement.objects.for_declaration(imported.declaration).filter(sort_key__in=names)
    keys |= set(rows.values_list("key", flat=True)) if names else set()
    for entry in namesakes:
        if entry.submission and not entry.submission.email:
            entry.key = next(key for number in count(2) if (key := shortened(f"{entry.key}#{number}", MAX_KEY_LENGTH)) not in keys)
            keys.add(entry.key)


def _row(entry: Entry, submission: Submission, imported: ImportedList, now: datetime) -> Endorsement:
    return Endorsement(
        **submission.row(),
        declaration_id=imported.declaration_id,
        state=State.LISTED,
        source=Source.IMPORT,
        key=entry.key,
        address_key=canonical_address(submission.email) if submission.email else "",
        organisation_id=entry.organisation,
        wants_updates=False,
        provenance=_("%(list)s, row %(row)d") % {"list": imported.provenance, "row": entry.line},
        imported=imported,
        submitted_at=now,
        confirmed_at=now,
        listed_at=now,
    )
