"""The public directory: organisations with a current, not dormant membership, with facets, search and pagination. Without contacts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from cms.cached import cached_until_change
from cms.faceted_list import Choice, Facet, FacetedList
from core.dates import site_today
from core.search_text import search_words
from members.identity.countries import Region, countries_in, country_choices
from members.models import Membership, Organisation, Seat
from members.states import Category, OrganisationKind, Role

from .counts import (
    EVERYWHERE,
    by_region,
    count_by,
    count_by_country,
    count_by_role,
    directory_counts,
    has_role,
    listed,
)

MAX_QUERY_LENGTH = 100
MAX_QUERY_WORDS = 6
MAX_COUNTRIES = 24


def with_words(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those with all words of a text; all without a text. A search for punctuation finds nothing, not everything."""
    words = search_words(text)[:MAX_QUERY_WORDS]
    if text and not words:
        return rows.none()
    for word in words:
        # A short one only where a word begins, because "usa" stands in "thousands".
        rows = rows.filter(directory_text__contains=f" {word}" if len(word) <= 3 and word.isascii() else word)
    return rows


@dataclass(frozen=True)
class Standing:
    """What an organisation is in the coalition of a day. `since` is None if the start of one of its memberships is unknown."""

    roles: frozenset[str]
    since: date | None

    @property
    def is_member(self) -> bool:
        return Role.MEMBER in self.roles


def standings_of(organisations: Iterable[int], on: date) -> dict[int, Standing]:
    """The standing of each of these organisations that is in the directory of a day. Two queries."""
    pks = list(organisations)
    rows = Membership.objects.not_dormant(on).filter(organisation__in=pks)
    seated = set(Seat.objects.on(on).filter(organisation__in=pks).values_list("organisation_id", flat=True))
    own: dict[int, list[tuple[str, bool, date | None]]] = {}
    for pk, *fields in rows.order_by().values_list("organisation_id", "category", "founding", "since"):
        own.setdefault(pk, []).append((fields[0], fields[1], fields[2]))
    return {pk: _standing(memberships, is_seated=pk in seated) for pk, memberships in own.items()}


def _standing(memberships: list[tuple[str, bool, date | None]], *, is_seated: bool) -> Standing:
    roles = {category for category, _founding, _since in memberships}
    roles |= {Role.FOUNDING.value} if any(founding for _category, founding, _since in memberships) else set()
    roles |= {Role.STEERING.value} if is_seated else set()
    starts = [since for _category, _founding, since in memberships]
    return Standing(frozenset(roles), min(filter(None, starts)) if all(starts) else None)


class Card(NamedTuple):
    """An organisation with its roles, as `role_labels` returns them."""

    organisation: Organisation
    roles: list[tuple[str, bool]]


class DirectoryList(FacetedList):
    """One page of the directory for a query string. Raises UnknownFilterError for a value or page that does not exist.

    A country, role, region or kind without organisations gives an empty list.
    """

    is_public_content = True
    per_page = 24
    labels = {
        "role": _("Role"),
        "region": _("WHO region"),
        "country": _("Country"),
        "kind": _("Kind of organisation"),
        "theme": _("Theme"),
    }
    fields = {"country": "country", "kind": "kind", "theme": "themes__slug"}

    def __init__(self, query: Mapping[str, Any]):
        self.today = site_today()
        self.index = directory_counts()
        self._countries: dict[str, Mapping[str, int]] = {}
        self.text = " ".join((query.get("q") or "").split())[:MAX_QUERY_LENGTH]
        names = {
            "role": {str(value): str(label) for value, label in Role.choices},
            "region": {**{str(value): str(label) for value, label in Region.choices}, EVERYWHERE: str(_("Worldwide"))},
            "country": dict(country_choices()),
            "kind": {str(value): str(label) for value, label in OrganisationKind.choices},
            "theme": self.index.themes,
        }
        super().__init__(reverse("members"), listed(self.today, with_words(Organisation.objects.all(), self.text)), names, query)

    def filtered(self, rows: QuerySet[Any], facet: str, value: str) -> QuerySet[Any]:
        if facet == "region":
            return rows.filter(country="") if value == EVERYWHERE else rows.filter(country__in=countries_in(value))
        if facet != "role":
            return super().filtered(rows, facet, value)
        return rows.filter(has_role(value, self.today))

    def count(self, facet: str, filters: Mapping[str, str]) -> Mapping[str, int]:
        """Kept until the content changes, except for a search or several filters, of which there are too many."""
        if self.text or len(filters) > 1:
            return self._counted(facet, filters)
        name = f"directory-counts:{self.today}:{facet}:{urlencode(sorted(filters.items()))}"
        return cached_until_change(name, lambda: self._counted(facet, filters))

    def _counted(self, facet: str, filters: Mapping[str, str]) -> Mapping[str, int]:
        if facet == "role":
            return count_by_role(self.matching(filters), self.today)
        if facet == "region":
            return by_region(self._by_country(filters))
        if facet == "country":
            return {code: number for code, number in self._by_country(filters).items() if code}
        return count_by(self.matching(filters), self.fields[facet])

    def _by_country(self, filters: Mapping[str, str]) -> Mapping[str, int]:
        """Asked for once for both facets and the total, unless one of the two is a filter."""
        key = urlencode(sorted(filters.items()))
        if key not in self._countries:
            self._countries[key] = count_by_country(self.matching(filters))
        return self._countries[key]

    @cached_property
    def total(self) -> int:
        if self.text or len(self.filters) > 1:
            return sum(self._by_country(self.filters).values())
        return next((self.count(facet, {}).get(value, 0) for facet, value in self.filters.items()), self.index.total)

    def load(self, keys: list[int]) -> list[Card]:
        found, standings = organisations_with_logos().in_bulk(keys), standings_of(keys, self.today)
        return [Card(found[pk], role_labels(standings[pk].roles)) for pk in keys if pk in found and pk in standings]

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
