"""The map of the world as dots, some of them coloured: what its template draws. How the dots were found stands in world_map.json.

No borders are drawn, so none are judged. All land is one picture (static/img/world.svg), the same for every page; the countries to be
seen are drawn over it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PITCH = 10
# A country of fewer dots is easily missed: a ring goes round it.
FEW = 4
RING = 14


@dataclass(frozen=True)
class Spot:
    """A country with its dots as a path of dashes without length, `ring` its middle if it is small. `is_quiet`: observers only."""

    code: str
    path: str
    ring: tuple[int, int] | None
    is_quiet: bool


@dataclass(frozen=True)
class World:
    width: int
    height: int
    runs: Mapping[str, tuple[tuple[int, int, int], ...]]
    places: Mapping[str, tuple[int, int]]


@cache
def world() -> World:
    """The dots of each country as (column, row, length), and for countries without one where they are."""
    raw = json.loads((Path(__file__).parent / "world_map.json").read_text())
    runs = {code: tuple(_run(run) for run in text.split()) for code, text in raw["dots"].items()}
    places = {code: (x, y) for code, (x, y) in raw["places"].items()}
    return World(raw["columns"] * PITCH, raw["rows"] * PITCH, runs, places)


def _run(text: str) -> tuple[int, int, int]:
    column, row, *length = map(int, text.split(","))
    return column, row, length[0] if length else 1


def path(runs: Mapping[str, tuple[tuple[int, int, int], ...]] | None = None) -> str:
    """All land in one path, or that of these runs: each dot the round cap of a dash."""
    cells = {(column + step, row) for own in (runs or world().runs).values() for column, row, length in own for step in range(length)}
    drawn = []
    for column, row in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        if (column - 1, row) not in cells:
            length = 1
            while (column + length, row) in cells:
                length += 1
            drawn.append(f"M{column * PITCH + 5} {row * PITCH + 5}h{(length - 1) * PITCH}.1")
    return "".join(drawn)


def spots(quiet: Mapping[str, bool]) -> list[Spot]:
    """What to draw for these countries; those that the map does not know (Antarctica) are left out."""
    return [spot for code, is_quiet in sorted(quiet.items()) if (spot := _spot(code, is_quiet))]


def _spot(code: str, is_quiet: bool) -> Spot | None:
    runs = world().runs.get(code)
    if runs is None:
        place = world().places.get(code)
        return Spot(code, f"M{place[0]} {place[1]}h.1", place, is_quiet) if place else None
    dots = [(column + step, row) for column, row, length in runs for step in range(length)]
    middle = tuple(round(sum(dot[axis] for dot in dots) * PITCH / len(dots)) + 5 for axis in (0, 1))
    return Spot(code, path({code: runs}), (middle[0], middle[1]) if len(dots) < FEW else None, is_quiet)
