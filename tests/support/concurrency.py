"""Many at the same moment: what a race needs."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def at_once(times: int, act: Callable[[int], Result]) -> list[Result]:
    """What `act(0)` … `act(times - 1)` return, begun together, each in a thread with a database connection of its own."""
    from django.db import connections

    together = threading.Barrier(times)

    def one(number: int) -> Result:
        together.wait(30)
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
