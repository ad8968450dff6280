"""Countries and WHO regions with and without members and observers. Apps above add columns of their own with `@counts_too`."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from core.dates import site_today
from members.identity.countries import STATES, Region, country_name, region_of
from members.models import Organisation
from members.states import Role

# The country codes of all, one for each organisation; '' for none.
Where = Callable[[], Iterable[str]]
_others: dict[str, tuple[Any, Where]] = {}


def counts_too(name: str, label: Any) -> Callable[[Where], Where]:
    """Register a function whose country codes are counted in a column of that label."""

    def register(where: Where) -> Where:
        _others[name] = (label, where)
        return where

    return register


def _members() -> Iterable[str]:
    today = site_today()
    return [str(code) for code in Organisation.objects.with_role(Role.MEMBER, today).values_list("country", flat=True)]


def _observers() -> Iterable[str]:
    today = site_today()
    return [str(code) for code in Organisation.objects.with_role(Role.OBSERVER, today).values_list("country", flat=True)]


@dataclass(frozen=True)
class CoverageRow:
    """A country or a region: how many of each there are, in the order of `Coverage.labels`."""

    name: str
    counts: list[int]

    @property
    def is_empty(self) -> bool:
        return not any(self.counts)


@dataclass(frozen=True)
class RegionCoverage:
    """A WHO region; `covered` of its `total` states have somebody, `gaps` are the names of the others. A territory is no gap."""

    whole: CoverageRow
    places: list[CoverageRow]
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
    elsewhere: list[CoverageRow]
    global_counts: list[int]


def coverage() -> Coverage:
    """Of today, in one query for each of the kinds that count."""
    kinds = [(Role.MEMBER.label, _members), (Role.OBSERVER.label, _observers), *_others.values()]
    counts = [Counter(where()) for _label, where in kinds]

    def of(code: str) -> CoverageRow:
        return CoverageRow(country_name(code), [count[code] for count in counts])

    regions = []
    for region in Region:
        with_somebody = {code for count in counts for code in count if region_of(code) == region}
        places = sorted((of(code) for code in with_somebody.union(STATES[region])), key=lambda place: place.name)
        whole = CoverageRow(str(region.label), [sum(place.counts[kind] for place in places) for kind in range(len(kinds))])
        gaps = [place.name for place in places if place.is_empty]
        regions.append(RegionCoverage(whole, [place for place in places if not place.is_empty], gaps, len(STATES[region])))
    outside = sorted({code for count in counts for code in count if code and not region_of(code)})
    return Coverage([label for label, _where in kinds], regions, [of(code) for code in outside], [count[""] for count in counts])
