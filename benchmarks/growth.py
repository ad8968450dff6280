"""The time of a page at several sizes of the site, asked for in turn, so that a busy machine slows all alike."""

import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

from benchmarks.pages import not_kept
from benchmarks.processes import Worker


class Growth(NamedTuple):
    """What one page costs at each size, the smallest first."""

    milliseconds: tuple[float, ...]
    kilobytes: tuple[float, ...]
    status: int

    @property
    def ratio(self) -> float:
        """How many times the smallest site's time the largest takes."""
        return self.milliseconds[-1] / self.milliseconds[0]


def measure(workers: Sequence[Worker], address: str, *, admin: bool = False, rounds: int = 5, after_change: bool = False) -> Growth:
    """The median over some rounds, after two answers that fill what is kept in memory. No answer comes from the page cache."""
    asked: dict[str, Any] = {"address": not_kept(address), "admin": admin}
    for worker in workers:
        worker.ask("get", **asked, times=2)
    taken: list[list[float]] = [[] for _worker in workers]
    for _round in range(rounds):
        answers = [worker.ask("get", **asked, after_change=after_change) for worker in workers]
        for place, answer in enumerate(answers):
            taken[place] += answer["seconds"]
    return Growth(
        tuple(statistics.median(times) * 1000 for times in taken),
        tuple(answer["bytes"] / 1024 for answer in answers),
        answers[-1]["status"],
    )


def queries(workers: Sequence[Worker], address: str, *, admin: bool = False) -> tuple[int, ...]:
    return tuple(worker.ask("queries", address=not_kept(address), admin=admin) for worker in workers)
