"""Writing the rows of a plan: new ones many at a time, because a saved organisation costs dozens of queries; changed ones singly."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.search.backends import get_search_backends

from core.dates import site_date
from core.mail.addresses import canonical_address
from core.transitions import NotPossible
from members.models import Contact, ImportedMembers, Membership, Organisation, Seat
from members.models.derived import derive_all
from members.organisations.signals import recorded
from members.review.admission import free_slug

from .plan import Plan, Write

MODELS: dict[str, type[Any]] = {"organisation": Organisation, "membership": Membership, "contact": Contact, "seat": Seat}
DAYS = ("since", "until", "confirmed_on")
PORTION = 500


def write_plan(plan: Plan, upload: ImportedMembers, *, by: Any, now: datetime) -> list[dict[str, Any]]:
    """Create and change the rows, and log it with each organisation. Returns what was written, with the primary keys, as JSON.

    Raises NotPossible for a value that the model itself refuses. Sets `organisation` of each outcome that brings a new one.
    """
    _create_organisations(plan)
    written: list[tuple[Write, Any]] = []
    new: dict[str, list[Any]] = {model: [] for model in MODELS if model != "organisation"}
    for outcome, write in plan.writes:
        if write.pk is not None:
            row = _filled(MODELS[write.model]._default_manager.get(pk=write.pk), write)
            row.save()
        elif write.model == "organisation":
            row = outcome.organisation
        else:
            row = _filled(_new_row(write, outcome.organisation, upload, now), write)
            new[write.model].append(row)
        written.append((write, row))
    for model, rows in new.items():
        MODELS[model]._default_manager.bulk_create(rows, batch_size=PORTION)
    for outcome in plan.outcomes:
        if outcome.writes and outcome.organisation:
            fields = sorted({f"{write.model}.{name}" for write in outcome.writes for name in write.after})
            log(outcome.organisation, "members.import", user=by, data={"file": upload.pk, "fields": fields})
    return [{**vars(write), "pk": row.pk, "is_new": write.pk is None} for write, row in written]


def _create_organisations(plan: Plan) -> None:
    slugs: set[str] = set()
    for outcome, write in plan.writes:
        if write.model == "organisation" and write.pk is None:
            slug = free_slug(write.after.get("acronym") or write.after["name"], also_taken=slugs)
            slugs.add(slug)
            outcome.organisation = _filled(Organisation(slug=slug), write)
    rows = [outcome.organisation for outcome, write in plan.writes if write.model == "organisation" and write.pk is None]
    if rows:
        Organisation.objects.bulk_create(rows, batch_size=PORTION)
        for backend in get_search_backends(with_auto_update=True):
            backend.add_bulk(Organisation, rows)
        derive_all(Organisation.objects.filter(pk__in=[row.pk for row in rows if row]))
        recorded.send(Organisation, organisations=rows)


def _new_row(write: Write, organisation: Organisation | None, upload: ImportedMembers, now: datetime) -> Any:
    if write.model == "membership":
        return Membership(organisation=organisation, recorded_on=site_date(now))
    if write.model == "contact":
        key = canonical_address(write.after["email"])
        return Contact(organisation=organisation, address_key=key, added_at=now, imported=upload)
    return Seat(organisation=organisation)


def _filled(row: Any, write: Write) -> Any:
    """The row with the values, which the model has looked at once more, for what no column shows. Raises NotPossible."""
    for name, value in from_json(write.after).items():
        setattr(row, name, value)
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields if field.name not in write.after})
        row.clean()
    except ValidationError as error:
        text = _("Row %(row)d: %(problem)s Nothing was imported.")
        raise NotPossible(text % {"row": write.line, "problem": " ".join(error.messages)}) from None
    return row


def from_json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(value) if name in DAYS and value else value for name, value in values.items()}
