"""How the coalition grew: what it reported of its size, and what the dates of its memberships say.

The two are told apart, for a report cannot be checked: dates say how many organisations belonged at the end of each year. Who belongs
since a day that nobody wrote down is told as unknown and counts today alone, or the column of this year would say less than the
directory. A membership that became dormant counts until then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from members.models import KnownSize, Membership
from members.models.membership_year import standing
from members.states import YearStatus

HEIGHT = 180
# With more columns, the years would run into each other on a phone: then only some are named.
MOST_NAMED = 8


@dataclass(frozen=True)
class Column:
    """A year with its number. Places are percentages of the width, heights pixels."""

    label: str
    number: int
    is_reported: bool
    x: str
    width: str
    middle: str
    height: int
    is_named: bool

    @property
    def y(self) -> int:
        return HEIGHT - self.height + 24

    @property
    def number_y(self) -> int:
        return self.y - 7


@dataclass(frozen=True)
class Growth:
    """`years` and their numbers, the running year as of today; `unknown` is how many belong today since an unknown day."""

    years: list[tuple[int, int]]
    unknown: int
    reported: list[KnownSize] = field(default_factory=list)

    @property
    def columns(self) -> list[Column]:
        """Year by year, what was reported before what is on record. A report without a year has no place here."""
        rows = [(size.year, False, size.members) for size in self.reported if size.year is not None]
        rows = sorted(rows + [(year, True, number) for year, number in self.years])
        largest = max((number for _year, _recorded, number in rows), default=0) or 1
        step = 100 / max(len(rows), 6)
        every = -(-len(rows) // MOST_NAMED)
        return [
            Column(
                label=str(year),
                number=number,
                is_reported=not is_recorded,
                x=f"{place * step + step * 0.12:.2f}%",
                width=f"{step * 0.76:.2f}%",
                middle=f"{(place + 0.5) * step:.2f}%",
                height=max(4, round(number / largest * HEIGHT)) if number else 2,
                is_named=(len(rows) - 1 - place) % every == 0,
            )
            for place, (year, is_recorded, number) in enumerate(rows)
        ]

    @property
    def height(self) -> int:
        return HEIGHT + 48


def growth(on: date) -> Growth:
    """Two queries."""
    fields = ("organisation", "since", "until", "confirmed_on", "recorded_on")
    return counted(Membership.objects.order_by().values_list(*fields), on, KnownSize.objects.all())


def counted(
    rows: Iterable[tuple[int, date | None, date | None, date | None, date]], on: date, reported: Iterable[KnownSize] = ()
) -> Growth:
    """From rows of organisation, since, until, confirmed_on, recorded_on. An organisation counts once, whatever it was at the same time."""
    spans: dict[int, list[tuple[date, date]]] = {}
    unknown: set[int] = set()
    for organisation, since, until, confirmed_on, recorded_on in rows:
        now = standing(since=since, until=until, confirmed_on=confirmed_on, recorded_on=recorded_on, on=on)
        if now.status == YearStatus.UPCOMING:
            continue
        last = until or date.max
        if now.status == YearStatus.DORMANT:
            last = min(last, now.hidden_on - timedelta(days=1))
        if since is None:
            unknown |= {organisation} if last >= on else set()
        else:
            spans.setdefault(organisation, []).append((since, last))
    first = min((since for own in spans.values() for since, _last in own), default=on).year
    ends = [(year, min(date(year, 12, 31), on)) for year in range(first, on.year + 1)] if spans else []
    years = [(year, sum(any(since <= day <= last for since, last in own) for own in spans.values())) for year, day in ends]
    dated = {organisation for organisation, own in spans.items() if any(since <= on <= last for since, last in own)}
    if years:
        years[-1] = (on.year, len(dated | unknown))
    return Growth(years, len(unknown - dated), list(reported))
