"""How many organisations are in the directory, by country, role, kind and theme: small numbers, kept until the content changes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from cms.cached import cached_until_change
from core.dates import site_today
from members.identity.countries import country_name, region_of
from members.models import Membership, Organisation, Seat, Theme
from members.models.derived import derive_all
from members.states import Category, Role

EVERYWHERE = "worldwide"


@dataclass(frozen=True)
class DirectoryCounts:
    """The numbers of a day. `by_country` has no organisation without a country: these are `worldwide`."""

    total: int
    by_country: Mapping[str, int]
    by_role: Mapping[str, int]
    by_kind: Mapping[str, int]
    by_theme: Mapping[str, int]
    themes: Mapping[str, str]
    countries_with_members: frozenset[str]

    @property
    def worldwide(self) -> int:
        return self.total - sum(self.by_country.values())

    @property
    def by_region(self) -> Counter[str]:
        return Counter(by_region(self.by_country))

    @property
    def countries_on_map(self) -> dict[str, bool]:
        """The countries with organisations, and whether these are all observers."""
        return {code: code not in self.countries_with_members for code in self.by_country}


def directory_counts() -> DirectoryCounts:
    """Return the numbers of today."""
    today = site_today()
    return cached_until_change(f"directory-counts:{today}", lambda: _count(today))


def listed(on: date, among: QuerySet[Organisation] | None = None) -> QuerySet[Organisation]:
    """The organisations in the directory of a day, in its order. Found one by one, so that a page of them costs no more than it shows."""
    rows = Organisation.objects.all() if among is None else among
    return rows.filter(Exists(Membership.objects.not_dormant(on).filter(organisation=OuterRef("pk")))).order_by("sort_key", "pk")


def front_names(most: int) -> tuple[list[Organisation], int]:
    """Some organisations of today's directory in its order, and how many there are. Of too many, members come first: those that lead."""
    today = site_today()
    own = Membership.objects.not_dormant(today).filter(organisation=OuterRef("pk"))
    rows = listed(today).annotate(
        is_member=Exists(own.filter(category=Category.MEMBER)),
        is_founding=Exists(own.filter(founding=True)),
        is_seated=Exists(Seat.objects.on(today).filter(organisation=OuterRef("pk"))),
    )
    found = list(rows.order_by("-is_member", "-is_seated", "-is_founding", "sort_key", "pk")[: most + 1])
    total = len(found) if len(found) <= most else listed(today).order_by().count()
    return sorted(found[:most], key=lambda organisation: (organisation.sort_key, organisation.pk)), total


def listed_among(organisations: Iterable[int]) -> frozenset[int]:
    """Those of these primary keys that are in the directory of today and so have a page."""
    rows = Membership.objects.not_dormant(site_today()).filter(organisation__in=list(organisations))
    return frozenset(rows.values_list("organisation_id", flat=True))


def listed_with_last_confirmed() -> QuerySet[Organisation]:
    """The organisations in the directory of today, with the day on which they were last confirmed; for site maps."""
    today = site_today()
    own = Membership.objects.not_dormant(today).filter(organisation=OuterRef("pk")).order_by("-last_confirmed")
    return listed(today).annotate(last_confirmed=Subquery(own.values("last_confirmed")[:1]))


def _count(today: date) -> DirectoryCounts:
    # Whatever was written without a save gets its place in the order first.
    derive_all(Organisation.objects.all())
    rows = listed(today)
    countries = count_by_country(rows)
    members = Membership.objects.not_dormant(today).filter(category=Category.MEMBER)
    with_members = members.exclude(organisation__country="").values_list("organisation__country", flat=True).distinct()
    return DirectoryCounts(
        sum(countries.values()),
        {code: number for code, number in countries.items() if code},
        count_by_role(rows, today),
        count_by(rows, "kind"),
        count_by(rows, "themes__slug"),
        dict(Theme.objects.filter(organisations__isnull=False).distinct().values_list("slug", "name")),
        frozenset(map(str, with_members)),
    )


def count_by(rows: QuerySet[Organisation], field: str) -> dict[str, int]:
    """The number of organisations for each value, without those that have none."""
    counted = rows.order_by().values_list(field).annotate(Count("pk"))
    return {str(value): number for value, number in counted if value}


def count_by_country(rows: QuerySet[Organisation]) -> dict[str, int]:
    """The number of organisations in each country; those without one under ''."""
    return {str(code or ""): number for code, number in rows.order_by().values_list("country").annotate(Count("pk"))}


def count_by_role(rows: QuerySet[Organisation], today: date) -> dict[str, int]:
    """The number of organisations with each role; one may have several."""
    counted = rows.order_by().aggregate(**{str(role): Count("pk", filter=has_role(role, today)) for role in Role})
    return {role: number for role, number in counted.items() if number}


def has_role(role: str, today: date) -> Exists:
    """Whether an organisation that is in the directory has the role."""
    own = Seat.objects.on(today) if role == Role.STEERING else Membership.objects.not_dormant(today).with_role(role, today)
    return Exists(own.filter(organisation=OuterRef("pk")))


def by_region(by_country: Mapping[str, int]) -> dict[str, int]:
    """The sums by WHO region, and everywhere; without countries that are in no region."""
    sums: Counter[str] = Counter()
    for code, number in by_country.items():
        sums[region_of(code) if code else EVERYWHERE] += number
    del sums[""]
    return sums


def countries_in_order(by_country: Mapping[str, int], region: str) -> list[tuple[str, str, int]]:
    """The code, name and number of each country of a region, the largest number first."""
    rows = [(code, country_name(code), number) for code, number in by_country.items() if region_of(code) == region]
    return sorted(rows, key=lambda row: (-row[2], row[1]))
