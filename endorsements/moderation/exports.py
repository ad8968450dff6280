"""Endorsements as tables to take away: as the public sees them, with all that is known of them, or the addresses that want news.

Rows are read and handed on in portions, so that 100,000 of them take no more memory than a few thousand.
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

PORTION, AT_ONCE = 2000, 500
Row = Any  # a named tuple of the fields that were asked for
Columns = dict[str, Callable[[Row], object]]


class Content(TextChoices):
    """What a file holds."""

    PUBLIC = "public", gettext_lazy("What the public list shows")
    CONTACT = "contact", gettext_lazy("Everything, with contact data")
    NEWS = "news", gettext_lazy("Addresses that asked for news")


# Personal data that no page shows: who takes them away is noted in the audit log.
PERSONAL = (Content.CONTACT, Content.NEWS)


def chosen(declaration: DeclarationPage | None = None, *, state: str = "", kind: str = "") -> EndorsementQuerySet:
    """The endorsements of one declaration or of all, in the order of the public list. Without a state in every one but erased."""
    rows = Endorsement.objects.exclude(state=State.ERASED).order_by("declaration_id", "kind", "sort_key", "pk")
    filters = {"declaration_id": declaration.pk if declaration else None, "state": state, "kind": kind}
    return rows.filter(**{name: value for name, value in filters.items() if value})


def as_table(content: str, rows: EndorsementQuerySet) -> tuple[list[str], Iterator[list[object]]]:
    """The headings of a file and its rows, made while they are read."""
    if content == Content.NEWS:
        columns, found = _news_columns(), want_news(rows)
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


def _country(row: Row) -> object:
    return country_name(row.country)


def _what_was_signed() -> Columns:
    titles = dict(DeclarationPage.objects.values_list("pk", "title"))
    texts = {version.pk: version.label for version in TextVersion.objects.defer("text")}
    return {
        _("Declaration"): lambda row: titles.get(row.declaration_id, ""),
        _("Text signed"): lambda row: texts.get(row.version_id, ""),
        _("Kind"): _label("kind", Kind),
    }


def _public_columns() -> Columns:
    """Nothing that the list does not show: of people only who agreed to be named, of organisations no signatory."""

    def shown(value: Callable[[Row], object], *, of: tuple[str, ...] = tuple(Kind)) -> Callable[[Row], object]:
        return lambda row: value(row) if row.show_name and row.kind in of else ""

    return {
        **_what_was_signed(),
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
        **_what_was_signed(),
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


def want_news(rows: EndorsementQuerySet) -> Iterator[Row]:
    """Each address once that wants news and is not suppressed, with the newest yes that was given with one of `rows` and stands.

    An address's newest answer counts, whatever it was given with: a box left unticked on another declaration is a no.
    """
    names = ("address_key", "email", "signatory", "name", "state", "declaration_id")
    answers: QuerySet[Consent] = Consent.objects.filter(purpose=Purpose.NEWS, endorsement__confirmed_at__isnull=False)
    answers = answers.exclude(endorsement__email="").order_by("endorsement__address_key", "-at", "-pk")
    told = answers.values_list(
        "endorsement_id", "given", "at", "wording", "wording_version", "language", *(f"endorsement__{name}" for name in names), named=True
    )
    by_address = groupby(told.iterator(chunk_size=PORTION), attrgetter("endorsement__address_key"))
    since_no = ([*takewhile(attrgetter("given"), of_one)] for _address, of_one in by_address)
    while portion := list(islice(filter(None, since_no), AT_ONCE)):
        ids = [answer.endorsement_id for yes in portion for answer in yes if answer.endorsement__state in LIVE]
        among = set(rows.order_by().filter(pk__in=ids).values_list("pk", flat=True))
        refused = suppressed_among(yes[0].endorsement__email for yes in portion)
        newest = (next((answer for answer in yes if answer.endorsement_id in among), None) for yes in portion)
        yield from (answer for answer in newest if answer and answer.endorsement__email not in refused)
