"""The public directory: the organisations whose membership is awake, narrowed by facets and words, leafed through by pages.

Who is dormant or gone is not in it, and its page is not there. Nothing of a contact stands here.
"""

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
from django_countries import countries

from cms.faceted_list import Choice, Facet, FacetedList, UnknownFilterError
from core.dates import site_today
from core.web.page_cache import content_version
from members.identity.countries import Region, country_name, region_of
from members.identity.keys import name_words, sort_key
from members.models import Membership, Organisation, Seat
from members.states import Category, OrganisationKind, Role

__all__ = ["Directory", "UnknownFilterError", "catalogue"]

LONGEST_TEXT = 100
MOST_WORDS = 6
MOST_COUNTRIES = 24
EVERYWHERE = "worldwide"


@dataclass(frozen=True)
class Entry:
    """What the facets, the search, the map and the counts need to know of an organisation. `text` is what is searched."""

    pk: int
    name: str
    slug: str
    country: str
    kind: str
    role: frozenset[str]
    theme: frozenset[str]
    since: date | None
    known_on: date
    text: str

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
class Catalogue:
    """Everybody in the directory of a day, by name."""

    entries: list[Entry]
    themes: dict[str, str]

    @cached_property
    def by_slug(self) -> dict[str, Entry]:
        return {entry.slug: entry for entry in self.entries}

    @cached_property
    def keys(self) -> frozenset[int]:
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
    def members(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_member]

    @cached_property
    def observers(self) -> list[Entry]:
        """Who is an observer and nothing more."""
        return [entry for entry in self.entries if not entry.is_member]

    @property
    def worldwide(self) -> int:
        """How many work from no one country."""
        return sum(not entry.country for entry in self.entries)

    @property
    def quiet_countries(self) -> dict[str, bool]:
        """Each country with somebody in it, and whether those are observers only: what the map draws."""
        with_members = {entry.country for entry in self.entries if entry.is_member}
        return {code: code not in with_members for code in self.by_country}


def catalogue() -> Catalogue:
    """The directory of today's content, from memory when nothing changed. Else two queries."""
    today = site_today()
    key = f"directory:{content_version()}:{today}"
    found: Catalogue | None = caches["pages"].get(key)
    if found is None:
        found = _read(today)
        caches["pages"].set(key, found, 3600)
    return found


def _read(today: date) -> Catalogue:
    themes: dict[int, set[str]] = {}
    names: dict[str, str] = {}
    for pk, slug, theme in Organisation.themes.through.objects.values_list("organisation_id", "theme__slug", "theme__name"):
        themes.setdefault(pk, set()).add(slug)
        names[slug] = theme
    seats = Seat.objects.on(today).filter(organisation=OuterRef("organisation"))
    of_organisation = ("name", "acronym", "aliases", "slug", "country", "countries_of_work", "kind")
    fields = (
        "organisation",
        "category",
        "founding",
        "since",
        "last_known",
        "seated",
        *(f"organisation__{name}" for name in of_organisation),
    )
    entries: dict[int, Entry] = {}
    for pk, category, founding, since, last_known, seated, *own in (
        Membership.objects.awake(today).annotate(seated=Exists(seats)).order_by().values_list(*fields)
    ):
        held = {category, *([Role.FOUNDING.value] if founding else ()), *([Role.STEERING.value] if seated else ())}
        entry = _entry(pk, own, frozenset(held), frozenset(themes.get(pk, ())), since, last_known)
        entries[pk] = _together(entries[pk], entry) if pk in entries else entry
    return Catalogue(sorted(entries.values(), key=lambda entry: (sort_key(entry.name), entry.pk)), names)


def _entry(pk: int, own: list[Any], roles: frozenset[str], themes: frozenset[str], since: date | None, known_on: date) -> Entry:
    name, acronym, aliases, slug, country, work, kind = own
    places = [country_name(code) for code in (country or "", *(work or "").split(","))]
    text = _searched(name, acronym, *aliases.splitlines(), *places)
    return Entry(pk, name, slug, country or "", kind, roles, themes, since, known_on, text)


def _together(one: Entry, other: Entry) -> Entry:
    """Two memberships at a time are one organisation. An unknown beginning may be the earlier one."""
    since = min(one.since, other.since) if one.since and other.since else None
    return replace(one, role=one.role | other.role, since=since, known_on=max(one.known_on, other.known_on))


def _searched(*texts: str) -> str:
    """The words without accents and signs, and the first letters of each text, because many type an acronym that nobody wrote down."""
    words = [name_words(text) for text in texts if text]
    initials = ["".join(word[0] for word in of_text) for of_text in words if len(of_text) > 1]
    return " ".join([*(word for of_text in words for word in of_text), *initials])


class Card(NamedTuple):
    """An organisation with what is said beside its name."""

    organisation: Organisation
    roles: list[tuple[str, bool]]


class Directory(FacetedList):
    """One page of the directory for a query string. Raises UnknownFilterError for a value or a page that does not exist.

    A country, role, region or kind that nobody in the directory has exists all the same, and the answer is an empty list; a theme does not.
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
        self.known = catalogue()
        self.text = " ".join((query.get("q") or "").split())[:LONGEST_TEXT]
        words = name_words(self.text)[:MOST_WORDS]
        # Words that are signs alone find nothing, rather than everything.
        found = [entry for entry in self.known.entries if all(word in entry.text for word in words) and (words or not self.text)]
        names = {
            "role": {str(value): str(label) for value, label in Role.choices},
            "region": {**{str(value): str(label) for value, label in Region.choices}, EVERYWHERE: str(_("Worldwide"))},
            "country": {code: country_name(code) for code in countries.countries},
            "kind": {str(value): str(label) for value, label in OrganisationKind.choices},
            "theme": self.known.themes,
        }
        super().__init__(reverse("members"), found, names, query)

    def load(self, rows: list[Entry]) -> list[Card]:
        found = with_pictures().in_bulk([row.pk for row in rows])
        return [Card(found[row.pk], told_roles(row.role)) for row in rows if row.pk in found]

    @property
    def choices(self) -> list[Facet]:
        """The front names the countries with most organisations and leads to the rest: beside the map, all would weigh too much."""
        return [self._shortened(facet) if facet.name == "country" and self.is_whole else facet for facet in super().choices]

    def _shortened(self, facet: Facet) -> Facet:
        if (number := len(facet.choices)) <= MOST_COUNTRIES:
            return facet
        rest = Choice(str(_("All countries")), number, f"{reverse('members_numbers')}#countries", chosen=False)
        return replace(facet, choices=[*facet.choices[: MOST_COUNTRIES - 1], rest])

    @property
    def is_whole(self) -> bool:
        """Nothing is narrowed down: this is the front of the directory."""
        return not self.filters and not self.text and self.number == 1


def with_pictures() -> Any:
    """Organisations with their logos in the sizes that pages show, in two queries."""
    return Organisation.objects.select_related("logo").prefetch_related("logo__renditions")


def told_roles(roles: frozenset[str]) -> list[tuple[str, bool]]:
    """What is said beside a name, and whether quietly. That somebody is a member goes without saying in a directory of members."""
    words = {Role.STEERING: _("Steering committee"), Role.FOUNDING: _("Founding member"), Role.OBSERVER: Category.OBSERVER.label}
    return [(str(word), role == Role.OBSERVER) for role, word in words.items() if role in roles]
