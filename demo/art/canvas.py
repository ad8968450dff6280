"""The vocabulary of the pictures: people are dots, health workers are the coloured ones.

Lengths are pixels of the finished picture, angles are degrees clockwise from three o'clock. Dots are pasted
from cached smooth masks onto a canvas of twice the size, so that a thousand of them cost a few milliseconds.
"""

import math
from collections.abc import Iterator
from functools import lru_cache

from PIL import Image, ImageColor, ImageDraw

LINEN = "#f3ece0"  # paper, one shade down: a picture keeps its edge on the paper-coloured page
STONE = "#c9bda8"  # people on linen
APRICOT = "#f3d9c6"
CLAY = "#dcb399"  # people on apricot
SLATE = "#45646a"  # people on a dark ground, far away
MIST = "#a9b8b3"  # people on a dark ground, near
EMBER = "#e9552f"  # the accent, as bright on a dark ground as it is on paper

WIDE = (1600, 900)
SCALE = 2

Point = tuple[float, float]


@lru_cache(maxsize=512)
def _disc(radius: int, hole: int) -> Image.Image:
    """A smooth mask, in canvas pixels, of a disc of `radius` with a hole of radius `hole` (0: none)."""
    finer = 4 if radius < 160 else 2
    side = (2 * radius + 2) * finer
    mask = Image.new("L", (side, side))
    pen = ImageDraw.Draw(mask)
    for size, tone in ((radius, 255), (hole, 0)):
        if size > 0:
            edge = (radius + 1 - size) * finer
            pen.ellipse((edge, edge, side - 1 - edge, side - 1 - edge), fill=tone)
    return mask.reduce(finer)


class Canvas:
    """A sheet of one ground colour to set dots on; `finish()` returns the picture."""

    def __init__(self, ground: str, size: tuple[int, int] = WIDE) -> None:
        self._image = Image.new("RGB", (size[0] * SCALE, size[1] * SCALE), ground)
        self._pen = ImageDraw.Draw(self._image)

    def dot(self, at: Point, radius: float, colour: str) -> None:
        self._paste(at, _disc(max(1, round(radius * SCALE)), 0), colour)

    def hollow(self, at: Point, radius: float, colour: str, line: float = 4) -> None:
        """A dot that is missing: its outline, inside `radius`."""
        outer = max(2, round(radius * SCALE))
        self._paste(at, _disc(outer, max(1, outer - round(line * SCALE))), colour)

    def part(self, at: Point, radius: float, colour: str, rest: str, share: float) -> None:
        """A dot of which `share` of the area, from the bottom up, is coloured."""
        mask = _disc(round(radius * SCALE), 0).copy()
        top = round(mask.height * (1 - _level(share)))
        self._paste(at, mask, rest)
        mask.paste(0, (0, 0, mask.width, top))
        self._paste(at, mask, colour)

    def two_tone(self, at: Point, radius: float, line: float, left: str, right: str) -> None:
        """A dot that changes colour where it crosses the upright `line`."""
        mask = _disc(round(radius * SCALE), 0)
        cut = min(max(round((line - at[0]) * SCALE + mask.width / 2), 0), mask.width)
        for colour, from_x, to_x in ((left, 0, cut), (right, cut, mask.width)):
            half = Image.new("L", mask.size)
            half.paste(mask.crop((from_x, 0, to_x, mask.height)), (from_x, 0))
            self._paste(at, half, colour)

    def block(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        self._pen.rectangle([v * SCALE for v in (left, top, right, bottom)], fill=colour)

    def coin(self, at: Point, width: float, height: float, colour: str, *, hollow: bool = False) -> None:
        """A coin seen from the side; hollow when it is missing."""
        box = [v * SCALE for v in (at[0] - width / 2, at[1] - height / 2, at[0] + width / 2, at[1] + height / 2)]
        style = {"outline": colour, "width": 3 * SCALE} if hollow else {"fill": colour}
        self._pen.rounded_rectangle(box, height / 2 * SCALE, **style)

    def finish(self) -> Image.Image:
        return self._image.reduce(SCALE)

    def _paste(self, at: Point, mask: Image.Image, colour: str) -> None:
        corner = (round(at[0] * SCALE - mask.width / 2), round(at[1] * SCALE - mask.height / 2))
        self._image.paste(colour, corner, mask)


def _level(share: float) -> float:
    """How high, of the whole height, to fill a disc so that `share` of its area is covered."""
    low, high = 0.0, 1.0
    for _ in range(30):
        h = (low + high) / 2
        t = math.acos(1 - 2 * h)
        low, high = (h, high) if (t - math.sin(t) * math.cos(t)) / math.pi < share else (low, h)
    return low


def rank(start: Point, count: int, step: float) -> Iterator[Point]:
    """`count` points in a row, the first at `start`."""
    for i in range(count):
        yield start[0] + i * step, start[1]


def grid(centre: Point, columns: int, rows: int, step: float) -> Iterator[Point]:
    """A square grid around `centre`, row by row."""
    left, top = centre[0] - (columns - 1) * step / 2, centre[1] - (rows - 1) * step / 2
    for row in range(rows):
        yield from rank((left, top + row * step), columns, step)


def field(step: float) -> Iterator[Point]:
    """Points like cells of a honeycomb over the whole sheet and a little beyond, row by row."""
    rise = step * math.sqrt(3) / 2
    rows = math.ceil(WIDE[1] / rise / 2)
    columns = math.ceil(WIDE[0] / step / 2) + 1
    for row in range(-rows, rows + 1):
        shift = step / 2 if row % 2 else 0
        for column in range(-columns, columns + 1):
            yield WIDE[0] / 2 + column * step + shift, WIDE[1] / 2 + row * rise


def polar(centre: Point, radius: float, angle: float) -> Point:
    turn = math.radians(angle)
    return centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)


def arc(centre: Point, radius: float, start: float, end: float, count: int) -> Iterator[Point]:
    """`count` points evenly along a part of a circle, both ends included; a full turn does not repeat its first."""
    gaps = count if (end - start) % 360 == 0 else count - 1
    for i in range(count):
        yield polar(centre, radius, start + (end - start) * i / max(1, gaps))


def crowd(centre: Point, rings: int, step: float) -> Iterator[Point]:
    """A round crowd: one in the middle, then rings of 6, 12, 18 ... people, `step` apart."""
    yield centre
    for ring in range(1, rings + 1):
        yield from arc(centre, ring * step, -90, 270, 6 * ring)


def curve(start: Point, bend: Point, end: Point, count: int) -> Iterator[Point]:
    """`count` points along a quadratic Bézier curve, without its two ends."""
    for i in range(1, count + 1):
        t = i / (count + 1)
        yield (
            (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * bend[0] + t * t * end[0],
            (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * bend[1] + t * t * end[1],
        )


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0-1) of `other` in it."""
    pairs = zip(ImageColor.getrgb(colour), ImageColor.getrgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
