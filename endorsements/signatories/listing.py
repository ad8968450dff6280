"""The public list of signatories: filtered, searched, and paged by the hundred.

It shows listed endorsements, and people only if they agreed to be named. It never shows who signed for an organisation, or an email
address. Only groups are cached, so that a hundred thousand names cost what a hundred cost.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.core.cache import caches
from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.faceted_list import Choice, Facet, FacetedList
from core.web.page_cache import content_version
from endorsements.models import DeclarationPage, Endorsement
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.states import Kind, Source
from members.identity.countries import country_name
from members.identity.folding import folded_words
from members.states import OrganisationKind

from .counts import SECONDS, counts

LONGEST_TEXT = 100
MOST_WORDS = 6
MOST_WITHDRAWN = 100
KINDS = {Kind.ORGANISATION.value: _("Organisations"), Kind.PERSON.value: _("People")}
# What the list and the files show of a row; the rest stays in the database.
SHOWN = ("kind", "source", "version", "name", "acronym", "country", "organisation_kind", "role", "affiliation", "listed_at", "ended_at")
OF_VERSION = ("version__number", "version__correction")


def named(page: DeclarationPage) -> EndorsementQuerySet:
    """Everybody in the public list, in its order, with what is shown of them and nothing else."""
    return _shown(_listed(page)).in_order()


def initial(page: DeclarationPage) -> EndorsementQuerySet:
    """The organisations that stood behind it from the start."""
    rows = Endorsement.objects.under(page).listed().organisations().filter(source=Source.INITIAL)
    return _shown(rows).order_by("sort_key", "pk")


def _listed(page: DeclarationPage) -> EndorsementQuerySet:
    return Endorsement.objects.under(page).listed().named()


def withdrawn(page: DeclarationPage) -> EndorsementQuerySet:
    """Those who took their name back and want it known, the last first."""
    return _shown(Endorsement.objects.under(page).withdrawn_in_public().named()).order_by("-ended_at", "pk")[:MOST_WITHDRAWN]


def _shown(rows: EndorsementQuerySet) -> EndorsementQuerySet:
    return rows.select_related("version").only(*SHOWN, *OF_VERSION)


class Signatory(NamedTuple):
    """A name as it is shown, with the line under it."""

    kind: str
    name: str
    line: str


def as_signatories(rows: Iterable[Endorsement], page: DeclarationPage, *, of_initial: bool = True) -> list[Signatory]:
    """Rows as they are shown; `of_initial` says of initial signatories that they are."""
    version = page.signing.version
    number = version.number if version else 0
    return [Signatory(row.kind, f"{row.name} ({row.acronym})" if row.acronym else row.name, _line(row, number, of_initial)) for row in rows]


def _line(row: Endorsement, in_force: int, of_initial: bool) -> str:
    """ "Nurse, Enugu Clinic, Nigeria · signed version 1". The role of who signed for an organisation is not told."""
    place = country_name(row.country.code) if row.country else row.place
    parts = [", ".join(part for part in ("" if row.is_organisation else row.words_of_role, place) if part)]
    if row.version.number < in_force and not row.ended_at:
        parts.append(gettext("signed version %(number)d") % {"number": row.version.number})
    if of_initial and row.source == Source.INITIAL:
        parts.append(gettext("initial signatory"))
    if row.source == Source.SAMPLE:
        parts.append(gettext("sample"))
    if row.ended_at:
        parts.append(gettext("withdrawn on %(day)s") % {"day": date_format(timezone.localtime(row.ended_at), "j F Y")})
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


def _cached_groups(page: DeclarationPage) -> list[Group]:
    key = f"groups:{page.pk}:{content_version()}"
    found: list[tuple[Any, ...]] | None = caches["pages"].get(key)
    if found is None:
        groups = _groups(_listed(page))
        caches["pages"].set(key, [tuple(group) for group in groups], SECONDS)
        return groups
    return [Group(*row) for row in found]


class _Entries:
    """What the paginator leafs through: so many rows, read only where somebody looks."""

    def __init__(self, rows: EndorsementQuerySet, total: int):
        self.rows, self.total = rows, total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, place: slice) -> list[Endorsement]:
        """The keys first, from the index alone: leafing past eighty thousand names touches none of them."""
        keys = list(self.rows.in_order().values_list("pk", flat=True)[place]) if self.total else []
        return list(_shown(Endorsement.objects.filter(pk__in=keys)).in_order()) if keys else []


class SignatoryList(FacetedList):
    """One page of the list for a query string. Raises UnknownFilterError for a value that nobody in the list has, or no such page."""

    per_page = 100
    labels = {"kind": _("Who"), "type": _("Kind of organisation"), "country": _("Country"), "letter": _("Letter")}

    def __init__(self, page: DeclarationPage, query: Mapping[str, Any]):
        self.declaration = page
        self.text = " ".join((query.get("q") or "").split())[:LONGEST_TEXT]
        self.words = list(dict.fromkeys(folded_words(self.text).split()))[:MOST_WORDS]
        self.overall = counts(page)
        everybody = _cached_groups(page)
        groups = _groups(self._searched) if self.words else everybody
        super().__init__(f"{page.url}signatories/", groups, self._names(everybody), query)

    def _names(self, groups: list[Group]) -> dict[str, dict[str, str]]:
        """The values that exist. Of countries also those that only unnamed people come from: the counts tell of them."""
        types = {str(value): str(label) for value, label in OrganisationKind.choices}
        return {
            "kind": {kind: str(KINDS[kind]) for kind in {group.kind for group in groups}},
            "type": {kind: types.get(kind, kind) for kind in {group.type for group in groups} - {""}},
            "country": {code: country_name(code) for code, _number in self.overall.by_country},
            "letter": {letter: letter for letter in {group.letter for group in groups} - {""}},
        }

    @property
    def _searched(self) -> EndorsementQuerySet:
        """Those in whose names all words are. Every name is looked at, so the index of the list, which scatters them, is kept out of it."""
        rows = Endorsement.objects.under(self.declaration).listed().filter(show_name=True)
        for word in self.words:
            rows = rows.filter(folded__contains=word)
        return rows

    @cached_property
    def total(self) -> int:
        return sum(group.number for group in self.rows)

    @property
    def entries(self) -> _Entries:
        columns = {"type": "organisation_kind"}
        rows = self._searched if self.words else _listed(self.declaration)
        rows = rows.filter(**{columns.get(name, name): value for name, value in self.filters.items()})
        letter = self.filters.get("letter", "").lower()
        if letter.isalpha():  # the index knows where in the order a letter stands
            rows = rows.filter(sort_key__gte=letter, sort_key__lt=chr(ord(letter) + 1))
        if self.filters.keys() & {"country", "letter"}:  # and what comes before these in an index has to be told too
            rows = rows.filter(kind__in=list(KINDS))
        return _Entries(rows, self.total)

    def counts(self, facet: str, rows: list[Group]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for row in rows:
            for value in row.values(facet):
                counts[value] += row.number
        return counts

    @property
    def choices(self) -> list[Facet]:
        """The letters stand in a row of their own."""
        return [facet for facet in super().choices if facet.name != "letter"]

    @property
    def letters(self) -> list[Choice]:
        """The letters that names begin with, what is no letter last."""
        choices = next(facet.choices for facet in self.facets if facet.name == "letter")
        return sorted(choices, key=lambda choice: (choice.label == "#", choice.label)) if len(choices) > 1 else []

    @property
    def is_last(self) -> bool:
        return not self.page.has_next()

    @property
    def unnamed(self) -> int:
        """People who are counted and not named. Not told beside what would tell of their names: a letter, a word."""
        if self.words or self.filters.keys() - {"kind", "country"} or self.filters.get("kind") == Kind.ORGANISATION:
            return 0
        return self.overall.unnamed(self.filters.get("country"))

    def load(self, rows: list[Endorsement]) -> list[Signatory]:
        return as_signatories(rows, self.declaration)

    @property
    def withdrawn(self) -> list[Signatory]:
        is_shown = self.is_last and not self.filters and not self.words
        return as_signatories(withdrawn(self.declaration), self.declaration, of_initial=False) if is_shown else []
