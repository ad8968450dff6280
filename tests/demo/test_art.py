"""The pictures of the starting content: complete, the same each time, told apart, and true to the numbers they tell."""

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from cms.share_card import ACCENT
from demo.art import NAMES, draw
from demo.art.canvas import EMBER, MIST, STONE, Canvas, crowd, field

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pictures() -> dict[str, Image.Image]:
    return {name: draw(name) for name in NAMES}


@pytest.fixture
def dots(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What has been set on canvases since: (method, colour) of each dot."""
    told: list[tuple[str, str]] = []
    for method in ("dot", "hollow", "part", "coin"):
        drawn = getattr(Canvas, method)
        colour_at = 3 if method == "coin" else 2

        def recorded(self: Canvas, *args: Any, _drawn=drawn, _method=method, _at=colour_at, **kwargs: Any) -> None:
            told.append((_method, args[_at]))
            _drawn(self, *args, **kwargs)

        monkeypatch.setattr(Canvas, method, recorded)
    return told


def test_every_picture_is_wide_and_opaque(pictures):
    assert len(NAMES) == 16
    for name, picture in pictures.items():
        assert (picture.size, picture.mode) == ((1600, 900), "RGB"), name


def test_a_picture_is_the_same_each_time(pictures):
    for name in ("pandemic-mobility", "open-letter-137"):
        assert draw(name).tobytes() == pictures[name].tobytes()


def test_no_two_pictures_look_alike_as_thumbnails(pictures):
    small = {name: picture.resize((160, 90)) for name, picture in pictures.items()}
    for one, other in itertools.combinations(NAMES, 2):
        apart = ImageStat.Stat(ImageChops.difference(small[one], small[other]).convert("L"))
        assert apart.mean[0] > 4, (one, other)


def test_a_thumbnail_still_shows_its_subject(pictures):
    for name, picture in pictures.items():
        thumbnail = picture.resize((160, 90), Image.Resampling.LANCZOS).convert("L")
        assert ImageStat.Stat(thumbnail).stddev[0] > 8, name


def test_the_starting_content_asks_only_for_pictures_that_exist():
    asked = {
        name
        for file in (ROOT / "demo/content").rglob("*")
        if file.suffix in (".md", ".yaml")
        for name in re.findall(r"\bart:\s*[\"']?([\w:-]+)", file.read_text(encoding="utf-8"))
    }
    assert {name for name in asked if not name.startswith("portrait:")} <= set(NAMES)


def test_an_unknown_picture_is_refused_by_name():
    for name in ("sunset", "", "portrait:", "portrait"):
        with pytest.raises(ValueError, match=re.escape(f"“{name}”")) as refused:
            draw(name)
        assert "the-money" in str(refused.value)


def test_uganda_is_a_thousand_people_and_three_quarters_of_a_health_worker(dots):
    draw("spotlight-uganda")
    assert dots.count(("dot", MIST)) == 999
    assert dots.count(("part", EMBER)) == 1


def test_a_part_of_a_dot_has_that_share_of_its_area():
    canvas = Canvas("#000000", (220, 220))
    canvas.part((110, 110), 100, "#ff0000", "#0000ff", 0.74)
    red, _, blue = (ImageStat.Stat(band).sum[0] for band in canvas.finish().split())
    assert red / (red + blue) == pytest.approx(0.74, abs=0.01)


def test_the_open_letter_has_137_signatures(dots):
    draw("open-letter-137")
    assert dots.count(("dot", ACCENT)) == 137


def test_there_are_eight_key_messages(dots):
    draw("key-messages")
    assert dots.count(("dot", ACCENT)) == 8


def test_the_review_covers_nine_years(dots):
    draw("reviewing-code")
    assert len(dots) == sum(range(1, 10))
    assert sum(method == "hollow" for method, _ in dots) == 9


def test_the_last_stack_of_money_is_missing(dots):
    draw("the-money")
    assert [method for method, _ in dots if method != "coin"] == ["dot"] * 4 + ["hollow"]


def test_the_calm_field_is_nearly_all_people(dots):
    draw("default")
    assert dots.count(("dot", ACCENT)) == 3
    assert dots.count(("dot", STONE)) > 200


def test_a_portrait_belongs_to_its_seed():
    katie, again, wemos = (draw(f"portrait:{seed}") for seed in ("katie-fox", "katie-fox", "wemos"))
    assert (katie.size, katie.mode) == ((800, 800), "RGB")
    assert katie.tobytes() == again.tobytes() != wemos.tobytes()


def test_a_portrait_stays_within_its_square():
    for seed in range(40):
        picture = draw(f"portrait:{seed}")
        edges = [picture.crop(box) for box in ((0, 0, 800, 8), (0, 792, 800, 800), (0, 0, 8, 800), (792, 0, 800, 800))]
        assert all(len(edge.getcolors() or []) == 1 for edge in edges), seed


def test_a_crowd_has_six_more_in_every_ring():
    assert len(list(crowd((0, 0), 4, 50))) == 1 + 6 + 12 + 18 + 24


def test_a_field_reaches_every_corner():
    points = list(field(64))
    for corner in itertools.product((0, 1600), (0, 900)):
        assert any(abs(x - corner[0]) <= 64 and abs(y - corner[1]) <= 64 for x, y in points)
