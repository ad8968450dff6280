"""Two sites, one with ten times the content of the other, each in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.growth import measure
from benchmarks.pages import ADMIN, READERS
from benchmarks.processes import Worker
from tests.growth.linear_urls import LINEAR
from tests.template_database import ROOT

# How often each is asked for: again and more often, before a page is said to be over the limit. What is far over is so at once.
ROUNDS = (3, 7, 13)
FAR_OVER = 2
SIZES = ("tenth", "whole")


class Sites:
    def __init__(self, workers: list[Worker]) -> None:
        self.workers = workers
        self.pages = {kind: (address, kind in ADMIN) for kind, address in {**READERS, **ADMIN, LINEAR: LINEAR}.items()}

    def ratio(self, kind: str, rounds: int) -> float:
        """How many times as long the page takes with ten times the content."""
        address, admin = self.pages[kind]
        found = measure(self.workers, address, admin=admin, rounds=rounds)
        assert found.status == (404 if kind == "not found" else 200)
        return found.ratio

    def ratios(self, kind: str, limit: float) -> list[float]:
        """Until one is within the limit, or far over it; at most three."""
        found: list[float] = []
        for rounds in ROUNDS:
            found.append(self.ratio(kind, rounds))
            if not limit < found[-1] < limit * FAR_OVER:
                break
        return found


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory, give_content: Callable[[Path], None]) -> list[dict[str, str]]:
    """What a process needs to be the smaller, and the larger site."""
    found, filling = [], []
    for size in SIZES:
        var = tmp_path_factory.mktemp(size)
        give_content(var)
        env = {**os.environ, "VAR_DIR": str(var), "DATABASE_URL": f"sqlite:///{var / 'db.sqlite3'}"}
        found.append({**env, "DJANGO_SETTINGS_MODULE": "hw4all.settings.test", "BENCH_URLCONF": "tests.growth.linear_urls"})
        filling.append(subprocess.Popen([sys.executable, "-m", "benchmarks.content.fill", size], cwd=ROOT, env=found[-1]))
    assert [process.wait(300) for process in filling] == [0, 0]
    return found


@pytest.fixture(scope="session")
def sites(environments: list[dict[str, str]]) -> Iterator[Sites]:
    with ExitStack() as stack:
        yield Sites([stack.enter_context(Worker(env)) for env in environments])
