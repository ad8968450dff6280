"""Drawing the share card, which messengers and social networks show for a shared page: kind, title, logo and name of the site.

Uses Pillow without Django. The same text always gives the same picture, so `fingerprint` can name a cached file.
"""

import hashlib
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont

ACCENT = "#c8381a"
DEEP = "#17343a"
INK = "#1b1f2a"
PAPER = "#faf6ef"
SAND = "#cfc5b4"
QUIET = "#6a6255"  # small print on paper

DESIGN = "1"  # increase it when the look changes, so that cards are drawn again
SIZE = (1200, 630)
MARGIN = 72
TITLE_TOP = 134
TITLE_BOX = (716, 348)
TITLE_SIZES = (104, 92, 80, 72, 64, 58, 52, 46)
MAX_LENGTH = 600  # characters; no card has room for more
ELLIPSIS = "…"

# The logo, a health worker among people, in a square of side 1. static/img/mark.svg has the same measures × 64.
MARK_CORE = 13 / 64
MARK_ORBIT = 25 / 64
MARK_PERSON = 6.2 / 64

Font = ImageFont.FreeTypeFont
Point = tuple[float, float]


def fingerprint(*, title: str, kind: str, site_name: str, domain: str = "") -> str:
    """A short name for the card with this text. It changes with the text and with the design."""
    content = json.dumps([DESIGN, title, kind, site_name, domain])
    return hashlib.sha256(content.encode()).hexdigest()[:20]


def draw_card(*, title: str, kind: str, site_name: str, domain: str = "") -> bytes:
    """A PNG of 1200×630 pixels, usually 15 to 30 kB.

    The title is wrapped, and set smaller until it fits; at the smallest size it is cut with an ellipsis. A character that the typeface
    lacks loses its accents or is left out. If less than half of a title would remain, the name of the site is shown instead.
    """
    site_name, domain, kind = _printable(site_name), _printable(domain), _printable(kind)
    shown = _printable(title)
    if _letters(shown) * 2 < max(1, _letters(title[:MAX_LENGTH])):
        shown = site_name
    card = Image.new("RGB", SIZE, PAPER)
    draw_mark(card, (1168, 315), 760, people=SAND)
    pen = ImageDraw.Draw(card)
    if kind:
        _dots(card, (MARGIN + 11, 87), 22, [(0.5, 0.5)], 0.48, ACCENT)
        _line(pen, (MARGIN + 34, 97), kind, _font("Semibold", 32), ACCENT, TITLE_BOX[0] - 34)
    _title(pen, shown)
    draw_mark(card, (MARGIN + 32, 546), 64)
    name_at = 540 if domain else 556
    _line(pen, (MARGIN + 84, name_at), site_name, _font("Bold", 29), INK, TITLE_BOX[0] - 84)
    _line(pen, (MARGIN + 84, 573), domain, _font("Regular", 26), QUIET, TITLE_BOX[0] - 84)
    return _png(card)


def draw_mark(image: Image.Image, centre: tuple[int, int], side: int, *, people: str = INK) -> None:
    """Draw the logo into `image`: a health worker surrounded by eight people."""
    turns = [math.radians(22.5 + 45 * i) for i in range(8)]
    ring = [(0.5 + MARK_ORBIT * math.cos(turn), 0.5 + MARK_ORBIT * math.sin(turn)) for turn in turns]
    _dots(image, centre, side, ring, MARK_PERSON, people)
    _dots(image, centre, side, [(0.5, 0.5)], MARK_CORE, ACCENT)


def _dots(image: Image.Image, centre: tuple[int, int], side: int, middles: list[Point], radius: float, colour: str) -> None:
    """Draw smooth dots in a square of `side` around `centre`; `middles` and `radius` are fractions of that side."""
    fine = side * 4
    mask = Image.new("L", (fine, fine))
    pen = ImageDraw.Draw(mask)
    for x, y in middles:
        pen.ellipse([v * fine for v in (x - radius, y - radius, x + radius, y + radius)], fill=255)
    image.paste(colour, (centre[0] - side // 2, centre[1] - side // 2), mask.reduce(4))


def _title(pen: ImageDraw.ImageDraw, title: str) -> None:
    width, height = TITLE_BOX
    for size in TITLE_SIZES:
        font, leading = _font("Bold", size), round(size * 1.08)
        room = height // leading
        lines = wrap(title, font, width)
        whole_words = all(font.getlength(word) <= width for word in title.split())
        if len(lines) <= room and whole_words:
            break
    if len(lines) > room:
        lines = [*lines[: room - 1], _shorten(" ".join(lines[room - 1 :]), font, width)]
    else:
        lines = _balance(title, font, width, lines)
    for i, line in enumerate(lines):
        pen.text((MARGIN, TITLE_TOP + i * leading + size * 0.9), line, INK, font, anchor="ls")


def wrap(text: str, font: Font, width: float) -> list[str]:
    """The text in lines of at most `width`. A word that is wider is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".lstrip()
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while font.getlength(line) > width:
            cut = _fitting(line, font, width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line else lines


def _balance(title: str, font: Font, width: float, lines: list[str]) -> list[str]:
    """The same number of lines, more even in length, so that the last is not a single word."""
    narrower = width
    while len(lines) > 1 and narrower > width * 0.6:
        narrower -= 12
        tried = wrap(title, font, narrower)
        if len(tried) > len(lines) or any(font.getlength(word) > narrower for word in title.split()):
            break
        lines = tried
    return lines


def _fitting(text: str, font: Font, width: float) -> int:
    """The number of characters of `text`, at least one, that fit into `width`."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= width else (low, middle - 1)
    return low


def _shorten(text: str, font: Font, width: float) -> str:
    """The text, cut with an ellipsis if it does not fit."""
    if font.getlength(text) <= width:
        return text
    return text[: _fitting(text, font, width - font.getlength(ELLIPSIS))].rstrip(" ,.;:-–—") + ELLIPSIS


def _line(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, font: Font, colour: str, width: float) -> None:
    pen.text(at, _shorten(text, font, width), colour, font, anchor="ls")


_PILED_ACCENTS = re.compile(r"([\u0300-\u036f])[\u0300-\u036f]+")  # they would reach into the line above


def _printable(text: str) -> str:
    """The text on one line, in characters that the typeface has."""
    available = "".join(_available(char) for char in unicodedata.normalize("NFC", text[:MAX_LENGTH]))
    return " ".join(_PILED_ACCENTS.sub(r"\1", available).split())


def _letters(text: str) -> int:
    return sum(char.isalnum() for char in text)


@lru_cache(maxsize=4096)
def _available(char: str) -> str:
    """The character, else the nearest in the typeface (other case, without accents, a hyphen), else ''."""
    category = unicodedata.category(char)
    if char.isspace() or category[0] == "Z":
        return " "
    if category[0] == "C":
        return ""
    for same in (char, char.swapcase()):
        if _has(same):
            return same
    if category == "Pd":
        return "-"
    if hooked := re.match("LATIN (SMALL|CAPITAL) LETTER ([A-Z]) WITH ", unicodedata.name(char, "")):
        return hooked[2].lower() if hooked[1] == "SMALL" else hooked[2]
    return "".join(part for part in unicodedata.normalize("NFKD", char) if part != char and _has(part))


def _has(char: str) -> bool:
    font = _font("Bold", 32)
    if unicodedata.category(char)[0] == "M":  # on its own it would be drawn on a dotted circle
        return "\u0300" <= char <= "\u036f" and font.getlength("o" + char) == font.getlength("o")
    if "\u0590" <= char <= "\u1bff":  # Hebrew to Batak: not in the typeface, though shaping suggests so
        return False
    shape, missing = font.getmask(char), font.getmask("\U0010ffff")
    return shape.getbbox() is not None and (shape.size, bytes(shape)) != (missing.size, bytes(missing))


@lru_cache(maxsize=32)
def _font(weight: str, size: int) -> Font:
    """Source Sans Pro (package font-source-sans-pro, OFL), or Pillow's own typeface where it is not installed."""
    package = find_spec("font_source_sans_pro")
    if package is None or package.origin is None:
        return ImageFont.load_default(size)  # type: ignore[return-value]
    return ImageFont.truetype(Path(package.origin).parent / "files" / f"SourceSansPro-{weight}.ttf", size)


def _png(card: Image.Image) -> bytes:
    palette = Image.new("P", (1, 1))
    palette.putpalette([*ImageColor.getrgb(PAPER), *(tone for ink, n in _INKS for tone in _tones(ink, n))])
    flat = card.quantize(palette=palette, dither=Image.Dither.NONE)
    png = io.BytesIO()
    flat.save(png, "PNG", optimize=True)
    return png.getvalue()


# The number of tones for smoothing each colour; Pillow confuses colours closer than these.
_INKS = ((ACCENT, 14), (INK, 16), (SAND, 4), (QUIET, 8))


def _tones(ink: str, steps: int) -> Iterable[int]:
    """The tones between paper and `ink`, without paper itself, for smooth edges."""
    paper, full = ImageColor.getrgb(PAPER), ImageColor.getrgb(ink)
    for i in range(1, steps + 1):
        yield from (round(a + (b - a) * i / steps) for a, b in zip(paper, full, strict=True))
