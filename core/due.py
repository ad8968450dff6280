"""What `run_due` does: apps register their scheduled work here, each a function that may run anywhere, late, or twice."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

Task = Callable[[datetime], str | None]
_tasks: dict[str, Task] = {}
logger = logging.getLogger(__name__)


def due(name: str) -> Callable[[Task], Task]:
    """Register a task. It takes the time of the run, returns a line for the log when it did something, and must be idempotent."""

    def register(task: Task) -> Task:
        _tasks[name] = task
        return task

    return register


def run_all(now: datetime) -> dict[str, str]:
    """Run each task once; one that fails is logged and does not stop the others. Returns what each reported."""
    reports = {}
    for name, task in _tasks.items():
        try:
            reports[name] = task(now) or ""
        except Exception as error:
            logger.exception("run_due: %s failed", name)
            reports[name] = f"failed: {error}"
    return reports


def latest_step(steps: Iterable[int], days: int) -> int:
    """The last of the steps that has been reached after so many days. One that was missed is not made up for."""
    return max(step for step in steps if step <= days)
