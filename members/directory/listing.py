"""The public directory: organisations with a current, not dormant membership, with facets, search and pagination. Without contacts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.core.cache import caches
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cms.faceted_list import Choice, Facet, ListInMemory
from core.dates import site_today
from core.search_text import search_words
from core.web.page_cache import content_version
from members.identity.countries import Region, country_choices, country_name, other_names, region_of
from members.identity.keys import sort_key
from members.models import Membership, Organisation, Seat
from members.states import Category, OrganisationKind, Role

MAX_QUERY_LENGTH = 100
MAX_QUERY_WORDS = 6
MAX_COUNTRIES = 24
EVERYWHERE = "worldwide"


@dataclass(frozen=True)
class DirectoryEntry:
    """An organisation as facets, search, map and counts need it. `text` is searched."""

    pk: int
    name: str
    slug: str
    country: str
    kind: str
    role: frozenset[str]
    theme: frozenset[str]
    since: date | None
    last_confirmed: date
    text: str

    def has_word(self, word: str) -> bool:
        """Whether the text contains the word; a short one only where a word begins, because "usa" stands in "thousands"."""
        return f" {word}" in f" {self.text}" if len(word) <= 3 and word.isascii() else word in self.text

    @property
    def region(self) -> str:
        return region_of(self.country) if self.country else EVERYWHERE

    @property
    def is_member(self) -> bool:
        return Role.MEMBER in self.role

    def values(self, facet: str) -> Iterable[str]:
        own = getattr(self, facet)
        return own if isinstance(own, frozenset) else (own,) if own else ()


@dataclass(frozen=True)
class DirectoryIndex:
    """All organisations in the directory of a day, by name."""

    entries: list[DirectoryEntry]
    themes: dict[str, str]

    @cached_property
    def by_slug(self) -> dict[str, DirectoryEntry]:
        return {entry.slug: entry for entry in self.entries}

    @cached_property
    def organisation_ids(self) -> frozenset[int]:
        return frozenset(entry.pk for entry in self.entries)

    @cached_property
    def by_country(self) -> Counter[str]:
        return Counter(entry.country for entry in self.entries if entry.country)

    @cached_property
    def by_region(self) -> Counter[str]:
        return Counter(region for entry in self.entries if (region := entry.region) and region != EVERYWHERE)

    @cached_property
    def by_role(self) -> Counter[str]:
        return Counter(role for entry in self.entries for role in entry.role)

    @cached_property
    def members(self) -> list[DirectoryEntry]:
        return [entry for entry in self.entries if entry.is_member]

    @cached_property
    def observers(self) -> list[DirectoryEntry]:
        """Observers that are not members as well."""
        return [entry for entry in self.entries if not entry.is_member]

    @property
    def worldwide(self) -> int:
        """The number of organisations without a country."""
        return sum(not entry.country for entry in self.entries)

    @property
    def countries_on_map(self) -> dict[str, bool]:
        """The countries with organisations, and whether these are all observers."""
        with_members = {entry.country for entry in self.entries if entry.is_member}
        return {code: code not in with_members for code in self.by_country}


def directory_index() -> DirectoryIndex:
    """Return today's directory, cached until content changes; loading it takes two queries."""
    today = site_today()
    key = f"directory-index:{content_version()}:{today}"
    index: DirectoryIndex | None = caches["pages"].get(key)
    if index is None:
        index = _load(today)
        caches["pages"].set(key, index, 3600)
    return index


def _load(today: date) -> DirectoryIndex:
    themes: dict[int, set[str]] = {}
    names: dict[str, str] = {}
    for pk, slug, theme in Organisation.themes.through.objects.values_list("organisation_id", "theme__slug", "theme__name"):
        themes.setdefault(pk, set()).add(slug)
        names[slug] = theme
    seats = Seat.objects.on(today).filter(organisation=OuterRef("organisation"))
    organisation_fields = ("name", "acronym", "aliases", "slug", "country", "countries_of_work", "kind")
    fields = (
        "organisation",
        "category",
        "founding",
        "since",
        "last_confirmed",
        "seated",
        *(f"organisation__{name}" for name in organisation_fields),
    )
    entries: dict[int, DirectoryEntry] = {}
    for pk, category, founding, since, last_confirmed, seated, *own in (
        Membership.objects.not_dormant(today).annotate(seated=Exists(seats)).order_by().values_list(*fields)
    ):
        roles = {category, *([Role.FOUNDING.value] if founding else ()), *([Role.STEERING.value] if seated else ())}
        entry = _entry(pk, own, frozenset(roles), frozenset(themes.get(pk, ())), since, last_confirmed)
        entries[pk] = _merge_entries(entries[pk], entry) if pk in entries else entry
    return DirectoryIndex(sorted(entries.values(), key=lambda entry: (sort_key(entry.name), entry.pk)), names)


def _entry(
    pk: int, own: list[Any], roles: frozenset[str], themes: frozenset[str], since: date | None, last_confirmed: date
) -> DirectoryEntry:
    name, acronym, aliases, slug, country, work, kind = own
    codes = [code for code in (country or "", *(work or "").split(",")) if code]
    places = [name for code in codes for name in (country_name(code), *other_names(code))]
    text = _search_text(name, acronym, *aliases.splitlines(), *places)
    return DirectoryEntry(pk, name, slug, country or "", kind, roles, themes, since, last_confirmed, text)


def _merge_entries(one: DirectoryEntry, other: DirectoryEntry) -> DirectoryEntry:
    """Combine two memberships of one organisation. If one start is unknown, the earlier one is."""
    since = min(one.since, other.since) if one.since and other.since else None
    return replace(one, role=one.role | other.role, since=since, last_confirmed=max(one.last_confirmed, other.last_confirmed))


def _search_text(*texts: str) -> str:
    """Return the folded words of texts, and the initials of each text: visitors search for acronyms that are not recorded."""
    words = [search_words(text) for text in texts if text]
    initials = ["".join(word[0] for word in text_words) for text_words in words if len(text_words) > 1]
    return " ".join([*(word for text_words in words for word in text_words), *initials])


class Card(NamedTuple):
    """An organisation with its roles, as `role_labels` returns them."""

    organisation: Organisation
    roles: list[tuple[str, bool]]


class DirectoryList(ListInMemory):
    """One page of the directory for a query string. Raises UnknownFilterError for a value or page that does not exist.

    A country, role, region or kind without organisations gives an empty list.
    """

    per_page = 24
    labels = {
        "role": _("Role"),
        "region": _("WHO region"),
        "country": _("Country"),
        "kind": _("Kind of organisation"),
        "theme": _("Theme"),
    }

    def __init__(self, query: Mapping[str, Any]):
        self.index = directory_index()
        self.text = " ".join((query.get("q") or "").split())[:MAX_QUERY_LENGTH]
        words = search_words(self.text)[:MAX_QUERY_WORDS]
        # A search for punctuation finds nothing, not everything.
        found = [entry for entry in self.index.entries if all(entry.has_word(word) for word in words) and (words or not self.text)]
        names = {
            "role": {str(value): str(label) for value, label in Role.choices},
            "region": {**{str(value): str(label) for value, label in Region.choices}, EVERYWHERE: str(_("Worldwide"))},
            "country": dict(country_choices()),
            "kind": {str(value): str(label) for value, label in OrganisationKind.choices},
            "theme": self.index.themes,
        }
        super().__init__(reverse("members"), found, names, query)

    def load(self, rows: list[DirectoryEntry]) -> list[Card]:
        found = organisations_with_logos().in_bulk([row.pk for row in rows])
        return [Card(found[row.pk], role_labels(row.role)) for row in rows if row.pk in found]

    @property
    def choices(self) -> list[Facet]:
        """The facets; the front page names only the largest countries, with a link to the others."""
        return [self._shortened(facet) if facet.name == "country" and self.is_front_page else facet for facet in super().choices]

    def _shortened(self, facet: Facet) -> Facet:
        if (number := len(facet.choices)) <= MAX_COUNTRIES:
            return facet
        rest = Choice(str(_("All countries")), number, f"{reverse('members_numbers')}#countries", chosen=False)
        return replace(facet, choices=[*facet.choices[: MAX_COUNTRIES - 1], rest])

    @property
    def is_front_page(self) -> bool:
        """Whether it is the first page without filters or search."""
        return not self.filters and not self.text and self.number == 1


def organisations_with_logos() -> Any:
    """Return organisations with their logos and renditions, loaded in two queries."""
    return Organisation.objects.select_related("logo").prefetch_related("logo__renditions")


def role_labels(roles: frozenset[str]) -> list[tuple[str, bool]]:
    """Return the roles to show beside a name, and whether each is that of an observer. Membership is not mentioned."""
    labels = {Role.STEERING: _("Steering committee"), Role.FOUNDING: _("Founding member"), Role.OBSERVER: Category.OBSERVER.label}
    return [(str(label), role == Role.OBSERVER) for role, label in labels.items() if role in roles]
