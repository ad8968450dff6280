"""The results as a picture: plain SVG, legible on light and dark."""

from collections.abc import Collection, Iterator, Mapping
from html import escape

from benchmarks.growth import Growth
from benchmarks.throughput import PEERS, Rate

WIDTH, LEFT, RIGHT, ROW = 760, 230, 70, 22
MOST_BARS = 16
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.ours { fill: #b3261e } .peer { fill: #6e7781 } .mark { stroke: #1f2328; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .ours { fill: #ff7b72 } .peer { fill: #8b949e } .mark { stroke: #e6edf3 }
}"""


def chart(rates: Mapping[str, Rate], readers: Mapping[str, Growth]) -> str:
    """Bars: requests a second beside a bare answer, and the pages whose time grows the most."""
    fast = {name: rate.ratio for name, rate in sorted(rates.items(), key=lambda item: -item[1].ratio)}
    grown = dict(sorted(((kind, one.ratio) for kind, one in readers.items()), key=lambda item: -item[1])[:MOST_BARS])
    first, below = _bars("Requests a second: 1 is a bare answer of 12 KB", fast, 0, mark=0.9, peers=PEERS)
    second, height = _bars("Time of a page, small to large site: the most of all kinds", grown, below + ROW, mark=1.5)
    lines = "\n".join((*first, *second))
    box = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img"'
    return f"<svg {box}>\n<title>How fast the site is</title>\n<style>{STYLE}\n</style>\n{lines}\n</svg>\n"


def _bars(title: str, values: Mapping[str, float], top: int, *, mark: float, peers: Collection[str] = ()) -> tuple[list[str], int]:
    """The lines of one picture, and where it ends."""
    most = max([*values.values(), mark], default=1)

    def across(value: float) -> float:
        return LEFT + value / most * (WIDTH - LEFT - RIGHT)

    def lines() -> Iterator[str]:
        yield f'<text class="title" x="0" y="{top + 18}">{escape(title)}</text>'
        for place, (name, value) in enumerate(values.items()):
            y = top + (place + 1) * ROW + 10
            css = "peer" if name in peers else "ours"
            yield f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>'
            yield f'<rect class="{css}" x="{LEFT}" y="{y}" width="{across(value) - LEFT:.1f}" height="{ROW - 6}"/>'
            yield f'<text x="{across(value) + 6:.1f}" y="{y + 12}">{value:.2f}</text>'
        x, end = across(mark), top + (len(values) + 1) * ROW + 8
        yield f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{top + ROW + 4}" y2="{end}"/>'
        yield f'<text x="{x:.1f}" y="{end + 14}" text-anchor="middle">{mark}</text>'

    return list(lines()), top + (len(values) + 2) * ROW + 8
