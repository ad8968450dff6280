"""The working groups that an applicant can choose. The app that has them registers them, because it is above this one."""

from collections.abc import Callable, Iterable

_sources: list[Callable[[], Iterable[str]]] = []


def register_working_groups(source: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
    """Register a function that returns the names of working groups."""
    _sources.append(source)
    return source


def working_group_names() -> list[str]:
    return [name for source in _sources for name in source()]
