"""The map of the world as dots, some of them coloured: what its template draws. How the dots were found stands in world_map.json.

No borders are drawn, so none are judged. The land and the dots of each country are one picture (static/img/world.svg), the same for
every page, which refers to the countries to be seen by their codes and gives them their colour.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PITCH = 10
# A country of fewer dots is easily missed: a ring goes round it.
FEW = 4
RING = 16
ROOM = RING + 4


@dataclass(frozen=True)
class World:
    """The dots of each country as (column, row, length), and for countries without one where they are; `box` is the SVG's viewBox."""

    left: int
    width: int
    height: int
    runs: Mapping[str, tuple[tuple[int, int, int], ...]]
    places: Mapping[str, tuple[int, int]]

    @property
    def box(self) -> str:
        return f"{self.left} 0 {self.width} {self.height}"

    def has(self, code: str) -> bool:
        """Whether the map knows the country; Antarctica, for one, it does not."""
        return code in self.runs or code in self.places


@cache
def world() -> World:
    raw = json.loads((Path(__file__).parent / "world_map.json").read_text())
    runs = {code: tuple(_run(run) for run in text.split()) for code, text in raw["dots"].items()}
    places = {code: (x, y) for code, (x, y) in raw["places"].items()}
    # The islands of the Pacific lie beyond the last land that has a dot.
    across = [x for x, _y in places.values()]
    left, right = min(0, min(across) - ROOM), max(raw["columns"] * PITCH, max(across) + ROOM)
    return World(left, right - left, raw["rows"] * PITCH, runs, places)


def _run(text: str) -> tuple[int, int, int]:
    column, row, *length = map(int, text.split(","))
    return column, row, length[0] if length else 1


def picture() -> str:
    """The file static/img/world.svg: `#land`, and each country under its code."""
    all_runs = [run for runs in world().runs.values() for run in runs]
    countries = {code: _country(runs) for code, runs in world().runs.items()} | {code: _place(*at) for code, at in world().places.items()}
    symbols = "".join(f'<g id="{code}">{drawn}</g>' for code, drawn in sorted(countries.items()))
    # As thick on a phone as on a wide screen, or it would be lost there.
    ring = f'<circle id="ring" r="{RING}" stroke-width="1.2" vector-effect="non-scaling-stroke" stroke-dasharray="none"/>'
    look = 'fill="none" stroke="#cfc5b4" stroke-width="6" stroke-linecap="round" stroke-dasharray="0 10"'
    land = f'<path id="land" d="{_path(all_runs)}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{world().box}" {look}>{land}<defs>{ring}{symbols}</defs></svg>\n'


def _country(runs: Iterable[tuple[int, int, int]]) -> str:
    dots = [(column + step, row) for column, row, length in runs for step in range(length)]
    middle = [round(sum(dot[axis] for dot in dots) * PITCH / len(dots)) + PITCH // 2 for axis in (0, 1)]
    return f'<path d="{_path(runs)}"/>' + (_ring(*middle) if len(dots) < FEW else "")


def _place(x: int, y: int) -> str:
    return f'<path d="M{x} {y}h.1"/>{_ring(x, y)}'


def _ring(x: int, y: int) -> str:
    return f'<use href="#ring" x="{x}" y="{y}"/>'


def _path(runs: Iterable[tuple[int, int, int]]) -> str:
    """These runs as dashes without length: each dot is the round cap of one."""
    cells = {(column + step, row) for column, row, length in runs for step in range(length)}
    drawn = []
    for column, row in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        if (column - 1, row) not in cells:
            length = 1
            while (column + length, row) in cells:
                length += 1
            drawn.append(f"M{column * PITCH + 5} {row * PITCH + 5}h{(length - 1) * PITCH}.1")
    return "".join(drawn)
