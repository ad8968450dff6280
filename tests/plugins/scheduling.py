"""Which test runs when, and in which process."""

import gc
from typing import Any

import pytest

# One process runs all tests of these files, which share something that takes long to make.
TOGETHER = {"test_production.py", "test_upgrade.py"}

# Tests leave much behind that is no rubbish yet: looking through it at every 700 new objects takes a twentieth of the time.
gc.set_threshold(20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process waits for it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("begins_first") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """xdist's `load`, but for the files above. (Its own `loadgroup` sees no group since pytest 9.2 made node ids immutable.)"""
    from xdist.scheduler import LoadScopeScheduling

    class ByFileWhereItPays(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file.rpartition("/")[2] in TOGETHER else nodeid

    return ByFileWhereItPays(config, log)
