"""The lead pictures, one function each. Every one says what its post says, in dots."""

import math
from collections.abc import Callable
from random import Random

from PIL import Image

from cms.share_card import ACCENT, DEEP, INK, PAPER

from .canvas import APRICOT, CLAY, EMBER, LINEN, MIST, SLATE, STONE, Canvas, Point, arc, crowd, curve, field, grid, mix, polar, rank

PICTURES: dict[str, Callable[[], Image.Image]] = {}

MIDDLE: Point = (800, 450)


def picture(ground: str) -> Callable[[Callable[[Canvas], None]], Callable[[], Image.Image]]:
    """Registers a composition under its own name, with hyphens, on a canvas of this ground colour."""

    def register(compose: Callable[[Canvas], None]) -> Callable[[], Image.Image]:
        def draw() -> Image.Image:
            canvas = Canvas(ground)
            compose(canvas)
            return canvas.finish()

        PICTURES[compose.__name__.replace("_", "-")] = draw
        return draw

    return register


@picture(LINEN)
def code_reporting(canvas: Canvas) -> None:
    """Four rounds of reporting, each with more voices; the fourth is open and runs off the sheet."""
    for row, count in enumerate((3, 5, 7)):
        for at in rank((148, 138 + row * 208), count, 164):
            canvas.dot(at, 66, STONE)
    for i, at in enumerate(rank((148, 762), 10, 164)):
        if i < 6:
            canvas.dot(at, 66, ACCENT)
        else:
            canvas.hollow(at, 66, ACCENT, 5)


@picture(DEEP)
def bold_action(canvas: Canvas) -> None:
    """Out of a crowd in quiet rows, health workers rise together, growing as they go."""
    rising = []
    for lane in range(4):
        angle = 186.0 + 2 * lane
        while angle < 296:
            rise = (angle - 186) / 106
            radius, orbit = 8 + 34 * rise, 800 + lane * (84 + 40 * rise)
            rising.append((polar((1330, 1250), orbit, angle), radius))
            angle += math.degrees((2 * radius + 26 + 10 * rise) / orbit)
    for at in field(46):
        if at[1] > 610 and all(math.dist(at, to) > radius + 19 for to, radius in rising):
            canvas.dot(at, 9, SLATE)
    for at, radius in rising:
        canvas.dot(at, radius, EMBER)


@picture(APRICOT)
def renewed_coalition(canvas: Canvas) -> None:
    """A northern and a southern half, equal in number, held together by one ring."""
    for side, start in ((-1, 180), (1, 0)):
        for ring in range(5):
            for at in arc((800, 450 + side * 46), ring * 59, start, start + 180.001, 3 * ring + 1):
                canvas.dot(at, 20, DEEP)
    for at in arc(MIDDLE, 380, -90, 270, 40):
        canvas.dot(at, 24, ACCENT)


@picture(DEEP)
def pandemic_mobility(canvas: Canvas) -> None:
    """Health workers leave one crowd for a larger one along high arcs; the places they left stay empty."""
    rng = Random(73)
    south, north = list(crowd((320, 600), 4, 51)), list(crowd((1215, 535), 5, 51))
    gone, come = set(rng.sample(south, 22)), set(rng.sample(north, 26))
    for at in south:
        if at in gone:
            canvas.hollow(at, 19, EMBER, 3.5)
        else:
            canvas.dot(at, 19, MIST)
    for at in north:
        canvas.dot(at, 19, EMBER if at in come else MIST)
    for leave, arrive, bend, count in ((247, 282, -130, 14), (279, 250, 70, 10), (313, 217, 165, 6)):
        way = curve(polar((320, 600), 222, leave), (690, bend), polar((1215, 535), 275, arrive), count)
        for at in way:
            canvas.dot(at, 19, EMBER)


@picture(LINEN)
def key_messages(canvas: Canvas) -> None:
    """A page of eight messages: the first dot of each line is the one that speaks."""
    for row, length in enumerate((20, 16, 22, 13, 19, 23, 15, 18)):
        y = 450 + (row - 3.5) * 97
        canvas.dot((150, y), 35, ACCENT)
        for at in rank((264, y), length, 55):
            canvas.dot(at, 17, STONE)


@picture(DEEP)
def spotlight_uganda(canvas: Canvas) -> None:
    """A thousand people, and the 0.74 of one health worker who is there for them."""
    people = list(grid(MIDDLE, 50, 20, 29.5))
    focus = people.pop(8 * 50 + 33)
    clear, reach = 96, 330
    for x, y in people:
        away = math.dist((x, y), focus)
        push = (clear + away * (reach - clear) / reach) / away if away < reach else 1
        canvas.dot((focus[0] + (x - focus[0]) * push, focus[1] + (y - focus[1]) * push), 7.5, MIST)
    canvas.part(focus, 40, EMBER, SLATE, 0.74)
    canvas.hollow(focus, 76, EMBER, 6)


@picture(ACCENT)
def open_letter_137(canvas: Canvas) -> None:
    """One letter, and under it 137 signatures, no two alike."""
    rng = Random(137)
    canvas.block(400, 64, 1200, 960, PAPER)
    for row, length in enumerate((24, 24, 15)):
        for at in rank((476, 132 + row * 32), length, 28.2):
            canvas.dot(at, 6.5, STONE)
    for at in list(grid((800, 547), 12, 12, 54))[:137]:
        x = 800 + (at[0] - 800) * 59 / 54
        canvas.dot((x + rng.uniform(-3, 3), at[1] + rng.uniform(-3, 3)), rng.uniform(12, 22), ACCENT)


@picture(LINEN)
def gender_migration(canvas: Canvas) -> None:
    """People cross a line; the women among them, drawn larger, are the greater part of those who care."""
    canvas.block(800, 0, 1600, 900, DEEP)
    for row in range(3):
        for i in range(-6, 7):
            at = (800 + i * 168 + row * 56, 104 + row * 168)
            canvas.two_tone(at, 66, 800, ACCENT, EMBER)
    for row in range(4):
        for i in range(-11, 12):
            at = (800 + i * 84 + row * 28, 575 + row * 84)
            canvas.two_tone(at, 20, 800, STONE, MIST)


@picture(LINEN)
def uhc_promise(canvas: Canvas) -> None:
    """Health workers make the roof of universal coverage; one part of the roof is only promised."""
    for radius in range(370, 740, 72):
        for i, at in enumerate(arc((800, 826), radius, 180, 360, round(math.pi * radius / 72) + 1)):
            angle = 180 + i * 180 / round(math.pi * radius / 72)
            if 294 < angle < 330:
                canvas.hollow(at, 26, ACCENT, 4)
            else:
                canvas.dot(at, 26, ACCENT)
    for at in grid((800, 792), 8, 2, 68):
        canvas.dot(at, 22, STONE)


@picture(DEEP)
def reviewing_code(canvas: Canvas) -> None:
    """Nine years, a column each: two stand out as insights, the last is an open concern."""
    for year in range(9):
        for step in range(year + 1):
            at = (160 + year * 160, 802 - step * 88)
            if year == 8:
                canvas.hollow(at, 38, MIST, 5)
            else:
                canvas.dot(at, 38, EMBER if year in (3, 6) else SLATE)


@picture(APRICOT)
def three_takeaways(canvas: Canvas) -> None:
    """The same crowd three times, and three things to see in it: the core, the rim, the half."""
    for k, x in enumerate((285, 800, 1315)):
        for at in crowd((x, 450), 6, 36):
            away = round(math.dist(at, (x, 450)) / 36)
            shown = (away < 3, away == 6, at[0] > x + 1)[k]
            canvas.dot(at, 14.5, ACCENT if shown else CLAY)


@picture(LINEN)
def decent_work(canvas: Canvas) -> None:
    """A balance: one health worker weighs as much as all that is owed to her (the areas are equal)."""
    for at in rank((200, 520), 41, 30):
        canvas.dot(at, 8, INK)
    canvas.dot((440, 520 - 18 - 150), 150, ACCENT)
    for row in range(7):
        for at in rank((1160 - (6 - row) * 29.5, 520 - 18 - 28.3 - row * 51), 7 - row, 59):
            canvas.dot(at, 28.3, STONE)
    for row in range(7):
        for at in rank((800 - row * 22, 556 + row * 40), row + 1, 44):
            canvas.dot(at, 12, INK)


@picture(DEEP)
def care_for_carers(canvas: Canvas) -> None:
    """One health worker, and a community that shelters her as cupped hands would."""
    centre = (800, 424)
    canvas.dot(centre, 98, EMBER)
    for ring, radius in enumerate((186, 262, 338, 414)):
        count = round(2 * math.pi * radius / 74 / 2) * 2
        for i, at in enumerate(arc(centre, radius, 90, 450, count)):
            below = (1 + math.cos(math.tau * i / count)) / 2
            canvas.dot(at, 5 + 25 * below, mix(MIST, SLATE, ring / 3))


@picture(APRICOT)
def the_money(canvas: Canvas) -> None:
    """Stacked coins hold up health workers, more each time; the last stack was announced and never came."""
    for i, coins in enumerate((4, 6, 8, 10, 12)):
        x = 240 + i * 280
        top = 846 - coins * 44
        if i == 4:
            canvas.hollow((x, top - 66), 62, ACCENT, 5)
        else:
            canvas.dot((x, top - 66), 62, ACCENT)
        for k in range(coins):
            foot = 846 - k * 44
            canvas.coin((x, foot - 18), 190, 36, DEEP if i < 4 else CLAY, hollow=i == 4)


@picture(MIST)
def five_and_175(canvas: Canvas) -> None:
    """175 dots, the organisations that signed, in seven rows; five of them, the recommendations, climb through the rows."""
    for row in range(7):
        for column, at in enumerate(rank((80, 90 + row * 120), 25, 60)):
            is_one_of_five = column % 5 == 2 and row == 5 - column // 5
            canvas.dot(at, 26 if is_one_of_five else 17, ACCENT if is_one_of_five else DEEP)


@picture(LINEN)
def default(canvas: Canvas) -> None:
    """A calm field of people, near and far, and the three who care for them."""
    people = list(field(64))
    carers = {min(people, key=lambda at: math.dist(at, spot)) for spot in ((430, 330), (1130, 610), (1260, 210))}
    for at in people:
        swell = math.sin(at[0] / 260 + at[1] / 420) + math.sin(at[1] / 190 - at[0] / 610)
        if at in carers:
            canvas.dot(at, 24, ACCENT)
        else:
            canvas.dot(at, 14 + 5 * swell, STONE)
