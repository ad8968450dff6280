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
    """The computed value, cached in this process until the public content changes."""
    return caches["pages"].get_or_set(f"{name}:{content_version()}", compute, SECONDS)  # type: ignore[return-value]


def cached_rows(
    kind: str, ids: Collection[Any], load: Callable[[list[Any]], dict[Any, Row]], is_complete: Callable[[Row], bool] = lambda _row: True
) -> dict[Any, Row]:
    """The rows with these ids. Those not in the cache are loaded with `load`; outside public pages, all are.

    A row that is not complete yet (a picture without renditions) is not cached.
    """
    if not is_serving_public_page():
        return load(list(ids))
    version = content_version()
    keys = {pk: f"{kind}:{version}:{pk}" for pk in ids}
    cached = caches["pages"].get_many(keys.values())
    found = {pk: copy.copy(cached[key]) for pk, key in keys.items() if key in cached}
    missing = [pk for pk in keys if pk not in found]
    if missing:
        loaded = load(missing)
        caches["pages"].set_many({keys[pk]: row for pk, row in loaded.items() if is_complete(row)}, SECONDS)
        found |= loaded
    return found
