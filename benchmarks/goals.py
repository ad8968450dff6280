"""What is to be reached, and what was."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.throughput import CODERED_UNCACHED, Rate

if TYPE_CHECKING:
    from benchmarks.report import Found

CACHED = ("home", "listing", "article", "declaration", "directory")
AT_LEAST_OF_BARE, AT_LEAST_OF_PEER = 0.9, 3
AT_MOST_GROWTH, AT_MOST_MS, AT_MOST_ADMIN_MS, AT_MOST_MB, AT_MOST_BYTES = 1.5, 100, 250, 150, 14_336


class Goal(NamedTuple):
    what: str
    to_reach: str
    reached: str
    is_met: bool


def goals(found: "Found") -> Iterator[Goal]:
    """Those that this run can tell of."""
    yield from _throughput(found.rates)
    if found.readers:
        worst = max(found.readers.items(), key=lambda item: item[1][0].ratio)
        slowest = max(found.readers.items(), key=lambda item: item[1][0].milliseconds[-1])
        over = sum(one.ratio > AT_MOST_GROWTH for one, _queries in found.readers.values())
        words = f"{over} of {len(found.readers)} over; the most: {worst[0]} {worst[1][0].ratio:.2f}"
        yield Goal(f"time of a reader’s page, {found.sizes[0]} → {found.sizes[-1]}", f"≤ {AT_MOST_GROWTH} ×", words, not over)
        yield _at_most(f"slowest page of readers, {found.sizes[-1]}: {slowest[0]}", slowest[1][0].milliseconds[-1], AT_MOST_MS, "ms")
    if found.admin:
        kind, slowest_list = max(found.admin.items(), key=lambda item: item[1][0].milliseconds[-1])
        name = f"slowest list of the admin, {found.sizes[-1]}: {kind}"
        yield _at_most(name, slowest_list[0].milliseconds[-1], AT_MOST_ADMIN_MS, "ms")
    yield from _situations({**{name: value for told in found.situations.values() for name, value in told.items()}})


def _throughput(rates: Mapping[str, Rate]) -> Iterator[Goal]:
    if not rates:
        return
    kind, lowest = min(((kind, rates[f"{kind}, cached"]) for kind in CACHED), key=lambda item: item[1].ratio)
    for name, rate in ((f"cached pages, the slowest: {kind}", lowest), ("cached search", rates["search, cached"])):
        yield Goal(name, f"≥ {AT_LEAST_OF_BARE} of a bare answer", f"{rate.ratio:.2f}", rate.ratio >= AT_LEAST_OF_BARE)
    if peer := rates.get(CODERED_UNCACHED):
        times = rates["article, uncached"].per_second / peer.per_second
        yield Goal("uncached article", f"≥ {AT_LEAST_OF_PEER} × CodeRed’s uncached home", f"{times:.1f} ×", times >= AT_LEAST_OF_PEER)


def _situations(values: Mapping[str, float]) -> Iterator[Goal]:
    first = {name: value for name, value in values.items() if name.endswith("first reader, ms")}
    if first:
        slowest = max(first, key=lambda name: first[name])
        yield _at_most(f"after publishing, {slowest.removesuffix(', ms')}", first[slowest], AT_MOST_MS, "ms")
    for name, value in values.items():
        if name.endswith("renderings"):
            yield _at_most(name, value, 1, "")
        elif name.endswith("again, ms"):
            yield _at_most(name.removesuffix(", ms"), value, AT_MOST_MS, "ms")
        elif name == "MB after all pages of readers":
            yield _at_most("memory of a process after all pages of readers", value, AT_MOST_MB, "MB")
        elif name.startswith("declaration, bytes"):
            yield _at_most(name, value, AT_MOST_BYTES, "")


def _at_most(name: str, value: float, most: float, unit: str) -> Goal:
    return Goal(name, f"≤ {most:,} {unit}".strip(), f"{value:,.0f} {unit}".strip(), value <= most)
