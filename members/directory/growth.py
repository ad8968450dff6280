"""The growth of the coalition: reported member counts, and the number of organisations with a membership at the end of each year.

The two are shown apart, because a report cannot be checked. A membership whose start is unknown counts only in the current year, so that
its number agrees with the directory. A dormant membership counts until it became dormant.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Min, Q, QuerySet

from cms.cached import cached_until_change
from members.models import KnownSize, Membership
from members.models.membership_year import DUE_PERIOD, GRACE_PERIOD, YEAR
from members.states import MembershipStatus

HEIGHT = 180
# So many years are counted by one query: a database has a limit, and somebody may have typed the year 0202.
YEARS_AT_ONCE = 100
# Above this number of columns only some have a label, because years would overlap on a phone.
MAX_LABELS = 8


@dataclass(frozen=True)
class ChartColumn:
    """The column of a year. `x`, `width` and `middle` are percentages of the width of the chart; heights are pixels."""

    label: str
    number: int
    is_reported: bool
    x: str
    width: str
    middle: str
    height: int
    has_label: bool

    @property
    def y(self) -> int:
        return HEIGHT - self.height + 24

    @property
    def number_y(self) -> int:
        return self.y - 7


@dataclass(frozen=True)
class Growth:
    """Numbers by year, the current year as of today. `unknown` is the number of members of today whose start is unknown."""

    years: list[tuple[int, int]]
    unknown: int
    reported: list[KnownSize] = field(default_factory=list)

    @property
    def columns(self) -> list[ChartColumn]:
        """The columns by year, reported before recorded numbers. Reports without a year are left out."""
        rows = [(size.year, False, size.members) for size in self.reported if size.year is not None]
        rows = sorted(rows + [(year, True, number) for year, number in self.years])
        largest = max((number for _year, _recorded, number in rows), default=0) or 1
        step = 100 / max(len(rows), 6)
        label_every = -(-len(rows) // MAX_LABELS)
        return [
            ChartColumn(
                label=str(year),
                number=number,
                is_reported=not is_recorded,
                x=f"{position * step + step * 0.12:.2f}%",
                width=f"{step * 0.76:.2f}%",
                middle=f"{(position + 0.5) * step:.2f}%",
                height=max(4, round(number / largest * HEIGHT)) if number else 2,
                has_label=(len(rows) - 1 - position) % label_every == 0,
            )
            for position, (year, is_recorded, number) in enumerate(rows)
        ]

    @property
    def height(self) -> int:
        return HEIGHT + 48


def growth(on: date) -> Growth:
    """Return the growth until a day. The numbers are counted once and kept until the content changes."""
    years, unknown = cached_until_change(f"growth:{on}", lambda: _count(on))
    return Growth(years, unknown, list(KnownSize.objects.all()))


def _count(on: date) -> tuple[list[tuple[int, int]], int]:
    """The number of organisations at the end of each year, and of those of today whose start is unknown. Each counts once a year."""
    begun, unknown = Membership.objects.exclude(since__gt=on), Membership.objects.on(on).filter(since=None)
    dormant = Membership.objects.with_status(MembershipStatus.DORMANT, on)
    unknown = unknown.exclude(pk__in=dormant.values("pk"))
    first = begun.aggregate(first=Min("since"))["first"]
    if first is None:
        return [], _organisations(unknown)
    ends = [(year, min(date(year, 12, 31), on)) for year in range(first.year, on.year + 1)]
    dated = begun.with_last_confirmed()
    counted: dict[str, int] = {}
    for start in range(0, len(ends), YEARS_AT_ONCE):
        some = ends[start : start + YEARS_AT_ONCE]
        counted |= dated.aggregate(**{f"in_{year}": Count("organisation", distinct=True, filter=_lasting(day, on)) for year, day in some})
    years = [(year, counted[f"in_{year}"]) for year, _day in ends]
    undated = _organisations(unknown.exclude(organisation__in=dated.filter(_lasting(on, on)).values("organisation")))
    years[-1] = (on.year, years[-1][1] + undated)
    return years, undated


def _lasting(day: date, on: date) -> Q:
    """The memberships that had begun on that day, were not over, and not hidden as dormant, as far as is known on the day `on`."""
    hidden = DUE_PERIOD + GRACE_PERIOD
    is_dormant = Q(last_confirmed__lte=on - YEAR, asked_about=F("last_confirmed"), asked_on__lte=on - hidden) & ~Q(until__lt=on)
    return Q(since__lte=day) & ~Q(until__lt=day) & ~(is_dormant & Q(asked_on__lte=day - hidden))


def _organisations(rows: QuerySet[Membership]) -> int:
    return rows.aggregate(number=Count("organisation", distinct=True))["number"]
