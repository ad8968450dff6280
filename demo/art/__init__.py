"""The pictures of the starting content, drawn by code: people are dots, health workers the coloured ones.

Every picture is the same each time it is drawn.
"""

from PIL import Image

from .compositions import PICTURES
from .portraits import draw_portrait

NAMES = tuple(PICTURES)
PORTRAIT = "portrait:"


def draw(name: str) -> Image.Image:
    """The picture called `name`: RGB, 1600×900, or 800×800 for `portrait:<any seed>`.

    Raises ValueError naming the known pictures when there is none of that name.
    """
    if name.startswith(PORTRAIT) and name != PORTRAIT:
        return draw_portrait(name.removeprefix(PORTRAIT))
    if name not in PICTURES:
        raise ValueError(f"There is no picture “{name}”. Known: {', '.join(NAMES)}, {PORTRAIT}<seed>.")
    return PICTURES[name]()
