"""What `./run test` prints of a part while it runs: every few seconds how far it has come, and a failure at once.

`--progress=sqlite` says so, under that name, instead of one dot for each test.
"""

import threading
import time
from collections.abc import Generator
from typing import Any

import pytest

SECONDS = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--progress", metavar="PART", help="print a line every few seconds instead of a dot for each test")


def pytest_configure(config: pytest.Config) -> None:
    part = config.getoption("progress")
    if part and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(config, part))


class Progress:
    def __init__(self, config: pytest.Config, part: str) -> None:
        self.config, self.part, self.start = config, part, time.monotonic()
        self.total = self.done = self.failed = 0
        self.without_dots = False
        self.over = threading.Event()
        threading.Thread(target=self.tell_every_few_seconds, daemon=True).start()

    def tell_every_few_seconds(self) -> None:
        while not self.over.wait(SECONDS):
            failed = f", {self.failed} failed" if self.failed else ""
            self.tell(f"{self.part}: {self.done} of {self.total or '?'} tests{failed}, {time.monotonic() - self.start:.0f} s")

    def tell(self, line: str) -> None:
        reporter: Any = self.config.pluginmanager.getplugin("terminalreporter")
        reporter.write_line(line)
        reporter.flush()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.total = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.total = len(ids)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, Any, Any]:
        self.done += report.when == "teardown"
        if report.failed:
            self.failed += 1
            self.tell(f"FAILED {report.nodeid}")
        self.without_dots = True
        try:
            return (yield)
        finally:
            self.without_dots = False

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Generator[None, Any, Any]:
        status = yield
        return (status[0], "", "") if self.without_dots else status

    def pytest_sessionfinish(self) -> None:
        self.over.set()
