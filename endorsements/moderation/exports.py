"""Exports of endorsements: what is public, everything with contact data, or the addresses that want news.

Rows are read and written in portions, so that 100,000 of them take no more memory than a thousand.
"""

from collections.abc import Callable, Iterator
from itertools import groupby, islice, takewhile
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.mail.suppression import suppressed_among
from endorsements.models import Consent, DeclarationPage, Endorsement, TextVersion
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.states import LIVE, Kind, Purpose, Source, State
from members.identity.countries import country_name
from members.states import OrganisationKind

PORTION, CONSENTS_AT_ONCE = 500, 500
Row = Any  # a named tuple of fields
Columns = dict[str, Callable[[Row], object]]


class Content(TextChoices):
    """What a file holds."""

    PUBLIC = "public", gettext_lazy("What the public list shows")
    CONTACT = "contact", gettext_lazy("Everything, with contact data")
    NEWS = "news", gettext_lazy("Addresses that asked for news")


# Personal data that is not public: the audit log says who exported it.
PERSONAL = (Content.CONTACT, Content.NEWS)


def endorsements_to_export(declaration: DeclarationPage | None = None, *, state: str = "", kind: str = "") -> EndorsementQuerySet:
    """The endorsements of one declaration or of all, in the order of the public list. Without `state`, all but erased ones."""
    rows = Endorsement.objects.exclude(state=State.ERASED).order_by("declaration_id", "kind", "sort_key", "pk")
    filters = {"declaration_id": declaration.pk if declaration else None, "state": state, "kind": kind}
    return rows.filter(**{name: value for name, value in filters.items() if value})


def export_table(content: str, rows: EndorsementQuerySet) -> tuple[list[str], Iterator[list[object]]]:
    """The headings and the rows, which are read as they are used."""
    if content == Content.NEWS:
        columns, found = _news_columns(), news_recipients(rows)
    else:
        columns, found = (_public_columns() if content == Content.PUBLIC else _contact_columns()), _read(rows)
    return list(columns), ([value(row) for value in columns.values()] for row in found)


def _read(rows: EndorsementQuerySet) -> Iterator[Row]:
    names = [field.attname for field in Endorsement._meta.concrete_fields]
    return rows.values_list(*names, named=True).iterator(chunk_size=PORTION)


def _field(name: str) -> Callable[[Row], object]:
    return lambda row: getattr(row, name)


def _label(name: str, choices: type[TextChoices]) -> Callable[[Row], object]:
    labels = {value: str(label) for value, label in choices.choices}
    return lambda row: labels.get(getattr(row, name), "")


def _country(row: Row) -> str:
    return country_name(str(row.country or ""))


def _signed_columns() -> Columns:
    titles = dict(DeclarationPage.objects.values_list("pk", "title"))
    texts = {version.pk: version.label for version in TextVersion.objects.defer("text")}
    return {
        _("Declaration"): lambda row: titles.get(row.declaration_id, ""),
        _("Text signed"): lambda row: texts.get(row.version_id, ""),
        _("Kind"): _label("kind", Kind),
    }


def _public_columns() -> Columns:
    """Only what the public list shows: no person who did not agree to be named, and no signatory of an organisation."""

    def shown(value: Callable[[Row], object], *, of: tuple[str, ...] = tuple(Kind)) -> Callable[[Row], object]:
        return lambda row: value(row) if row.show_name and row.kind in of else ""

    return {
        **_signed_columns(),
        _("Name"): lambda row: row.name if row.show_name else _("counted, not named"),
        _("Acronym"): shown(_field("acronym")),
        _("Country"): shown(_country),
        _("Kind of organisation"): shown(_label("organisation_kind", OrganisationKind)),
        _("Role"): shown(_field("role"), of=(Kind.PERSON,)),
        _("Affiliation"): shown(_field("affiliation"), of=(Kind.PERSON,)),
        _("State"): _label("state", State),
    }


def _contact_columns() -> Columns:
    return {
        **_signed_columns(),
        _("Name"): _field("name"),
        _("Name is shown"): _field("show_name"),
        _("Acronym"): _field("acronym"),
        _("Country"): _country,
        _("Website"): _field("website"),
        _("Kind of organisation"): _label("organisation_kind", OrganisationKind),
        _("Signatory"): _field("signatory"),
        _("Role"): _field("role"),
        _("Affiliation"): _field("affiliation"),
        _("E-mail address"): _field("email"),
        _("Language"): _field("language"),
        _("State"): _label("state", State),
        _("Came by"): _label("source", Source),
        _("Provenance"): _field("provenance"),
        _("Submitted"): _field("submitted_at"),
        _("Confirmed"): _field("confirmed_at"),
        _("Listed"): _field("listed_at"),
        _("Ended"): _field("ended_at"),
    }


# Who wants news


def _news_columns() -> Columns:
    """With the proof of consent (GDPR, Article 7(1))."""
    titles = dict(DeclarationPage.objects.values_list("pk", "title"))
    return {
        _("E-mail address"): _field("endorsement__email"),
        _("Name"): lambda row: row.endorsement__signatory or row.endorsement__name,
        _("Language"): _field("language"),
        _("Declaration"): lambda row: titles.get(row.endorsement__declaration_id, ""),
        _("Agreed on"): _field("at"),
        _("Words agreed to"): _field("wording"),
        _("Version of the words"): _field("wording_version"),
    }


def news_recipients(rows: EndorsementQuerySet) -> Iterator[Row]:
    """Each address that wants news and is not suppressed, once, with the newest consent that was given with a live one of `rows`.

    The newest answer of an address counts, even if it was given with another declaration: a checkbox left unticked there is a no.
    """
    names = ("address_key", "email", "signatory", "name", "state", "declaration_id")
    answers: QuerySet[Consent] = Consent.objects.filter(purpose=Purpose.NEWS, endorsement__confirmed_at__isnull=False)
    answers = answers.exclude(endorsement__email="").order_by("endorsement__address_key", "-at", "-pk")
    newest_first = answers.values_list(
        "endorsement_id", "given", "at", "wording", "wording_version", "language", *(f"endorsement__{name}" for name in names), named=True
    )
    by_address = groupby(newest_first.iterator(chunk_size=PORTION), attrgetter("endorsement__address_key"))
    since_no = ([*takewhile(attrgetter("given"), of_one)] for _address, of_one in by_address)
    while portion := list(islice(filter(None, since_no), CONSENTS_AT_ONCE)):
        ids = [answer.endorsement_id for yes in portion for answer in yes if answer.endorsement__state in LIVE]
        among = set(rows.order_by().filter(pk__in=ids).values_list("pk", flat=True))
        refused = suppressed_among(yes[0].endorsement__email for yes in portion)
        newest = (next((answer for answer in yes if answer.endorsement_id in among), None) for yes in portion)
        yield from (answer for answer in newest if answer and answer.endorsement__email not in refused)
