"""Countries and WHO regions with and without members and observers. Other apps add columns with `@coverage_column`."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from core.dates import site_today
from members.identity.countries import STATES_BY_REGION, Region, country_name, region_of
from members.models import Organisation
from members.states import Role

# Returns the country code of each organisation that counts; '' for one without a country.
CountryCodes = Callable[[], Iterable[str]]
_extra_columns: dict[str, tuple[Any, CountryCodes]] = {}


def coverage_column(name: str, label: Any) -> Callable[[CountryCodes], CountryCodes]:
    """Register a function whose country codes are counted in a column with this label."""

    def register(country_codes: CountryCodes) -> CountryCodes:
        _extra_columns[name] = (label, country_codes)
        return country_codes

    return register


def _members() -> Iterable[str]:
    today = site_today()
    return [str(code) for code in Organisation.objects.with_role(Role.MEMBER, today).values_list("country", flat=True)]


def _observers() -> Iterable[str]:
    today = site_today()
    return [str(code) for code in Organisation.objects.with_role(Role.OBSERVER, today).values_list("country", flat=True)]


@dataclass(frozen=True)
class CoverageRow:
    """The counts of a country or region, in the order of `Coverage.labels`."""

    name: str
    counts: list[int]

    @property
    def is_empty(self) -> bool:
        return not any(self.counts)


@dataclass(frozen=True)
class RegionCoverage:
    """A WHO region. `covered` of its `total` states have an organisation; `gaps` are the names of the others. Territories are no gaps."""

    whole: CoverageRow
    countries: list[CoverageRow]
    gaps: list[str]
    total: int

    @property
    def covered(self) -> int:
        return self.total - len(self.gaps)


@dataclass(frozen=True)
class Coverage:
    """The counts of all regions; `elsewhere` are countries in no region, `global_counts` organisations without a country."""

    labels: list[Any]
    regions: list[RegionCoverage]
    elsewhere: list[CoverageRow]
    global_counts: list[int]


def coverage() -> Coverage:
    """Return the coverage of today, with one query for each column."""
    columns = [(Role.MEMBER.label, _members), (Role.OBSERVER.label, _observers), *_extra_columns.values()]
    counts = [Counter(country_codes()) for _label, country_codes in columns]

    def row(code: str) -> CoverageRow:
        return CoverageRow(country_name(code), [count[code] for count in counts])

    regions = []
    for region in Region:
        present = {code for count in counts for code in count if region_of(code) == region}
        rows = sorted((row(code) for code in present.union(STATES_BY_REGION[region])), key=lambda row: row.name)
        whole = CoverageRow(str(region.label), [sum(row.counts[column] for row in rows) for column in range(len(columns))])
        gaps = [row.name for row in rows if row.is_empty]
        regions.append(RegionCoverage(whole, [row for row in rows if not row.is_empty], gaps, len(STATES_BY_REGION[region])))
    outside = sorted({code for count in counts for code in count if code and not region_of(code)})
    return Coverage([label for label, _country_codes in columns], regions, [row(code) for code in outside], [count[""] for count in counts])
