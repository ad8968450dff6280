"""Where the coalition is, and where it is not: countries and WHO regions with and without members, observers and whoever else counts.

Higher rooms add who counts besides members: `register` in their `AppConfig.ready`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django_countries import countries

from members.identity.countries import STATES, Region, region_of
from members.models import Organisation
from members.states import Role

# The country codes of all, one for each organisation; '' for none.
Where = Callable[[], Iterable[str]]
_others: dict[str, tuple[Any, Where]] = {}


def register(name: str, label: Any, where: Where) -> None:
    """Count these too, in a column of that label."""
    _others[name] = (label, where)


def _members() -> Iterable[str]:
    today = timezone.localdate()
    return [str(code) for code in Organisation.objects.with_role(Role.MEMBER, today).values_list("country", flat=True)]


def _observers() -> Iterable[str]:
    today = timezone.localdate()
    return [str(code) for code in Organisation.objects.with_role(Role.OBSERVER, today).values_list("country", flat=True)]


@dataclass(frozen=True)
class Place:
    """A country or a region: how many of each there are, in the order of `Coverage.labels`."""

    name: str
    counts: list[int]

    @property
    def is_empty(self) -> bool:
        return not any(self.counts)


@dataclass(frozen=True)
class RegionCoverage:
    """A WHO region; `covered` of its `total` states have somebody, `gaps` are the names of the others. A territory is no gap."""

    whole: Place
    places: list[Place]
    gaps: list[str]
    total: int

    @property
    def covered(self) -> int:
        return self.total - len(self.gaps)


@dataclass(frozen=True)
class Coverage:
    """`elsewhere` are countries of no region; `global_counts` those of no country."""

    labels: list[Any]
    regions: list[RegionCoverage]
    elsewhere: list[Place]
    global_counts: list[int]


def coverage() -> Coverage:
    """Of today, in one query for each of the kinds that count."""
    kinds = [(Role.MEMBER.label, _members), (Role.OBSERVER.label, _observers), *_others.values()]
    counts = [Counter(where()) for _label, where in kinds]
    names = {code: str(name) for code, name in countries}

    def of(code: str) -> Place:
        return Place(names.get(code, code), [count[code] for count in counts])

    regions = []
    for region in Region:
        with_somebody = {code for count in counts for code in count if region_of(code) == region}
        places = sorted((of(code) for code in with_somebody.union(STATES[region])), key=lambda place: place.name)
        whole = Place(str(region.label), [sum(place.counts[kind] for place in places) for kind in range(len(kinds))])
        gaps = [place.name for place in places if place.is_empty]
        regions.append(RegionCoverage(whole, [place for place in places if not place.is_empty], gaps, len(STATES[region])))
    outside = sorted({code for count in counts for code in count if code and not region_of(code)})
    return Coverage([label for label, _where in kinds], regions, [of(code) for code in outside], [count[""] for count in counts])
