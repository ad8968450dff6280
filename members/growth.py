"""How the coalition grew, from the dates of its memberships: at the end of each year so many organisations belonged.

A date that nobody wrote down is told as unknown, and counts in no year. A membership that became dormant counts until then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .membership_year import standing
from .models import Membership
from .states import YearStatus

HEIGHT = 180
# Wider gaps than this many columns, and a phone can no longer show every year: then only some are named.
MOST_NAMED = 10


@dataclass(frozen=True)
class Column:
    """A year with its number. Places are percentages of the width, heights pixels. `is_unknown`: those without a date."""

    label: str
    number: int
    x: str
    width: str
    middle: str
    height: int
    is_named: bool
    is_unknown: bool = False

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

    @property
    def columns(self) -> list[Column]:
        rows = [(str(year), number, False) for year, number in self.years]
        rows += [("?", self.unknown, True)] if self.unknown else []
        largest = max((number for _label, number, _unknown in rows), default=0) or 1
        step = 100 / max(len(rows), 6)
        every = -(-len(rows) // MOST_NAMED)
        return [
            Column(
                label=label,
                number=number,
                x=f"{place * step + step * 0.12:.2f}%",
                width=f"{step * 0.76:.2f}%",
                middle=f"{(place + 0.5) * step:.2f}%",
                height=max(4, round(number / largest * HEIGHT)) if number else 2,
                is_named=is_unknown or (len(self.years) - 1 - place) % every == 0,
                is_unknown=is_unknown,
            )
            for place, (label, number, is_unknown) in enumerate(rows)
        ]

    @property
    def height(self) -> int:
        return HEIGHT + 48


def growth(on: date) -> Growth:
    """One query."""
    fields = ("organisation", "since", "until", "confirmed_on", "recorded_on")
    return counted(Membership.objects.order_by().values_list(*fields), on)


def counted(rows: Iterable[tuple[int, date | None, date | None, date | None, date]], on: date) -> Growth:
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
    return Growth(years, len(unknown - {organisation for organisation, own in spans.items() if any(a <= on <= b for a, b in own)}))
