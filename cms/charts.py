"""Charts drawn on the server: positions and sizes of bars and dots for their templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

COLUMNS, ROWS = 40, 25
PITCH = 10
RADIUS = 6.5
ROW_HEIGHT = 56
STEP = 619  # near the golden section of 1,000, and coprime to 1,000, so that no position repeats


@dataclass(frozen=True)
class Bar:
    """A bar: its label, its number as shown, its width as a percentage ('43.21%'), and whether it reaches the threshold."""

    label: str
    display: str
    width: str
    reaches: bool
    row: int

    @property
    def label_y(self) -> int:
        return self.row * ROW_HEIGHT + 14

    @property
    def y(self) -> int:
        return self.row * ROW_HEIGHT + 22


@dataclass(frozen=True)
class BarChart:
    """Bars on one scale, and the position of the threshold line ('' for none)."""

    bars: list[Bar]
    threshold_at: str

    @property
    def rule_end(self) -> int:
        return len(self.bars) * ROW_HEIGHT

    @property
    def height(self) -> int:
        return self.rule_end + (28 if self.threshold_at else 0)


def bar_chart(rows: Iterable[Mapping[str, Any]], threshold: Decimal | None = None) -> BarChart:
    """Bars scaled so that the largest number or the threshold is 100 %. Rows without a number count as 0."""
    rows = list(rows)
    largest = max([_number(row) for row in rows] + [Decimal(threshold or 0)]) or Decimal(1)
    drawn = [
        Bar(
            label=row.get("label") or "",
            display=row.get("display") or f"{_number(row).normalize():f}",
            width=f"{_number(row) / largest * 100:.2f}%",
            reaches=bool(threshold) and _number(row) >= Decimal(threshold or 0),
            row=position,
        )
        for position, row in enumerate(rows)
    ]
    return BarChart(drawn, f"{Decimal(threshold) / largest * 100:.2f}%" if threshold else "")


def _number(row: Mapping[str, Any]) -> Decimal:
    return Decimal(row.get("value") or 0)


# All 1,000 dots as one SVG path: each row is a line with dashes of length zero, so that only their round caps are drawn.
CROWD = "".join(f"M{PITCH // 2} {row * PITCH + PITCH // 2}h{(COLUMNS - 1) * PITCH}.1" for row in range(ROWS))


@dataclass(frozen=True)
class Dot:
    """A coloured dot: its centre and radius in units of the field."""

    x: float
    y: float
    r: float


def dot_field(per_thousand: Decimal | float) -> list[Dot]:
    """The coloured dots of a field of 1,000 (40 × 25), spread evenly. The area of a last, smaller dot represents the fraction.

    The dots are a constant step apart, so that a few of them look like a few people in a crowd.
    """
    count = min(float(per_thousand), 1000.0)
    dots = []
    for index in range(ceil(count)):
        position = (309 + index * STEP) % 1000
        share = min(1.0, count - index)
        dots.append(Dot(position % COLUMNS * PITCH + PITCH / 2, position // COLUMNS * PITCH + PITCH / 2, round(RADIUS * share**0.5, 2)))
    return dots
