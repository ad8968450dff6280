"""Rows that blocks point to, remembered for readers until the content changes."""

import copy
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from django.core.cache import caches

from core.web.page_cache import content_version, is_answering_a_reader

Row = TypeVar("Row")
SECONDS = 3600


def remembered(
    kind: str, ids: Collection[Any], load: Callable[[list[Any]], dict[Any, Row]], is_whole: Callable[[Row], bool] = lambda _row: True
) -> dict[Any, Row]:
    """The rows with these ids; `load` is asked only for those not in memory, and for all while somebody edits.

    A row that is not whole yet (a picture whose sizes are still to be made) is not remembered.
    """
    if not is_answering_a_reader():
        return load(list(ids))
    version = content_version()
    keys = {pk: f"{kind}:{version}:{pk}" for pk in ids}
    known = caches["pages"].get_many(keys.values())
    found = {pk: copy.copy(known[key]) for pk, key in keys.items() if key in known}
    missing = [pk for pk in keys if pk not in found]
    if missing:
        loaded = load(missing)
        caches["pages"].set_many({keys[pk]: row for pk, row in loaded.items() if is_whole(row)}, SECONDS)
        found |= loaded
    return found
