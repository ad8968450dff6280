"""The share card holds any words in any script, within its room; the brand's files match the mark it draws."""

import io
import itertools
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from cms import share_card
from cms.share_card import MARGIN, TITLE_BOX, TITLE_TOP, draw_card, fingerprint, wrap
from tests.template_database import ROOT

IMAGES = ROOT / "static/img"
SITE = "Health Workers for All Coalition"
LONG = "Investing in the health workforce? Enough with the cheap talk, come up with the money! "
FAR_WORDS = [
    LONG * 8,
    "W" * 5000,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 3,
    "Z" + "\u0301\u0327\u0330" * 60 + " piled high",
    "  \t\n ",
    "\ud800 lone surrogate \x00 and NUL",
    "👩🏽‍⚕️🩺",
    "\u202eright to left override",
    "",
]


def card(title: str, *, kind: str = "Opinion", site_name: str = SITE, domain: str = "example.org") -> Image.Image:
    return Image.open(io.BytesIO(draw_card(title=title, kind=kind, site_name=site_name, domain=domain)))


def ink(picture: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether something as dark as a letter stands in this part of the picture."""
    darkest = picture.convert("L").crop(box).getextrema()[0]
    return isinstance(darkest, int) and darkest < 70


def test_a_card_is_a_small_png_of_the_size_networks_expect():
    drawn = draw_card(title=LONG, kind="Opinion", site_name=SITE, domain="example.org")
    picture = Image.open(io.BytesIO(drawn))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(drawn) < 40_000


def test_flat_colours_stay_exact():
    picture = card("Our goals").convert("RGB")
    assert picture.getpixel((4, 4)) == (0xFA, 0xF6, 0xEF)
    assert picture.getpixel((1150, 315)) == (0xC8, 0x38, 0x1A)


def test_the_same_words_give_the_same_bytes():
    assert card("Our goals").tobytes() == card("Our goals").tobytes() != card("Our goal").tobytes()


@pytest.mark.parametrize("words", FAR_WORDS, ids=range(len(FAR_WORDS)))
def test_words_stay_in_their_room(words):
    picture = card(words, kind=words, site_name=words, domain=words)
    right, foot = MARGIN + TITLE_BOX[0] + 3, TITLE_TOP + TITLE_BOX[1]
    assert not ink(picture, (0, 0, MARGIN - 12, 630))
    assert not ink(picture, (right, 0, 1200, 630))
    assert not ink(picture, (0, foot + 16, 1200, 512))


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=200), st.text(max_size=40))
@example("\ud83d", "\udc00")
@example("\u0301" * 30, "\ufeff")
def test_no_words_break_a_card(title, kind):
    assert card(title, kind=kind).size == (1200, 630)


def test_european_and_african_letters_are_shown_as_they_are():
    for words in ("Médecins Sans Frontières", "Łódź Škoda őűțșğı", "ŋɛɔɗ Ŋ", "Ελληνικά", "Здоров’я", "“€ – …”"):
        assert share_card._printable(words) == words


def test_what_the_typeface_lacks_is_made_plain_or_left_out():
    assert share_card._printable("ＷＨＯ\u2011led\u2009care, Ɛʋe, Ƙano") == "WHO-led care, ɛʋe, Kano"
    assert share_card._printable("שָׁלוֹם กำ care") == "care"
    assert share_card._printable("carers 👩🏽‍⚕️ first\u200b") == "carers first"


def test_a_title_in_another_script_gives_way_to_the_name_of_the_site():
    assert card("السلام عليكم 2021").tobytes() == card(SITE).tobytes() == card("").tobytes()
    assert card("WHO 世界").tobytes() == card("WHO").tobytes()


def test_lines_are_measured_not_counted():
    font = ImageFont.load_default(40)
    lines = wrap(LONG + "W" * 80, font, 500)
    assert all(font.getlength(line) <= 500 for line in lines)
    assert "".join(lines).replace(" ", "") == (LONG + "W" * 80).replace(" ", "")
    assert wrap(" ", font, 500) == []


def test_a_letter_wider_than_the_line_does_not_loop():
    assert wrap("WWW", ImageFont.load_default(40), 1) == ["W", "W", "W"]


def test_no_word_is_left_alone_in_the_last_line():
    font = ImageFont.load_default(40)
    greedy = wrap("Care for those who care for all of us now", font, 700)
    even = share_card._balance("Care for those who care for all of us now", font, 700, greedy)
    widths = [font.getlength(line) for line in even]
    assert len(even) == len(greedy) == 2
    assert min(widths) / max(widths) > 0.7


def test_a_shortened_line_ends_in_an_ellipsis_without_a_stray_comma():
    font = ImageFont.load_default(40)
    width = font.getlength("Nurses,…") + 1
    assert share_card._shorten("Nurses, midwives", font, width) == "Nurses…"
    assert share_card._shorten("Nurses", font, width) == "Nurses"


def test_a_card_is_drawn_without_the_font_package_too(monkeypatch):
    caches = (share_card._font, share_card._available)
    monkeypatch.setattr(share_card, "find_spec", lambda name: None)
    for cache in caches:
        cache.cache_clear()
    try:
        assert ink(card("Équité"), (MARGIN, TITLE_TOP, MARGIN + 300, TITLE_TOP + 120))
    finally:
        for cache in caches:
            cache.cache_clear()


def test_a_fingerprint_tells_words_and_designs_apart(monkeypatch):
    words = {"title": "a", "kind": "b", "site_name": "c", "domain": "d"}
    prints = [fingerprint(**words), *(fingerprint(**{**words, name: "\ud800"}) for name in words)]
    prints.append(fingerprint(**{**words, "title": "ab", "kind": ""}))
    monkeypatch.setattr(share_card, "DESIGN", "next")
    prints.append(fingerprint(**words))
    assert len(set(prints)) == len(prints)
    assert all(re.fullmatch(r"[0-9a-f]{20}", told) for told in prints)


@pytest.mark.parametrize("name", ["mark.svg", "mark-mono.svg", "favicon.svg", "wordmark.svg"])
def test_the_drawn_brand_has_the_measures_of_the_mark(name):
    source = (IMAGES / name).read_text(encoding="utf-8")
    circles = list(ET.fromstring(source).iter("{http://www.w3.org/2000/svg}circle"))
    middles = [(float(c.attrib["cx"]) / 64, float(c.attrib["cy"]) / 64) for c in circles]
    radii = sorted(float(c.attrib["r"]) / 64 for c in circles)
    assert radii == pytest.approx([share_card.MARK_PERSON] * 8 + [share_card.MARK_CORE])
    for x, y in middles:
        away = ((x - 0.5) ** 2 + (y - 0.5) ** 2) ** 0.5
        assert away == pytest.approx(0, abs=1e-3) or away == pytest.approx(share_card.MARK_ORBIT, abs=1e-3)
    assert "<text" not in source
    assert "href" not in source


def test_the_mark_of_one_colour_takes_the_colour_of_the_text():
    assert set(re.findall(r'fill="([^"]+)"', (IMAGES / "mark-mono.svg").read_text(encoding="utf-8"))) == {"currentColor"}


@pytest.mark.parametrize(("name", "side"), [("apple-touch-icon.png", 180), ("icon-192.png", 192), ("icon-512.png", 512)])
def test_icons_are_square_opaque_and_safe_to_mask(name, side):
    with Image.open(IMAGES / name) as icon:
        assert icon.size == (side, side)
        picture = icon.convert("RGBA")
    paper = picture.getpixel((0, 0))
    assert paper == (0xFA, 0xF6, 0xEF, 0xFF)
    for x, y in itertools.product(range(0, side, 3), repeat=2):
        if (x - side / 2) ** 2 + (y - side / 2) ** 2 > (side * 0.4) ** 2:  # a launcher may cut all but this circle
            assert picture.getpixel((x, y)) == paper, (x, y)


def test_the_old_icon_holds_the_three_usual_sizes():
    with Image.open(IMAGES / "favicon.ico") as icon:
        assert set(icon.info["sizes"]) == {(16, 16), (32, 32), (48, 48)}
    assert (IMAGES / "favicon.ico").stat().st_size < 4096
