"""The public list of signatories: filtered, searched and paginated.

It shows listed endorsements, and people only if they agreed to be named. It never shows who signed for an organisation, or an email
address. Only groups are cached, so that a hundred thousand names cost the same as a hundred.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.core.cache import caches
from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.faceted_list import Choice, Facet, ListInMemory
from core.dates import site_date
from core.search_text import containing, query_words
from core.web.page_cache import content_version
from endorsements.models import DeclarationPage, Delivery, Endorsement
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.states import Kind, Source
from members.identity.countries import country_name
from members.states import OrganisationKind

from .counts import CACHE_SECONDS, Counts, counts

MAX_QUERY_LENGTH = 100
MAX_WITHDRAWN = 100
KINDS = {Kind.ORGANISATION.value: _("Organisations"), Kind.PERSON.value: _("People")}
# The fields that the list and the files show; the others are not read.
SHOWN_FIELDS = (
    "kind",
    "source",
    "version",
    "name",
    "acronym",
    "country",
    "organisation_kind",
    "role",
    "affiliation",
    "listed_at",
    "ended_at",
)
VERSION_FIELDS = ("version__number", "version__correction")


def public_signatories(page: DeclarationPage) -> EndorsementQuerySet:
    """Everybody in the public list, in its order, with only the fields that are shown."""
    return _with_shown_fields(_listed(page)).in_order()


def initial_signatories(page: DeclarationPage) -> EndorsementQuerySet:
    """The organisations that supported the declaration from the start."""
    rows = Endorsement.objects.for_declaration(page).listed().organisations().filter(source=Source.INITIAL)
    return _with_shown_fields(rows).order_by("sort_key", "pk")


def _listed(page: DeclarationPage) -> EndorsementQuerySet:
    return Endorsement.objects.for_declaration(page).listed().with_public_name()


def withdrawn_signatories(page: DeclarationPage) -> EndorsementQuerySet:
    """Those who withdrew and chose to show it, the last first."""
    return _with_shown_fields(Endorsement.objects.for_declaration(page).publicly_withdrawn().with_public_name()).order_by(
        "-ended_at", "pk"
    )[:MAX_WITHDRAWN]


def _with_shown_fields(rows: EndorsementQuerySet) -> EndorsementQuerySet:
    return rows.select_related("version").only(*SHOWN_FIELDS, *VERSION_FIELDS)


class Signatory(NamedTuple):
    """A name as it is shown, with the details under it."""

    kind: str
    name: str
    details: str


def as_signatories(rows: Iterable[Endorsement], page: DeclarationPage, *, mark_initial: bool = True) -> list[Signatory]:
    """Rows as they are shown. With `mark_initial`, initial signatories are marked as such."""
    version, rows = page.current_sign_on.version, list(rows)
    number, late = version.number if version else 0, _listed_after_delivery(rows, page)
    return [
        Signatory(
            row.kind,
            f"{row.name} ({row.acronym})" if row.acronym else row.name,
            _details(row, number, mark_initial, is_late=row.pk in late),
        )
        for row in rows
    ]


def _listed_after_delivery(rows: list[Endorsement], page: DeclarationPage) -> set[int]:
    """The keys of those that were listed only after the declaration was last delivered, and so were not handed over."""
    delivered_at = page.current_sign_on.delivered_at
    late = {row.pk for row in rows if delivered_at and row.listed_at and row.listed_at > delivered_at}
    last = Delivery.objects.filter(declaration_id=page.pk).only("made_at").order_by("made_at", "pk").last() if late else None
    return late - set(last.handed_over(Endorsement.objects.filter(pk__in=late)).values_list("pk", flat=True)) if last else set()


def _details(row: Endorsement, in_force: int, mark_initial: bool, *, is_late: bool) -> str:
    """ "Nurse, Enugu Clinic, Nigeria · signed version 1". The role of who signed for an organisation is not shown."""
    country = country_name(row.country.code) if row.country else row.country_label
    parts = [", ".join(part for part in ("" if row.is_organisation else row.role_and_affiliation, country) if part)]
    if row.version.number < in_force and not row.ended_at:
        parts.append(gettext("signed version %(number)d") % {"number": row.version.number})
    if mark_initial and row.source == Source.INITIAL:
        parts.append(gettext("initial signatory"))
    if row.source == Source.SAMPLE:
        parts.append(gettext("sample"))
    if is_late:
        parts.append(gettext("listed after the delivery"))
    if row.ended_at:
        parts.append(gettext("withdrawn on %(day)s") % {"day": date_format(site_date(row.ended_at), "j F Y")})
    return " · ".join(filter(None, parts))


class Group(NamedTuple):
    """How many names in the list are of one kind, kind of organisation, country and letter."""

    kind: str
    type: str
    country: str
    letter: str
    number: int

    def values(self, facet: str) -> Iterable[str]:
        value: str = getattr(self, facet)
        return (value,) if value else ()


def _groups(rows: EndorsementQuerySet) -> list[Group]:
    fields = ("kind", "organisation_kind", "country", "letter")
    return [Group(*row) for row in rows.select_related(None).order_by().values_list(*fields).annotate(Count("pk"))]


def _cached_groups(page: DeclarationPage, counted: Counts) -> list[Group]:
    """As old as the counts, beside which they stand."""
    key = f"groups:{page.pk}:{page.current_sign_on.list_edition}:{content_version()}:{counted.as_of.timestamp()}"
    found: list[tuple[Any, ...]] | None = caches["pages"].get(key)
    if found is None:
        groups = _groups(_listed(page))
        caches["pages"].set(key, [tuple(group) for group in groups], CACHE_SECONDS)
        return groups
    return [Group(*row) for row in found]


class SignatoryList(ListInMemory):
    """One page of the list for a query string. Raises UnknownFilterError for a value or page number that the list does not have."""

    per_page = 100
    labels = {"kind": _("Who"), "type": _("Kind of organisation"), "country": _("Country"), "letter": _("Letter")}

    def __init__(self, page: DeclarationPage, query: Mapping[str, Any]):
        self.declaration = page
        self.text = " ".join((query.get("q") or "").split())[:MAX_QUERY_LENGTH]
        self.words = query_words(self.text)
        self.all_counts = counts(page)
        all_groups = _cached_groups(page, self.all_counts)
        groups = _groups(self._searched) if self.text else all_groups
        super().__init__(f"{page.url}signatories/", groups, self._facet_labels(all_groups), query)

    def _facet_labels(self, groups: list[Group]) -> dict[str, dict[str, str]]:
        """The values that exist, with their labels; also the countries in which all people are unnamed, because the counts show them."""
        types = {str(value): str(label) for value, label in OrganisationKind.choices}
        return {
            "kind": {kind: str(KINDS[kind]) for kind in {group.kind for group in groups}},
            "type": {kind: types.get(kind, kind) for kind in {group.type for group in groups} - {""}},
            "country": {code: country_name(code) for code, _number in self.all_counts.by_country},
            "letter": {letter: letter for letter in {group.letter for group in groups} - {""}},
        }

    @property
    def _searched(self) -> EndorsementQuerySet:
        """Signatories whose name contains all words, found by the index of names."""
        rows = Endorsement.objects.for_declaration(self.declaration).listed().filter(show_name=True)
        return rows.filter(containing("folded", self.words))

    @cached_property
    def total(self) -> int:
        return sum(group.number for group in self.rows)

    @property
    def keys(self) -> Any:
        """The primary keys of the names, in order. Their index alone answers, so that skipping eighty thousand names reads none of them."""
        columns = {"type": "organisation_kind"}
        rows = self._searched if self.text else _listed(self.declaration)
        rows = rows.filter(**{columns.get(name, name): value for name, value in self.filters.items()})
        if self.filters.keys() & {"country", "letter"}:  # the index starts with the kind
            rows = rows.filter(kind__in=list(KINDS))
        return rows.in_order().values_list("pk", flat=True)

    def entries(self, start: int, stop: int) -> list[Endorsement]:
        keys = list(self.keys[start:stop])
        return list(_with_shown_fields(Endorsement.objects.filter(pk__in=keys)).in_order()) if keys else []

    def count(self, facet: str, filters: Mapping[str, str]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for group in self.matching(filters):
            for value in group.values(facet):
                counts[value] += group.number
        return counts

    @property
    def choices(self) -> list[Facet]:
        """Without the letters, which have a row of their own."""
        return [facet for facet in super().choices if facet.name != "letter"]

    @property
    def letters(self) -> list[Choice]:
        """The first letters of names, "#" last."""
        choices = next(facet.choices for facet in self.facets if facet.name == "letter")
        return sorted(choices, key=lambda choice: (choice.label == "#", choice.label)) if len(choices) > 1 else []

    @property
    def is_last(self) -> bool:
        return not self.page.has_next()

    @property
    def unnamed(self) -> int:
        """How many people are counted and not named. 0 with filters that would reveal something of their names: a letter, a word."""
        if self.text or self.filters.keys() - {"kind", "country"} or self.filters.get("kind") == Kind.ORGANISATION:
            return 0
        return self.all_counts.unnamed(self.filters.get("country"))

    def load(self, rows: list[Endorsement]) -> list[Signatory]:
        return as_signatories(rows, self.declaration)

    @property
    def withdrawn(self) -> list[Signatory]:
        is_shown = self.is_last and not self.filters and not self.text
        return as_signatories(withdrawn_signatories(self.declaration), self.declaration, mark_initial=False) if is_shown else []
