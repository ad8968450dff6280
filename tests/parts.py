"""The parts of `./run test`. Each runs beside the others if need be: what it says goes to a file, which is shown when it is its turn."""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import NamedTuple, TextIO

from tests import chromium, nginx, postgresql
from tests.template_database import FAILURE, ROOT

REPORTS = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "test"
NO_TESTS_COLLECTED = 5
SILENCE = 15  # seconds after which a part that says nothing is said to be at work
CHECKS: tuple[tuple[str, ...], ...] = (
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("djlint", "--lint", "--quiet", "templates"),
    ("tests.formatting",),
    ("mypy",),
    ("django", "makemigrations", "--check", "--dry-run"),
    ("django", "check"),
)
# Tests that a part of their own runs.
CORE = "not browser and not growth and not deploy"
_children: list[subprocess.Popen[str]] = []
_making: dict[str, subprocess.Popen[str]] = {}


class Result(NamedTuple):
    verdict: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: Mapping[str, float] = MappingProxyType({})


class Part:
    """One part, begun once and shown when it is its turn."""

    def __init__(self, name: str, extra: Sequence[str], server: str) -> None:
        self.name, self.extra, self.server = name, extra, server
        self.result, self.seconds = Result("FAILED", failed=1), 0.0
        self.log = REPORTS / f"{name}.log"
        self.thread: Thread | None = None

    def begin(self, after: "Part | None" = None) -> None:
        """When that part has ended; nothing if it has begun."""
        if self.thread is None:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self.log.write_text("")
            self.thread = Thread(target=self._run, args=[after], daemon=True)
            self.thread.start()

    def _run(self, after: "Part | None") -> None:
        if after and after.thread:
            after.thread.join()
        start = time.monotonic()
        with self.log.open("a", buffering=1) as out:
            try:
                self.result = PARTS[self.name](self.extra, self.server, out)
            except Exception as error:
                print(f"{self.name} broke off: {error!r}", file=out)
        self.seconds = time.monotonic() - start

    def show(self) -> None:
        """Print what it said and says until it ends."""
        assert self.thread
        start = heard = time.monotonic()
        with self.log.open(errors="replace") as said:
            while True:
                ended = not self.thread.is_alive()
                words = said.read()
                if words:
                    print(words, end="", flush=True)
                    heard = time.monotonic()
                elif ended:
                    return
                elif time.monotonic() - heard > SILENCE:
                    heard = time.monotonic()
                    print(f"{self.name}: at work, {heard - start:.0f} s", flush=True)
                self.thread.join(0.2)


def end_children() -> None:
    """Nothing that a part started outlives the run."""
    for child in _children:
        child.terminate()
    for child in _children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def make_database(url: str) -> None:
    """Begin to make the tests' database at that address (SQLite's, if empty). The tests of a part wait for it."""
    env = {**_environment(), "DJANGO_SETTINGS_MODULE": "hw4all.settings.test", **({"DATABASE_URL": url} if url else {})}
    _making[url] = _start([sys.executable, "-m", "tests.template_database"], subprocess.DEVNULL, env)


def _start(command: list[str], out: TextIO | int, env: dict[str, str]) -> subprocess.Popen[str]:
    child = subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    _children.append(child)
    return child


def _environment() -> dict[str, str]:
    """Ours, without a database that somebody works with."""
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


def _check(_extra: Sequence[str], _server: str, out: TextIO) -> Result:
    """All the checks at once; prints the words of those that fail."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "hw4all.settings.test"}
    failures = 0

    def run(check: tuple[str, ...]) -> tuple[str, int, str]:
        child = _start([sys.executable, "-m", *check], subprocess.PIPE, env)
        output, _ = child.communicate()
        return " ".join(check), child.returncode, output

    with ThreadPoolExecutor(len(CHECKS)) as pool:
        for done in as_completed([pool.submit(run, check) for check in CHECKS]):
            words, status, output = done.result()
            failures += status != 0
            print(f"{'BAD' if status else 'ok ':3} {words}", file=out)
            if status:
                print(output, file=out)
    return Result("FAILED" if failures else "passed", failed=failures)


def _sqlite(extra: Sequence[str], _server: str, out: TextIO) -> Result:
    return _pytest("sqlite", CORE, extra, out)


def _postgresql(extra: Sequence[str], server: str, out: TextIO) -> Result:
    try:
        with nullcontext(server) if server else postgresql.server() as url:
            return _pytest("postgresql", f"both_databases and {CORE}", extra, out, DATABASE_URL=url)
    except postgresql.Unavailable as reason:
        print(f"skipped: {reason}", file=out)
        return Result("skipped")


def _browser(extra: Sequence[str], _server: str, out: TextIO) -> Result:
    try:
        executable = chromium.find() or chromium.install(out)
    except chromium.Unavailable as reason:
        print(f"skipped: {reason}", file=out)
        return Result("skipped")
    print(f"Chromium: {executable}", file=out)
    return _pytest("browser", "browser", extra, out, CHROMIUM=executable)


def _growth(extra: Sequence[str], _server: str, out: TextIO) -> Result:
    """On one process, because it times."""
    return _pytest("growth", "growth", extra, out, processes=0)


def _deploy(extra: Sequence[str], _server: str, out: TextIO) -> Result:
    """On one process: the servers that it starts need the others."""
    try:
        print(f"nginx: {nginx.find()}", file=out)
    except nginx.Unavailable as reason:
        print(f"skipped: {reason}", file=out)
        return Result("skipped")
    return _pytest("deploy", "deploy", extra, out, processes=0)


PARTS: dict[str, Callable[[Sequence[str], str, TextIO], Result]] = {
    "check": _check,
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "browser": _browser,
    "growth": _growth,
    "deploy": _deploy,
}


def _pytest(part: str, markers: str, extra: Sequence[str], out: TextIO, *, processes: int = 2, **env: str) -> Result:
    """One pytest run, on two processes unless told otherwise. With words of the caller's own, finding no test for them is no failure."""
    report = REPORTS / f"{part}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-m", markers, "-n", str(processes), f"--junitxml={report}"]
    command += ["-p", "tests.plugins.progress", f"--progress={part}", f"--color={'yes' if sys.stdout.isatty() else 'no'}", *extra]
    if making := _making.get(env.get("DATABASE_URL", "")):
        making.wait()
    status = _start(command, out, {**_environment(), **env}).wait()
    if status and FAILURE.exists():
        print(f"\nThe tests' database could not be made:\n{FAILURE.read_text()}", file=out)
    passed, failed, skipped, seconds = _read(report)
    good = status == 0 or (status == NO_TESTS_COLLECTED and extra)
    return Result("passed" if good else "FAILED", passed, failed if good or failed else 1, skipped, seconds)


def _read(report: Path) -> tuple[int, int, int, dict[str, float]]:
    """How many passed, failed and were skipped, and the seconds of each test."""
    try:
        root = ET.parse(report).getroot()
    except (OSError, ET.ParseError):
        return 0, 0, 0, {}

    def total(*keys: str) -> int:
        return sum(int(suite.get(key, 0)) for suite in root.iter("testsuite") for key in keys)

    failed, skipped = total("failures", "errors"), total("skipped")
    seconds = {f"{case.get('classname')}::{case.get('name')}": float(case.get("time", 0)) for case in root.iter("testcase")}
    return total("tests") - failed - skipped, failed, skipped, seconds
