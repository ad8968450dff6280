"""What `./run test` and `./run check` do, part by part: `python -m tests [PART…] [words for pytest…]`.

Every part runs, whatever became of the one before, and the run closes with one table and one line of totals. A part that this
machine cannot run says why and is skipped; under `CI=true` that is a failure, because a proof nobody ran proves nothing.
"""

import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

from . import chromium, postgresql
from .template_database import FAILURE

ROOT = Path(__file__).resolve().parent.parent
REPORTS = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "test"
NO_TESTS_COLLECTED = 5
USAGE = """usage: ./run test [PART…] [words for pytest…]

  check        ruff, djlint, mypy, missing migrations, Django's own checks
  sqlite       everything but the browser, on SQLite
  postgresql   what touches the database, on a PostgreSQL started for the run
  browser      the pages in a real Chromium

Without a part: all of them. With words for pytest (`./run test -k feeds`, `./run test sqlite tests/journeys/test_run.py`): only tests.
"""

CHECKS: tuple[tuple[str, ...], ...] = (
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("djlint", "--lint", "--quiet", "templates"),
    ("tests.formatting",),
    ("mypy",),
    ("django", "makemigrations", "--check", "--dry-run"),
    ("django", "check"),
)


class Result(NamedTuple):
    verdict: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def main(words: Sequence[str]) -> int:
    if words[:1] in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    parts = [word for word in words if word in PARTS]
    extra = [word for word in words if word not in parts]
    chosen = parts or [part for part in PARTS if not (part == "check" and extra)]
    signal.signal(signal.SIGTERM, _interrupt)
    results = {}
    with _databases_made_ahead(chosen) if len(chosen) > 1 else nullcontext("") as server:
        for part in chosen:
            print(f"\n== {part}", flush=True)
            start = time.monotonic()
            results[part] = PARTS[part](extra, server), time.monotonic() - start
    return _summary(results)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def _databases_made_ahead(chosen: Sequence[str]) -> Iterator[str]:
    """What all tests of a part would wait for is made while the first part runs. What fails here is tried again, and told, there.

    Yields the address of the PostgreSQL that was started, "" where there is none.
    """
    with ExitStack() as servers:
        server = ""
        if "postgresql" in chosen:
            with suppress(postgresql.Unavailable):
                server = servers.enter_context(postgresql.server())
        wanted = [""] * bool({"sqlite", "browser"} & {*chosen}) + [server] * bool(server)
        making = [_make_database(url) for url in wanted]
        try:
            yield server
        finally:
            for process in making:
                process.terminate()
                process.wait()


def _make_database(url: str) -> subprocess.Popen[bytes]:
    env = {**_environment(), "DJANGO_SETTINGS_MODULE": "hw4all.settings.test", **({"DATABASE_URL": url} if url else {})}
    command = [sys.executable, "-m", "tests.template_database"]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _environment() -> dict[str, str]:
    """Ours, without a database that somebody works with."""
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


def _check(_extra: Sequence[str], _server: str) -> Result:
    """All the checks at once; prints the words of those that fail."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "hw4all.settings.test"}
    running = []
    for check in CHECKS:
        module = ("-m", "django") if check[0] == "django" else ("-m", check[0])
        command = [sys.executable, *module, *check[1:]]
        running.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env))
    failures = 0
    for check, process in zip(CHECKS, running, strict=True):
        output, _ = process.communicate()
        failures += process.returncode != 0
        print(f"{'BAD' if process.returncode else 'ok ':3} {' '.join(check)}", flush=True)
        if process.returncode:
            print(output, flush=True)
    return Result("FAILED" if failures else "passed", failed=failures)


def _sqlite(extra: Sequence[str], _server: str) -> Result:
    return _pytest("sqlite", "not browser", extra)


def _postgresql(extra: Sequence[str], server: str) -> Result:
    try:
        with nullcontext(server) if server else postgresql.server() as url:
            return _pytest("postgresql", "database and not browser", extra, DATABASE_URL=url)
    except postgresql.Unavailable as reason:
        print(f"skipped: {reason}", flush=True)
        return Result("skipped")


def _browser(extra: Sequence[str], _server: str) -> Result:
    try:
        executable = chromium.find() or chromium.install()
    except chromium.Unavailable as reason:
        print(f"skipped: {reason}", flush=True)
        return Result("skipped")
    print(f"Chromium: {executable}", flush=True)
    return _pytest("browser", "browser", extra, CHROMIUM=executable)


PARTS: dict[str, Callable[[Sequence[str], str], Result]] = {
    "check": _check,
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "browser": _browser,
}


def _pytest(part: str, markers: str, extra: Sequence[str], **env: str) -> Result:
    """One pytest run on two processes. With words of the caller's own, finding no test for them is no failure."""
    report = REPORTS / f"{part}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    FAILURE.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-m", markers, "-n", "2", f"--junitxml={report}", *extra]
    status = subprocess.call(command, cwd=ROOT, env={**_environment(), **env})
    if FAILURE.exists():
        print(f"\nThe tests' database could not be made:\n{FAILURE.read_text()}", flush=True)
    passed, failed, skipped = _counts(report)
    good = status == 0 or (status == NO_TESTS_COLLECTED and extra)
    return Result("passed" if good else "FAILED", passed, failed if good or failed else 1, skipped)


def _counts(report: Path) -> tuple[int, int, int]:
    try:
        suites = list(ET.parse(report).getroot().iter("testsuite"))
    except (OSError, ET.ParseError):
        return 0, 0, 0

    def total(*keys: str) -> int:
        return sum(int(suite.get(key, 0)) for suite in suites for key in keys)

    failed, skipped = total("failures", "errors"), total("skipped")
    return total("tests") - failed - skipped, failed, skipped


def _summary(results: dict[str, tuple[Result, float]]) -> int:
    strict = os.environ.get("CI", "").lower() in ("1", "true")
    print()
    for part, (result, seconds) in results.items():
        tests = "" if part == "check" else f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped"
        print(f"{part:11} {result.verdict:8} {seconds:4.0f} s  {tests}".rstrip())
    missing = [part for part, (result, _) in results.items() if result.verdict == "skipped"]
    if missing:
        print(f"Not run on this machine (why stands above): {', '.join(missing)}.{' CI counts that as failed.' if strict else ''}")
    passed = sum(result.passed for result, _ in results.values())
    failed = sum(result.failed for result, _ in results.values()) + (len(missing) if strict else 0)
    skipped = sum(result.skipped for result, _ in results.values())
    if results.keys() != {"check"}:
        print(f"total: {passed} passed, {failed} failed, {skipped} skipped")
        if not passed + failed + skipped:
            print("There is no such test.")
            return 1
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\ntests: stopped.")
