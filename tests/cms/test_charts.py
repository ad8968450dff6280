"""Bars and dots: the picture says what the numbers say."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.charts import COLUMNS, PITCH, RADIUS, ROWS, bar_chart, dot_field


def area(dots: list[Any]) -> float:
    """The coloured area in dots: each counts by its area, as the eye counts it."""
    return sum((dot.r / RADIUS) ** 2 for dot in dots)


@pytest.mark.parametrize("value", ["0", "0.35", "0.74", "1", "1.79", "4.45", "8.6", "1000"])
def test_the_coloured_area_is_the_number(value: str) -> None:
    assert area(dot_field(Decimal(value))) == pytest.approx(float(value), abs=0.02)


@given(st.floats(min_value=0, max_value=1000))
def test_dots_stay_in_the_field_and_never_share_a_place(value: float) -> None:
    dots = dot_field(value)
    assert len({(dot.x, dot.y) for dot in dots}) == len(dots)
    assert all(0 < dot.x < COLUMNS * PITCH and 0 < dot.y < ROWS * PITCH for dot in dots)


def test_more_than_a_thousand_is_a_full_field() -> None:
    assert len(dot_field(5000)) == 1000


def test_the_longest_bar_or_threshold_fills_the_chart() -> None:
    rows = [{"label": "Netherlands", "value": Decimal("8.6")}, {"label": "Malawi", "value": Decimal("0.35")}]
    chart = bar_chart(rows, Decimal("4.45"))
    assert [bar.width for bar in chart.bars] == ["100.00%", "4.07%"]
    assert chart.threshold_at == "51.74%"
    assert [bar.reaches for bar in chart.bars] == [True, False]
    assert bar_chart(rows[1:], Decimal("4.45")).threshold_at == "100.00%"


def test_an_unfinished_chart_is_drawn_all_the_same() -> None:
    chart = bar_chart([{"label": None, "value": None}, {}])
    assert [bar.width for bar in chart.bars] == ["0.00%", "0.00%"]
    assert chart.threshold_at == ""


def test_a_number_may_be_shown_in_other_words() -> None:
    chart = bar_chart([{"label": "Malawi", "value": Decimal("0.35"), "display": "0.35–0.5"}, {"label": "Kenya", "value": Decimal("10.00")}])
    assert [bar.display for bar in chart.bars] == ["0.35–0.5", "10"]
