"""What was found, as Markdown for people, and as a picture."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from benchmarks.chart import chart
from benchmarks.goals import AT_MOST_GROWTH, goals
from benchmarks.growth import Growth
from benchmarks.machine import Machine
from benchmarks.processes import ROOT
from benchmarks.throughput import BARE, Rate

FILE, PICTURE = ROOT / "benchmarks" / "RESULTS.md", ROOT / "benchmarks" / "results.svg"


@dataclass
class Found:
    """All of one run."""

    machine: Machine
    sizes: tuple[str, ...]
    rates: dict[str, Rate] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    readers: dict[str, tuple[Growth, tuple[int, ...]]] = field(default_factory=dict)
    admin: dict[str, tuple[Growth, tuple[int, ...]]] = field(default_factory=dict)
    situations: dict[str, dict[str, float]] = field(default_factory=dict)


def as_markdown(found: Found) -> str:
    return "\n".join(_lines(found))


def write(found: Found, words: str, database: str) -> None:
    """Put the words into their part of RESULTS.md; what stands outside of the parts is written by hand and stays."""
    begin, end = f"<!-- {database}: written by ./run bench -->", f"<!-- end of {database} -->"
    part, text = f"{begin}\n\n{words}\n\n{end}", FILE.read_text() if FILE.exists() else "# How fast it is\n"
    found_part = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    FILE.write_text(found_part.sub(lambda _match: part, text) if found_part.search(text) else f"{text.rstrip()}\n\n{part}\n")
    if database == "SQLite":
        PICTURE.write_text(chart(found.rates, {kind: one for kind, (one, _queries) in found.readers.items()}))
    print(f"Written to {FILE.relative_to(ROOT)}")


def _lines(found: Found) -> Iterator[str]:
    yield f"{found.machine}."
    yield from (f"\nNot measured: {reason}" for reason in found.missing)
    yield "\n### Reached\n"
    told = [(goal.what, goal.to_reach, goal.reached, "yes" if goal.is_met else "**no**") for goal in goals(found)]
    yield from _table(("", "to reach", "reached", ""), told)
    yield "\n### Requests a second, as a ratio to a bare answer in the same round\n"
    yield "Median of the rounds, with the lowest and the highest; one sync worker, four connections.\n"
    yield from _table(("", "ratio", "lowest – highest", "requests/s", "ms"), map(_rate, sorted(found.rates.items(), key=_by_ratio)))
    shares = [rate.own_share for rate in found.rates.values()]
    if shares:
        yield f"\nAsking took at most {max(shares):.0%} of a processor: it is the servers that were measured."
    for title, pages in (("Pages of readers", found.readers), ("Lists of the admin", found.admin)):
        yield f"\n### {title}: milliseconds without the page cache, {' · '.join(found.sizes)}\n"
        heads = ("", f"ratio, {found.sizes[-1]} to {found.sizes[0]}", *found.sizes, "queries", "KB")
        rows = sorted(pages.items(), key=lambda item: -item[1][0].ratio)
        yield from _table(heads, (_growth(kind, one, queries) for kind, (one, queries) in rows))
    for title, values in found.situations.items():
        yield f"\n### {title}, {found.sizes[0] if title == 'Weight' else found.sizes[-1]}\n"
        yield from _table(
            ("", ""), ((name, f"{value:,.1f}" if value < 10 and value % 1 else f"{value:,.0f}") for name, value in values.items())
        )


def _by_ratio(item: tuple[str, Rate]) -> tuple[bool, float]:
    return item[0] != BARE, -item[1].ratio


def _rate(item: tuple[str, Rate]) -> tuple[str, ...]:
    name, rate = item
    shown = f"{rate.lowest:.3f} – {rate.highest:.3f}" if name != BARE else ""
    return name, f"{rate.ratio:.3f}", shown, f"{rate.per_second:,.0f}", f"{rate.milliseconds:.2f}"


def _growth(kind: str, one: Growth, queries: tuple[int, ...]) -> tuple[str, ...]:
    ratio = f"{one.ratio:.2f}" if one.ratio <= AT_MOST_GROWTH else f"**{one.ratio:.2f}**"
    each = (f"{milliseconds:.1f}" for milliseconds in one.milliseconds)
    return kind, ratio, *each, " · ".join(map(str, queries)), " · ".join(f"{size:.0f}" for size in one.kilobytes)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
