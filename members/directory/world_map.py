"""The world map made of dots. The origin of the dots is described in world_map.json.

It draws no borders, so it takes no side on any. Land and countries are one picture, static/img/world.svg; pages refer to a country in it
by its code and colour it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DOT_DISTANCE = 10
# A country with fewer dots is easily missed, so it gets a ring.
MIN_DOTS = 4
RING_RADIUS = 16
MARGIN = RING_RADIUS + 4


@dataclass(frozen=True)
class World:
    """The dots of each country as runs (column, row, length), and the position (x, y) of countries too small for a dot."""

    left: int
    width: int
    height: int
    runs: Mapping[str, tuple[tuple[int, int, int], ...]]
    positions: Mapping[str, tuple[int, int]]

    @property
    def view_box(self) -> str:
        return f"{self.left} 0 {self.width} {self.height}"

    def has(self, code: str) -> bool:
        """Whether the country is on the map; Antarctica is not."""
        return code in self.runs or code in self.positions


@cache
def world() -> World:
    """Load the map, once."""
    raw = json.loads((Path(__file__).parent / "world_map.json").read_text())
    runs = {code: tuple(_run(run) for run in text.split()) for code, text in raw["dots"].items()}
    positions = {code: (x, y) for code, (x, y) in raw["places"].items()}
    # Pacific islands lie beyond the last land with a dot.
    xs = [x for x, _y in positions.values()]
    left, right = min(0, min(xs) - MARGIN), max(raw["columns"] * DOT_DISTANCE, max(xs) + MARGIN)
    return World(left, right - left, raw["rows"] * DOT_DISTANCE, runs, positions)


def _run(text: str) -> tuple[int, int, int]:
    column, row, *length = map(int, text.split(","))
    return column, row, length[0] if length else 1


def world_svg() -> str:
    """Return the file static/img/world.svg: `#land`, and each country with its code as id."""
    all_runs = [run for runs in world().runs.values() for run in runs]
    countries = {code: _country(runs) for code, runs in world().runs.items()} | {
        code: _small_country(*at) for code, at in world().positions.items()
    }
    symbols = "".join(f'<g id="{code}">{drawn}</g>' for code, drawn in sorted(countries.items()))
    # Equally thick on a phone and on a wide screen, or it would be invisible on the phone.
    ring = f'<circle id="ring" r="{RING_RADIUS}" stroke-width="1.2" vector-effect="non-scaling-stroke" stroke-dasharray="none"/>'
    look = 'fill="none" stroke="#cfc5b4" stroke-width="6" stroke-linecap="round" stroke-dasharray="0 10"'
    land = f'<path id="land" d="{_path(all_runs)}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{world().view_box}" {look}>{land}<defs>{ring}{symbols}</defs></svg>\n'


def _country(runs: Iterable[tuple[int, int, int]]) -> str:
    dots = [(column + step, row) for column, row, length in runs for step in range(length)]
    middle = [round(sum(dot[axis] for dot in dots) * DOT_DISTANCE / len(dots)) + DOT_DISTANCE // 2 for axis in (0, 1)]
    return f'<path d="{_path(runs)}"/>' + (_ring(*middle) if len(dots) < MIN_DOTS else "")


def _small_country(x: int, y: int) -> str:
    return f'<path d="M{x} {y}h.1"/>{_ring(x, y)}'


def _ring(x: int, y: int) -> str:
    return f'<use href="#ring" x="{x}" y="{y}"/>'


def _path(runs: Iterable[tuple[int, int, int]]) -> str:
    """Return runs as dashes of zero length: each dot is the round cap of a dash."""
    cells = {(column + step, row) for column, row, length in runs for step in range(length)}
    drawn = []
    for column, row in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        if (column - 1, row) not in cells:
            length = 1
            while (column + length, row) in cells:
                length += 1
            drawn.append(f"M{column * DOT_DISTANCE + 5} {row * DOT_DISTANCE + 5}h{(length - 1) * DOT_DISTANCE}.1")
    return "".join(drawn)
