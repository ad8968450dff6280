"""Exports of members, contacts and logos. Rows are read in portions, while they are written."""

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import PurePosixPath
from typing import IO, Any

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import site_today
from members.identity.countries import Region, countries_in, region_of
from members.models import Contact, Membership, Organisation, Seat
from members.states import ContactRole

PORTION = 50
Columns = dict[str, Callable[[Any], object]]


class Content(TextChoices):
    """The content of an export."""

    MEMBERS = "members", gettext_lazy("Members and observers, without their people")
    CONTACTS = "contacts", gettext_lazy("Contacts, with their addresses")
    LOGOS = "logos", gettext_lazy("Logos, in a ZIP file")


def memberships(*, membership: str = "", region: str = "", since: date | None = None) -> QuerySet[Membership]:
    """Return the memberships of today, dormant ones too, filtered by role, region, and the day since which they began or were recorded."""
    today = site_today()
    rows = Membership.objects.on(today).select_related("organisation").order_by("organisation__name", "pk")
    if membership:
        rows = rows.with_role(membership, today)
    if region:
        rows = rows.filter(organisation__country__in=countries_in(region))
    if since:
        rows = rows.new_since(since)
    return rows


def contacts(*, role: str = "", membership: str = "", region: str = "", since: date | None = None) -> QuerySet[Contact]:
    """Return the contacts of members and observers of today, filtered like `memberships`; `since` is the day they were added."""
    rows = Contact.objects.filter(organisation__in=memberships(membership=membership, region=region).order_by().values("organisation"))
    if role:
        rows = rows.with_role(ContactRole(role))
    if since:
        rows = rows.filter(added_at__date__gte=since)
    return rows.select_related("organisation").order_by("organisation__name", "sort_order", "pk")


def members_table(rows: QuerySet[Membership]) -> tuple[list[str], Iterator[list[object]]]:
    """Return headings and rows of memberships, without personal data."""
    today = site_today()
    seated = set(Seat.objects.on(today).values_list("organisation_id", flat=True))
    columns: Columns = {
        **_organisation_columns(),
        _("Website"): lambda row: row.organisation.website,
        _("Kind"): lambda row: row.organisation.get_kind_display(),
        _("In a few words"): lambda row: row.organisation.summary,
        _("Category"): lambda row: row.get_category_display(),
        _("Founding member"): lambda row: row.founding,
        _("Steering committee"): lambda row: row.organisation_id in seated,
        _("Since"): lambda row: row.since,
        _("Confirmed on"): lambda row: row.confirmed_on,
        _("Today"): lambda row: str(row.year_on(today).status.label),
    }
    return list(columns), _cells(columns, rows)


def contacts_table(rows: QuerySet[Contact]) -> tuple[list[str], Iterator[list[object]]]:
    """Return headings and rows of contacts."""
    columns: Columns = {
        **_organisation_columns(),
        _("Name"): lambda row: row.name,
        _("Role there"): lambda row: row.position,
        _("E-mail address"): lambda row: row.email,
        _("Telephone"): lambda row: row.phone,
        _("For"): lambda row: ", ".join(row.roles),
        _("Added"): lambda row: row.added_at,
        _("Address confirmed"): lambda row: row.confirmed_at,
    }
    return list(columns), _cells(columns, rows)


def _cells(columns: Columns, rows: QuerySet[Any]) -> Iterator[list[object]]:
    return ([value(row) for value in columns.values()] for row in rows.iterator(chunk_size=PORTION))


def _organisation_columns() -> Columns:
    return {
        _("Organisation"): lambda row: row.organisation.name,
        _("Short name"): lambda row: row.organisation.acronym,
        _("Country"): lambda row: row.organisation.country_or_global,
        _("WHO region"): lambda row: _region(row.organisation),
    }


def _region(organisation: Organisation) -> str:
    region = region_of(str(organisation.country or ""))
    return str(Region(region).label) if region else ""


def logos(rows: QuerySet[Membership]) -> tuple[IO[bytes], int]:
    """Return a temporary ZIP file of the uploaded logos, named after their organisations, and their number."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    count = 0
    organisations = Organisation.objects.filter(pk__in=rows.order_by().values("organisation"), logo__isnull=False).select_related("logo")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for organisation in organisations.order_by("slug").iterator(chunk_size=PORTION):
            stored = organisation.logo.file
            try:
                with stored.open("rb") as opened:
                    content = opened.read()
            except FileNotFoundError:
                continue
            archive.writestr(f"{organisation.slug}{PurePosixPath(str(stored.name)).suffix.lower()}", content)
            count += 1
    file.seek(0)
    return file, count
