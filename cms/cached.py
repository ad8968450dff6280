"""Values and database rows, cached in this process until the public content changes."""

import copy
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from django.core.cache import caches

from core.web.page_cache import content_version, is_serving_public_page

Row = TypeVar("Row")
Value = TypeVar("Value")
SECONDS = 3600


def cached_until_change(name: str, compute: Callable[[], Value]) -> Value:
    """The computed value, cached in this process until the public content changes. All requests share it, so it must not be changed."""
    return caches["parts"].get_or_set(name, compute, SECONDS, version=content_version())  # type: ignore[return-value]


def cached_rows(
    kind: str, ids: Collection[Any], load: Callable[[list[Any]], dict[Any, Row]], is_complete: Callable[[Row], bool] = lambda _row: True
) -> dict[Any, Row]:
    """The rows with these ids. Those not in the cache are loaded with `load`; outside public pages, all are.

    A row that is not complete yet (a picture without renditions) is not cached.
    """
    if not is_serving_public_page():
        return load(list(ids))
    cache, version, found = caches["parts"], content_version(), {}
    for pk in ids:
        if (row := cache.get((kind, pk), version=version)) is not None:
            found[pk] = copy.copy(row)
    if missing := [pk for pk in ids if pk not in found]:
        for pk, row in load(missing).items():
            if is_complete(row):
                cache.set((kind, pk), copy.copy(row), SECONDS, version=version)
            found[pk] = row
    return found
