"""Portraits for authors without a photograph: a rosette of dots, the same for the same seed, never a face."""

import math
from random import Random

from PIL import Image

from cms.share_card import ACCENT, DEEP

from .canvas import APRICOT, CLAY, EMBER, LINEN, MIST, SLATE, STONE, Canvas, arc

SQUARE = (800, 800)
SCHEMES = (  # ground, health worker, people
    (LINEN, ACCENT, STONE),
    (LINEN, ACCENT, DEEP),
    (DEEP, EMBER, MIST),
    (DEEP, EMBER, SLATE),
    (APRICOT, ACCENT, CLAY),
    (APRICOT, ACCENT, DEEP),
)


def draw_portrait(seed: str) -> Image.Image:
    """One health worker amid three rings of people; colours, numbers and rhythm follow from the seed."""
    rng = Random(seed)
    ground, accent, people = rng.choice(SCHEMES)
    canvas = Canvas(ground, SQUARE)
    centre = (400, 400)
    core, per_ring = rng.uniform(74, 104), rng.choice((5, 6, 7))
    folds, depth = rng.choice((0, 1, 3, 4, 5)), rng.uniform(0.25, 0.6)
    start, twist = rng.uniform(0, 360), rng.choice((-12, 0, 12, 20))
    canvas.dot(centre, core, accent)
    for ring in range(3):
        radius = core + 70 + ring * 82
        count = per_ring * (ring + 2)
        largest = min(34, math.pi * radius / count - 4)
        for i, at in enumerate(arc(centre, radius, start + ring * twist, start + ring * twist + 360, count)):
            swell = 1 - depth / 2 + depth / 2 * math.cos(folds * math.tau * i / count)
            canvas.dot(at, largest * swell, people)
    return canvas.finish()
