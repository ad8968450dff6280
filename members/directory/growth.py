"""The growth of the coalition: reported member counts, and the number of organisations with a membership at the end of each year.

The two are shown apart, because a report cannot be checked. A membership whose start is unknown counts only in the current year, so that
its number agrees with the directory. A dormant membership counts until it became dormant.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from members.models import KnownSize, Membership
from members.models.membership_year import membership_year
from members.states import MembershipStatus

HEIGHT = 180
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
    """Return the growth until a day, with two queries."""
    fields = ("organisation", "since", "until", "confirmed_on", "recorded_on", "asked_on", "asked_about")
    return growth_by_year(Membership.objects.order_by().values_list(*fields), on, KnownSize.objects.all())


def growth_by_year(
    rows: Iterable[tuple[int, date | None, date | None, date | None, date, date | None, date | None]],
    on: date,
    reported: Iterable[KnownSize] = (),
) -> Growth:
    """Compute the growth from rows of the fields that `growth` names. Each organisation counts once a year."""
    spans: dict[int, list[tuple[date, date]]] = {}
    unknown: set[int] = set()
    for organisation, since, until, confirmed_on, recorded_on, asked_on, asked_about in rows:
        current = membership_year(
            since=since,
            until=until,
            confirmed_on=confirmed_on,
            recorded_on=recorded_on,
            on=on,
            asked_on=asked_on,
            asked_about=asked_about,
        )
        if current.status == MembershipStatus.UPCOMING:
            continue
        last = until or date.max
        if current.status == MembershipStatus.DORMANT and current.hidden_on:
            last = min(last, current.hidden_on - timedelta(days=1))
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
