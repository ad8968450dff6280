"""What `./run test` and `./run check` do, part by part: `python -m tests [PART…] [words for pytest…]`.

Every part runs, whatever became of the one before, and the run closes with the slowest tests, one table and one line of totals. A part
that this machine cannot run says why and is skipped; under `CI=true` that is a failure, because a proof nobody ran proves nothing.
"""

import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import NoReturn

from tests import postgresql
from tests.parts import FAILURE, PARTS, Part, Result, end_children, make_database
from tests.plugins import UNDER_CI

USAGE = """usage: ./run test [PART…] [words for pytest…]

  check        ruff, djlint, mypy, missing migrations, Django's own checks
  sqlite       everything but the browser, on SQLite
  postgresql   what touches the database, on a PostgreSQL started for the run
  browser      the pages in a real Chromium
  growth       no page takes longer because there is more content
  deploy       nginx in front of two hosts, and the commands of the guide

Without a part: all of them. With words for pytest (`./run test -k feeds`, `./run test sqlite tests/journeys/test_run.py`): only tests.
"""
SLOWEST = 10


def main(words: Sequence[str]) -> int:
    if words[:1] in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    names = [word for word in words if word in PARTS]
    extra = [word for word in words if word not in names]
    chosen = names or [name for name in PARTS if not (name == "check" and extra)]
    signal.signal(signal.SIGTERM, _interrupt)
    FAILURE.unlink(missing_ok=True)
    with ExitStack() as stack:
        stack.callback(end_children)
        server = _databases_begun(chosen, stack)
        parts = {name: Part(name, extra, server) for name in chosen}
        # Two lanes, as whoever looks at a browser mostly waits for it: the second is the browser, then PostgreSQL.
        if "browser" in parts:
            parts["browser"].begin()
            if "postgresql" in parts:
                parts["postgresql"].begin(after=parts["browser"])
        for part in parts.values():
            print(f"\n== {part.name}", flush=True)
            part.begin()
            part.show()
    return _summary(list(parts.values()))


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _databases_begun(chosen: Sequence[str], stack: ExitStack) -> str:
    """Start PostgreSQL, and begin to make what all tests of a part would wait for. What fails here is tried again, and told, there.

    Returns the address of the PostgreSQL that was started, "" where there is none.
    """
    server = ""
    if "postgresql" in chosen:
        with suppress(postgresql.Unavailable):
            server = stack.enter_context(postgresql.server())
    if len(chosen) > 1:
        if {"sqlite", "browser"} & {*chosen}:
            make_database("")
        if server:
            make_database(server)
    return server


def _summary(parts: list[Part]) -> int:
    slowest = sorted(((seconds, part.name, test) for part in parts for test, seconds in part.result.seconds.items()), reverse=True)
    if slowest:
        print("\nThe slowest tests:")
    for seconds, name, test in slowest[:SLOWEST]:
        print(f"{seconds:6.1f} s  {name:11} {test}")
    print()
    for part in parts:
        tests = "" if part.name == "check" else _numbers(part.result)
        print(f"{part.name:11} {part.result.verdict:8} {part.seconds:4.0f} s  {tests}".rstrip())
    missing = [part.name for part in parts if part.result.verdict == "skipped"]
    if missing:
        print(f"Not run on this machine (why stands above): {', '.join(missing)}.{' CI counts that as failed.' if UNDER_CI else ''}")
    results = [part.result for part in parts]
    passed, skipped = sum(result.passed for result in results), sum(result.skipped for result in results)
    failed = sum(result.failed for result in results) + (len(missing) if UNDER_CI else 0)
    if [part.name for part in parts] != ["check"]:
        print(f"total: {_numbers(Result('', passed, failed, skipped))}")
        if not passed + failed + skipped:
            print("There is no such test.")
            return 1
    return 1 if failed else 0


def _numbers(result: Result) -> str:
    return f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\ntests: stopped.")
