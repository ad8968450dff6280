"""Requests a second of this site and of its peers, asked in turn, round by round, as ratios to a bare server in the same round."""

import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks import load, peers, servers
from benchmarks.pages import DECLARATION, POST, not_kept
from benchmarks.servers import Server

PAGES = {
    "home": "/",
    "listing": "/news/",
    "article": POST,
    "declaration": DECLARATION,
    "directory": "/members/",
    "search": "/search/?q=nurse",
}
BARE, DJANGO, WAGTAIL = "bare WSGI answer of 12 KB", "bare Django view", "wagtail start, home"
CODERED, CODERED_UNCACHED = "CodeRed CMS, home, its cache", "CodeRed CMS, home, uncached"
PEERS = (BARE, DJANGO, WAGTAIL, CODERED, CODERED_UNCACHED)


class Rate(NamedTuple):
    per_second: float
    ratio: float  # to the bare answer: the median over the rounds
    lowest: float
    highest: float
    own_share: float  # of a processor, that the asking took

    @property
    def milliseconds(self) -> float:
        return 1000 / self.per_second


def measure(site_env: Mapping[str, str], folder: Path, kept: Path, *, rounds: int, seconds: float) -> tuple[dict[str, Rate], list[str]]:
    """The rates by name, and why a peer is missing."""
    with ExitStack() as stack:
        reasons: list[str] = []
        targets = dict(_targets(site_env, folder, kept, stack, reasons))
        bare = targets.pop(BARE)
        for server, path in (bare, *targets.values()):
            load.run(server.port, path, 0, connections=1)
        rates, ratios, shares = defaultdict(list), defaultdict(list), defaultdict(list)
        for _round in range(rounds):
            found = {name: load.run(server.port, path, seconds) for name, (server, path) in targets.items()}
            base = load.run(bare[0].port, bare[1], seconds)
            for name, one in {BARE: base, **found}.items():
                rates[name].append(one.per_second)
                ratios[name].append(one.per_second / base.per_second)
                shares[name].append(one.own_share)
            print(".", end="", flush=True)
    return {
        name: Rate(statistics.median(rates[name]), statistics.median(of_it), min(of_it), max(of_it), statistics.median(shares[name]))
        for name, of_it in ratios.items()
    }, reasons


def _targets(
    site_env: Mapping[str, str], folder: Path, kept: Path, stack: ExitStack, reasons: list[str]
) -> Iterator[tuple[str, tuple[Server, str]]]:
    yield BARE, (stack.enter_context(servers.bare("benchmarks.bare:application")), "/")
    yield DJANGO, (stack.enter_context(servers.bare("benchmarks.bare:django_application()")), "/")
    wagtail = peers.wagtail_project(folder / "wagtail")
    yield WAGTAIL, (stack.enter_context(servers.project(Path(sys.executable), wagtail)), "/")
    try:
        python = peers.coderedcms_python(kept)
    except peers.Unavailable as reason:
        reasons.append(str(reason))
    else:
        for name, cache in ((CODERED, True), (CODERED_UNCACHED, False)):
            project = peers.coderedcms_project(folder / f"coderedcms-{cache}", python, cache=cache)
            yield name, (stack.enter_context(servers.project(python, project)), "/")
    site = stack.enter_context(servers.site(site_env))
    for kind, address in PAGES.items():
        yield f"{kind}, cached", (site, address)
        yield f"{kind}, uncached", (site, not_kept(address))
