"""Importing a table of members, taking the import back, and telling the contacts that came with it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.dates import site_date, site_today
from core.imports.columns import rejected_headings, rejected_rows
from core.spreadsheets import UnreadableTable, Unsettled, read_table, write_csv
from core.transitions import NotPossible
from core.web.page_cache import content_changed
from members.membership.emails import contact_named
from members.models import Contact, ImportedMembers, Membership
from members.organisations.workflow import why_not_deleted

from .plan import CATEGORY, Plan, make_plan
from .reader import MAX_ROWS, read_members
from .writing import MODELS, from_json, write_plan

REJECTED = "rejected"
# So long the site asks nothing of its own accord because of an import.
QUIET = timedelta(days=7)
PORTION = 500


def read_stored_table(upload: ImportedMembers) -> Plan:
    """What the uploaded table would do now. Raises NotPossible if it was erased or is no longer understood, Unsettled while it asks."""
    if not upload.content:
        raise NotPossible(_("The file has been erased, as uploads are after a week. Please upload it again."))
    try:
        table = read_members(bytes(upload.content), upload.settled)
        return make_plan(table, choices=upload.chosen, category=upload.settled.get(CATEGORY, ""))
    except Unsettled:
        raise
    except UnreadableTable as error:
        raise NotPossible(str(error)) from error


def choose(upload: ImportedMembers, choices: dict[str, str]) -> bool:
    """Store what was chosen for rows in doubt. False if nothing changed."""
    chosen = {line: choice for line, choice in {**upload.chosen, **choices}.items() if choice}
    if chosen == upload.chosen:
        return False
    upload.choices = chosen
    return bool(ImportedMembers.objects.filter(pk=upload.pk, done_at__isnull=True).update(choices=chosen))


def forget_choices(upload: ImportedMembers) -> None:
    ImportedMembers.objects.filter(pk=upload.pk, done_at__isnull=True).update(choices={})


def import_members(upload: ImportedMembers, *, by: Any, now: datetime, shown: str = "") -> bool:
    """Write what the table brings, all or nothing. No email is sent. Rows with problems stay in the file, to be corrected.

    False if it was done before. Raises NotPossible, and changes nothing, if there is nothing to write, or if that is no longer what was
    `shown` to `by` (the plan's fingerprint).
    """
    try:
        with transaction.atomic():
            if not ImportedMembers.objects.filter(pk=upload.pk, done_at__isnull=True).update(done_at=now):
                upload.refresh_from_db()
                return False
            # One import at a time: two files may bring the same organisation.
            list(ImportedMembers.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
            plan = read_stored_table(upload)
            if shown and shown != plan.fingerprint:
                raise NotPossible(_("What the import would do has changed since you looked. Check it again."))
            if not plan.writes:
                raise NotPossible(_("There is nothing new in this file. Nothing was changed."))
            _import(plan, upload, by=by, now=now)
    except Unsettled as question:
        raise NotPossible(str(question)) from question
    except IntegrityError:
        raise NotPossible(_("A colleague has changed the same organisation at this moment. Check the preview again.")) from None
    upload.refresh_from_db()
    return True


def _import(plan: Plan, upload: ImportedMembers, *, by: Any, now: datetime) -> None:
    written = write_plan(plan, upload, by=by, now=now)
    _stay_quiet({outcome.organisation.pk for outcome in plan.outcomes if outcome.writes and outcome.organisation}, site_date(now))
    content = b"".join(write_csv(*_rejected(plan))) if plan.rejected else b""
    counts = Counter(f"{write.model}_{'new' if write.pk is None else 'changed'}" for _outcome, write in plan.writes)
    counts[REJECTED] = len(plan.rejected)
    ImportedMembers.objects.filter(pk=upload.pk).update(written=written, counts=dict(counts), content=content, answers={}, choices={})
    log(upload, "members.import", user=by, data=dict(counts))
    content_changed()


def _stay_quiet(pks: Collection[int], today: date) -> None:
    """Put off the yearly question for a week, where it would be asked because of the import, so that the secretariat comes first."""
    until = today + QUIET
    for first in range(0, len(pks), PORTION):
        portion = sorted(pks)[first : first + PORTION]
        rows = Membership.objects.filter(Q(next_request_on__isnull=True) | Q(next_request_on__lt=until), organisation__in=portion)
        rows.update(next_request_on=until, unreachable_since=None)


def _rejected(plan: Plan) -> tuple[Iterator[list[str]], list[str]]:
    return rejected_rows((entry.row, entry.problems) for entry in plan.rejected), rejected_headings(plan.table.table)


def rejected_table(upload: ImportedMembers) -> tuple[list[str], Iterable[list[str]]]:
    """The headings and rows that have problems, or had them when the table was imported. Raises like `read_stored_table`."""
    if not upload.done_at:
        rows, headings = _rejected(read_stored_table(upload))
        return headings, rows
    if not upload.content:
        raise NotPossible(_("There are no rows with problems, or they have been erased after a week."))
    table = read_table(bytes(upload.content), most_rows=MAX_ROWS)
    return list(table.headings), [list(row.cells.values()) for row in table.rows]


# Taking back


def can_be_taken_back(upload: ImportedMembers) -> bool:
    return bool(upload.done_at and upload.written and not upload.undone_at)


def take_back(upload: ImportedMembers, *, by: Any, now: datetime) -> Counter[str]:
    """Undo what the import wrote and nobody has changed since. Returns how many rows were undone and how many `stay`.

    An organisation that something refers to by now stays. Empty the second time.
    """
    with transaction.atomic():
        if not ImportedMembers.objects.filter(pk=upload.pk, undone_at__isnull=True, done_at__isnull=False).update(undone_at=now):
            return Counter()
        upload.refresh_from_db()
        done = Counter("undone" if _undo(write, by) else "stay" for write in reversed(upload.written or []))
        log(upload, "members.take_back_import", user=by, data=dict(done))
        ImportedMembers.objects.filter(pk=upload.pk).update(written=[])
        content_changed()
    upload.refresh_from_db()
    return done


def _undo(write: dict[str, Any], by: Any) -> bool:
    row = MODELS[write["model"]]._default_manager.filter(pk=write["pk"]).first()
    if row is None or any(_as_stored(row, name) != value for name, value in write["after"].items()):
        return False
    if not write["is_new"]:
        for name, value in from_json(write["before"]).items():
            setattr(row, name, value)
        row.save()
    elif write["model"] == "organisation" and why_not_deleted(row):
        return False
    else:
        if write["model"] == "organisation":
            log(row, "wagtail.delete", user=by, deleted=True)
        row.delete()
    return True


def _as_stored(row: models.Model, name: str) -> Any:
    value = getattr(row, name)
    if name == "countries_of_work":
        return [country.code for country in value]
    if name == "country":
        return str(value or "")
    return value.isoformat() if isinstance(value, date) else value


# Telling the contacts


def contacts_to_welcome(upload: ImportedMembers) -> models.QuerySet[Contact]:
    """The contacts that came with the import, of organisations that belong to the coalition today, until they have been told."""
    rows = Contact.objects.filter(imported=upload).select_related("organisation").order_by("pk")
    if not upload.done_at or upload.undone_at or upload.welcomed_at:
        return rows.none()
    return rows.filter(organisation__in=Membership.objects.on(site_today()).values("organisation"))


def welcome(upload: ImportedMembers, *, by: Any, now: datetime) -> int:
    """Tell each of them once that they are a contact, and how to keep the profile up to date. Returns how many."""
    with transaction.atomic():
        contacts = list(contacts_to_welcome(upload))
        if not contacts or not ImportedMembers.objects.filter(pk=upload.pk, welcomed_at__isnull=True).update(welcomed_at=now):
            return 0
        count = sum(contact_named(contact, by=by, now=now) for contact in contacts)
        log(upload, "members.welcome_imported", user=by, data={"count": count})
    upload.refresh_from_db()
    return count
