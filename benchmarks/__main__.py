"""What `./run bench` does: measure this site beside its peers, at three sizes, and write benchmarks/RESULTS.md and results.svg."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

from benchmarks import databases, growth, machine, report, servers, situations, throughput
from benchmarks.growth import Growth
from benchmarks.pages import ADMIN, READERS
from benchmarks.processes import ROOT, Worker

VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "bench"
SIZES = ("small", "medium", "large")


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("--quick", action="store_true", help="two minutes: fewer pages, two sizes, fewer rounds; writes nothing")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL started for the run; for the run")
    options = parser.parse_args(words)
    signal.signal(signal.SIGTERM, _interrupt)
    VAR.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hw4all-bench-")))
        server = ""
        if options.postgresql:
            from tests import postgresql

            server = stack.enter_context(postgresql.server())
        sizes = SIZES[:2] if options.quick else SIZES
        sites = stack.enter_context(databases.copies(VAR / "content", folder, sizes, server=server))
        found = measure(sites, folder, quick=options.quick)
    words_ = report.as_markdown(found)
    print(f"\n{words_}")
    if not options.quick:
        report.write(found, words_, "PostgreSQL" if server else "SQLite")
    return 0


def measure(sites: dict[str, databases.Database], folder: Path, *, quick: bool) -> report.Found:
    """Everything, one after the other: nothing else of ours runs while something is timed."""
    static = servers.collect_static(folder / "static")
    envs = [servers.site_environment(site.var, site.url, static) for site in sites.values()]
    large = envs[-1]
    found = report.Found(machine.described(), tuple(sites))
    with _said("Throughput"):
        found.rates, found.missing = throughput.measure(
            envs[min(1, len(envs) - 1)], folder, VAR, rounds=3 if quick else 7, seconds=0.4 if quick else 1.2
        )
    with _said("Growth"), ExitStack() as stack:
        workers = [stack.enter_context(Worker(env)) for env in envs]
        found.readers = _growth(workers, READERS, quick=quick)
        found.admin = _growth(workers, ADMIN, quick=quick, admin=True)
    for name, situation in {
        "Cold start": lambda: situations.cold_start(large, 1 if quick else 3),
        "Weight": lambda: situations.weight(envs[0]),
        "Signing": lambda: situations.signing(large),
        "Files": lambda: situations.files(large),
        "Publishing": lambda: situations.after_publishing(large, folder, 1 if quick else 3),
        "Memory": lambda: situations.memory(large),
    }.items():
        with _said(name):
            try:
                found.situations[name] = situation()
            except (RuntimeError, OSError) as error:
                found.missing.append(f"{name}, because {error}")
    return found


def _growth(workers: list[Worker], pages: dict[str, str], *, quick: bool, admin: bool = False) -> dict[str, tuple[Growth, tuple[int, ...]]]:
    chosen = dict(list(pages.items())[:: 3 if quick else 1])
    return {
        kind: (
            growth.measure(workers, address, admin=admin, rounds=2 if quick else 5),
            growth.queries(workers, address, admin=admin),
        )
        for kind, address in chosen.items()
    }


class _said:  # noqa: N801
    """Say what is measured, and how long it took."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.begun = time.monotonic()
        print(f"- {self.what} …", flush=True)

    def __exit__(self, *_error: Any) -> None:
        print(f"  {time.monotonic() - self.begun:.0f} s", flush=True)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nbench: stopped.")
